"""The status machine of a subscription as data: every edge, and who may take it."""

from collections.abc import Mapping
from enum import StrEnum

from cloud.orders.actors import ActorKind


class SubscriptionStatus(StrEnum):
    """Where a subscription stands."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    PENDING_PAYMENT = "PENDING_PAYMENT"
    ADMIN_SUSPENDED = "ADMIN_SUSPENDED"


class CycleStatus(StrEnum):
    """What became of one parcel of a subscription; the one to come has no row yet."""

    # Its order stands and waits for the money.
    BILLED = "BILLED"
    PAID = "PAID"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


class Question(StrEnum):
    """What a customer has to decide before anything is charged again."""

    OUT_OF_STOCK = "OUT_OF_STOCK"
    NOT_SOLD = "NOT_SOLD"
    NOT_DELIVERED = "NOT_DELIVERED"
    PRICE_ABOVE_LIMIT = "PRICE_ABOVE_LIMIT"


class MissingRule(StrEnum):
    """What is done with a parcel whose product cannot be had; another one is never sent."""

    ASK = "ASK"
    SKIP = "SKIP"


_S = SubscriptionStatus
_A = ActorKind
_ANYBODY = frozenset(_A)
_PEOPLE = frozenset({_A.CUSTOMER, _A.STAFF})
_STAFF = frozenset({_A.STAFF})
_SYSTEM = frozenset({_A.SYSTEM})

# Who may take each edge. Only staff suspend and lift it; everybody may end what is not ended.
EDGES: Mapping[tuple[SubscriptionStatus, SubscriptionStatus], frozenset[ActorKind]] = {
    (_S.ACTIVE, _S.PAUSED): _PEOPLE,
    (_S.ACTIVE, _S.PENDING_PAYMENT): _SYSTEM,
    (_S.ACTIVE, _S.CANCELLED): _ANYBODY,
    (_S.ACTIVE, _S.ADMIN_SUSPENDED): _STAFF,
    # By itself on the day that the customer named.
    (_S.PAUSED, _S.ACTIVE): _ANYBODY,
    (_S.PAUSED, _S.CANCELLED): _ANYBODY,
    (_S.PAUSED, _S.ADMIN_SUSPENDED): _STAFF,
    # The money came, or this one parcel was called off.
    (_S.PENDING_PAYMENT, _S.ACTIVE): _SYSTEM,
    (_S.PENDING_PAYMENT, _S.EXPIRED): _SYSTEM,
    (_S.PENDING_PAYMENT, _S.CANCELLED): _ANYBODY,
    (_S.PENDING_PAYMENT, _S.ADMIN_SUSPENDED): _STAFF,
    (_S.ADMIN_SUSPENDED, _S.ACTIVE): _STAFF,
    (_S.ADMIN_SUSPENDED, _S.CANCELLED): _ANYBODY,
    # Its owner begins again; or the money of the last parcel came after all.
    (_S.EXPIRED, _S.ACTIVE): _ANYBODY,
}

ENDED = frozenset({_S.CANCELLED, _S.EXPIRED})


def can_move(previous: SubscriptionStatus, to: SubscriptionStatus, by: ActorKind) -> bool:
    """Tell whether an actor of this kind may take this edge."""
    return by in EDGES.get((previous, to), frozenset())
