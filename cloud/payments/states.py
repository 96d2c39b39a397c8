"""What the provider's objects say, in our words: frozen, without a word of its SDK."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IntentStatus(StrEnum):
    """Where one attempt to take money stands."""

    OPEN = "open"
    NEEDS_CUSTOMER = "needs_customer"
    REFUSED = "refused"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the issuer said no; `needs_customer` when approval in person would cure it."""

    code: str
    message: str
    needs_customer: bool
    # The try that was refused; None when the provider made no charge of it.
    charge_id: str | None = None


@dataclass(frozen=True, slots=True)
class CardState:
    """A card that the provider keeps for us; we hold four digits and a name for it."""

    method_id: str
    customer_id: str | None
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class IntentState:
    """One attempt to take money. `reference` names our payment; None when it is not ours.

    Whoever holds `client_secret` can confirm the attempt with a card: it is handed to the buyer's
    program and kept nowhere, neither in a row nor in a log.
    """

    intent_id: str
    status: IntentStatus
    received_minor: int
    currency: str
    reference: str | None
    customer_id: str | None = None
    card: CardState | None = None
    refusal: Refusal | None = None
    client_secret: str | None = field(default=None, repr=False)
    amount_minor: int = 0


class PageStatus(StrEnum):
    """Where a payment page stands."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PageState:
    """A payment page. `intent` and `card` are there once the buyer has used it.

    `saved_for_user` names the member of a page that only saves a card.
    """

    session_id: str
    status: PageStatus
    url: str | None
    reference: str | None
    intent: IntentState | None = None
    card: CardState | None = None
    saved_for_user: int | None = None


class RefundStatus(StrEnum):
    """Where money that goes back stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundState:
    """Money that goes back. `reference` names our refund; None when made elsewhere."""

    refund_id: str
    intent_id: str | None
    amount_minor: int
    currency: str
    status: RefundStatus
    reference: str | None


class DisputeStage(StrEnum):
    """Where a dispute stands; the last three are ends, and `closed` one without a winner."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A bank's objection to a payment. `is_inquiry`: it only asks, no money was taken.

    `is_refundable`: giving the money back is still possible and ends it. `answer_until` None: the
    bank takes no answer. `has_answer`: it got one.
    """

    dispute_id: str
    intent_id: str | None
    stage: DisputeStage
    reason: str
    amount_minor: int
    currency: str
    is_inquiry: bool
    is_refundable: bool
    has_answer: bool
    answer_until: datetime | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class EventNotice:
    """That something happened to an object; what it says now is fetched, never believed."""

    event_id: str
    kind: str
    object_id: str
    occurred_at: datetime
