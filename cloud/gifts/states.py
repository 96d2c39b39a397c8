"""Where a sold gift card stands, as its buyer and staff see it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class GiftState(StrEnum):
    """Where a sold card stands."""

    UNPAID = "unpaid"
    PLANNED = "planned"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class GiftView:
    """A sold card. `code` is there for its own buyer alone; `ending` once it is issued.

    `due_at` is when it goes out; before the payment only `deliver_on` is known, None: at once.
    `version` is of where it goes.
    """

    card_id: int | None
    order_item_id: int
    state: GiftState
    recipient_name: str
    recipient_email: str
    sender_name: str
    message: str
    deliver_on: date | None
    is_for_self: bool
    due_at: datetime | None
    sent_at: datetime | None
    sendings: int
    version: int
    ending: str = ""
    balance_minor: int | None = None
    code: str = ""
