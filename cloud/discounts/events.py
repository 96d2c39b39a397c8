"""News of discounts, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CouponsRedeemed:
    """A new order uses these coupons, one or more; it waits for its payment."""

    order_id: int
    coupon_ids: tuple[int, ...]
    at: datetime
