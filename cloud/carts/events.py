"""News of carts, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CartsMerged:
    """A guest's cart is about to be poured into a member's and forgotten. Both are locked."""

    guest_cart_id: int
    member_cart_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LeftLine:
    """Some bottles in a cart that was left, at the price of one bottle now."""

    product_name: str
    variant_name: str
    quantity: int
    price_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CartLeft:
    """A cart rests with bottles in it, and its owner agreed to be told once.

    `user_id` None: a guest, who typed `email` at the checkout. All lines can be bought now.
    """

    left_cart_id: int
    user_id: int | None
    email: str
    language: str
    lines: tuple[LeftLine, ...]
    at: datetime
