"""News of returns, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime

from cloud.returns.stages import ReturnStage


@dataclass(frozen=True, slots=True)
class ReturnMoved:
    """A return was asked for, or moved on to a stage; `user_id` is None for a guest."""

    return_id: int
    number: str
    order_id: int
    user_id: int | None
    stage: ReturnStage
    at: datetime
