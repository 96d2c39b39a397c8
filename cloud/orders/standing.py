"""How an order stands with its money and with its goods: derived from its records, never stored.

The status machine says where the whole order is; these two say what money and parcels did, which
one word cannot (half sent and partly refunded). Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cloud.orders.status import OrderStatus


class PaymentStanding(StrEnum):
    """What money did."""

    UNPAID = "unpaid"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    NEVER_PAID = "never_paid"
    # The buyer's bank objects, and nobody has decided yet.
    DISPUTED = "disputed"
    # The bank decided against us and took the money back.
    CHARGED_BACK = "charged_back"


class Objection(StrEnum):
    """How the objection of the buyer's bank to an order's payment stands."""

    OPEN = "open"
    LOST = "lost"


class FulfilmentStanding(StrEnum):
    """What parcels did."""

    UNSENT = "unsent"
    PARTLY_SENT = "partly_sent"
    SENT = "sent"
    PARTLY_DELIVERED = "partly_delivered"
    DELIVERED = "delivered"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Packed:
    """Bottles in one parcel, and whether it arrived."""

    quantity: int
    is_delivered: bool


_OVER = frozenset({OrderStatus.CANCELLED, OrderStatus.FAILED})


def payment_standing(
    status: OrderStatus,
    total_minor: int,
    refunded_minor: int,
    *,
    is_paid: bool,
    objection: Objection | None = None,
) -> PaymentStanding:
    """Return what money did: `is_paid` says that it came, `refunded_minor` what went back.

    An objection of the bank outweighs what we gave back: it is what somebody must look at.
    """
    if not is_paid:
        return PaymentStanding.NEVER_PAID if status in _OVER else PaymentStanding.UNPAID
    if objection is not None:
        is_open = objection is Objection.OPEN
        return PaymentStanding.DISPUTED if is_open else PaymentStanding.CHARGED_BACK
    if refunded_minor == 0:
        return PaymentStanding.PAID
    is_full = refunded_minor == total_minor
    return PaymentStanding.REFUNDED if is_full else PaymentStanding.PARTLY_REFUNDED


def fulfilment_standing(
    status: OrderStatus, ordered: int, parcels: Iterable[Packed]
) -> FulfilmentStanding:
    """Return what parcels did, of `ordered` bottles in all; none: nothing is sent."""
    listed = list(parcels)
    if ordered == 0:
        return FulfilmentStanding.NOT_SENT
    sent = sum(parcel.quantity for parcel in listed)
    arrived = sum(parcel.quantity for parcel in listed if parcel.is_delivered)
    if sent == 0:
        is_over = status in (*_OVER, OrderStatus.REFUNDED)
        return FulfilmentStanding.NOT_SENT if is_over else FulfilmentStanding.UNSENT
    if arrived:
        is_all = arrived == ordered
        return FulfilmentStanding.DELIVERED if is_all else FulfilmentStanding.PARTLY_DELIVERED
    return FulfilmentStanding.SENT if sent == ordered else FulfilmentStanding.PARTLY_SENT
