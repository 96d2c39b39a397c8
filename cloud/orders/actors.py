"""Who does something to an order."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """Which side of the counter it comes from."""

    SYSTEM = "system"
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, for the history. `user_id` is None for the system and for guests."""

    kind: ActorKind
    user_id: int | None = None
    name: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)
