"""Where a purchase order stands: every state, and every way from one to another."""

from enum import StrEnum


class PurchaseState(StrEnum):
    """The states of a purchase order, in the order it usually goes.

    DRAFT is being written and PENDING was sent to the supplier; CLOSED is done with, whether all
    of it came or not.
    """

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    SHIPPED = "SHIPPED"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"
    CLOSED = "CLOSED"


_S = PurchaseState

EDGES: dict[PurchaseState, frozenset[PurchaseState]] = {
    _S.DRAFT: frozenset({_S.PENDING, _S.CANCELLED}),
    # What the supplier cannot deliver so is taken back and written anew.
    _S.PENDING: frozenset({_S.DRAFT, _S.CONFIRMED, _S.CANCELLED}),
    # Not every supplier tells when a parcel leaves.
    _S.CONFIRMED: frozenset({_S.SHIPPED, _S.PARTIALLY_RECEIVED, _S.RECEIVED, _S.CANCELLED}),
    _S.SHIPPED: frozenset({_S.PARTIALLY_RECEIVED, _S.RECEIVED, _S.CANCELLED}),
    _S.PARTIALLY_RECEIVED: frozenset({_S.RECEIVED, _S.CLOSED}),
    _S.RECEIVED: frozenset({_S.CLOSED}),
    _S.CANCELLED: frozenset(),
    _S.CLOSED: frozenset(),
}
# Bottles can come in. After RECEIVED too: a supplier may send more than was ordered, late.
RECEIVABLE = frozenset({_S.CONFIRMED, _S.SHIPPED, _S.PARTIALLY_RECEIVED, _S.RECEIVED})
# Only bottles that came in lead there, nobody's word.
BY_RECEIPT = frozenset({_S.PARTIALLY_RECEIVED, _S.RECEIVED})


def can_move(state: PurchaseState, to: PurchaseState) -> bool:
    """Tell whether the edge exists; staying where one is is not an edge."""
    return to in EDGES[state]
