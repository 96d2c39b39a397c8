"""News of sold gift cards, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GiftCardSent:
    """A card goes to whom it is for: for the `sending`-th time, 1 and up.

    `sealed_code` is the code as `foundation.sealing` keeps it, `amount_minor` what was bought.
    """

    gift_id: int
    sending: int
    order_number: str
    email: str
    language: str
    recipient_name: str
    sender_name: str
    message: str
    is_for_self: bool
    amount_minor: int
    currency: str
    sealed_code: str
    at: datetime
