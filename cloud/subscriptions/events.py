"""News of subscriptions, emitted in the transaction that made it.

Amounts are minor units of `currency`: what the card is charged, delivery and tax included. Days
are calendar days where the parcel goes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Change(StrEnum):
    """What changed of a subscription."""

    PAUSED = "paused"
    RESUMED = "resumed"
    # It goes on by itself at `next_billing_on` or soon after.
    RESUMING = "resuming"
    SKIPPED = "skipped"
    SWAPPED = "swapped"
    MOVED = "moved"
    EDITED = "edited"
    PRICE_AHEAD = "price_ahead"
    # Nothing is charged until its owner has decided; `reason` is a Question.
    QUESTION = "question"
    SUSPENDED = "suspended"
    UNSUSPENDED = "unsuspended"


@dataclass(frozen=True, slots=True)
class SubscriptionEvent:
    """What all news of a subscription tells."""

    subscription_id: int
    user_id: int
    product_name: str
    variant_name: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionCreated(SubscriptionEvent):
    """A member subscribed; the first charge is on `next_billing_on`."""

    next_billing_on: date
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class SubscriptionDue(SubscriptionEvent):
    """The reminder before a charge: its day and its whole amount.

    `previous_total_minor` is what was last told when that was another amount, else None.
    """

    billing_on: date
    total_minor: int
    currency: str
    previous_total_minor: int | None


@dataclass(frozen=True, slots=True)
class SubscriptionPaid(SubscriptionEvent):
    """A parcel was paid; `next_billing_on` is the next charge, None when there is none planned."""

    order_number: str
    total_minor: int
    currency: str
    next_billing_on: date | None


@dataclass(frozen=True, slots=True)
class SubscriptionPaymentFailed(SubscriptionEvent):
    """A card was refused, or there is none. `next_try_at` None: it is not tried again by itself.

    `needs_customer`: the bank wants its owner's approval. Unpaid at `pay_until` the subscription
    ends; `is_final`: it just did.
    """

    order_number: str
    total_minor: int
    currency: str
    code: str
    needs_customer: bool
    next_try_at: datetime | None
    pay_until: datetime
    is_final: bool


@dataclass(frozen=True, slots=True)
class SubscriptionCancelled(SubscriptionEvent):
    """Nothing comes any more; `reason` is "customer", "staff", "account" or a Question."""

    reason: str


@dataclass(frozen=True, slots=True)
class SubscriptionChanged(SubscriptionEvent):
    """Something changed; `next_billing_on` None: no charge is planned."""

    change: Change
    next_billing_on: date | None
    total_minor: int
    currency: str
    reason: str = ""
