"""News of payments, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime

from cloud.foundation.money import Money
from cloud.payments.states import DisputeState, IntentState, RefundState


@dataclass(frozen=True, slots=True)
class PaymentObserved:
    """The provider's word on a payment, fetched just now. May repeat, may come in any order."""

    payment_id: int
    order_id: int
    state: IntentState
    at: datetime


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """A payment page or an intent ended unused: nobody can pay on it any more."""

    payment_id: int
    order_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChargeGivenUp:
    """The provider will not answer for a charge, or never takes it as it is."""

    payment_id: int
    order_id: int
    code: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundObserved:
    """The provider's word on a refund. May repeat; may be one that was made elsewhere."""

    state: RefundState
    at: datetime


@dataclass(frozen=True, slots=True)
class DisputeObserved:
    """The provider's word on a dispute, fetched just now. May repeat, may come in any order."""

    payment_id: int
    order_id: int
    state: DisputeState
    at: datetime


@dataclass(frozen=True, slots=True)
class ChargeRefused:
    """A saved card was not charged; `needs_customer` when its owner could approve in person."""

    payment_id: int
    order_id: int
    code: str
    message: str
    needs_customer: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """A card was refused on a page or an intent, and its buyer did not go on from there."""

    payment_id: int
    order_id: int
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentToReturn:
    """Money arrived that its order cannot take; all of it, as received, goes back."""

    payment_id: int
    order_id: int
    received: Money
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AttentionNeeded:
    """Something a member of staff must look at. `key` is the same for the same trouble."""

    key: str
    subject: str
    detail: str
    at: datetime
    order_id: int | None = None
