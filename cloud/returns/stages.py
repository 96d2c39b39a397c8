"""The machine of returns as data: every stage and every edge, why bottles come back, and how."""

from collections.abc import Iterable
from enum import StrEnum


class ReturnStage(StrEnum):
    """Where a return stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RECEIVED = "received"
    REFUNDED = "refunded"
    CLOSED = "closed"


class ReturnReason(StrEnum):
    """Why a buyer sends something back."""

    NOT_WANTED = "not_wanted"
    DAMAGED = "damaged"
    LEAKING = "leaking"
    WRONG_ITEM = "wrong_item"
    SCENT_NOT_LIKED = "scent_not_liked"
    OTHER = "other"


class Condition(StrEnum):
    """How it arrived."""

    SEALED = "sealed"
    OPENED = "opened"
    DAMAGED = "damaged"


class ReturnStanding(StrEnum):
    """What an order's returns come to, told beside its status."""

    NONE = "none"
    ASKED = "asked"
    UNDER_WAY = "under_way"
    RECEIVED = "received"
    DONE = "done"


_S = ReturnStage

EDGES: dict[ReturnStage, frozenset[ReturnStage]] = {
    _S.ASKED: frozenset({_S.APPROVED, _S.REFUSED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.RECEIVED, _S.WITHDRAWN}),
    # Closed without money: a swap, or nothing of it can be taken back.
    _S.RECEIVED: frozenset({_S.REFUNDED, _S.CLOSED}),
    _S.REFUSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.REFUNDED: frozenset(),
    _S.CLOSED: frozenset(),
}
# These take nothing of what can still be sent back.
CALLED_OFF = frozenset({_S.REFUSED, _S.WITHDRAWN})
_STANDINGS = {
    _S.ASKED: ReturnStanding.ASKED,
    _S.RECEIVED: ReturnStanding.RECEIVED,
    _S.APPROVED: ReturnStanding.UNDER_WAY,
}


def can_move(stage: ReturnStage, to: ReturnStage) -> bool:
    """Tell whether the edge exists; staying where one is is not an edge."""
    return to in EDGES[stage]


def return_standing(stages: Iterable[ReturnStage]) -> ReturnStanding:
    """Return what an order's returns come to: what staff must act on first, then what is open."""
    counted = [stage for stage in stages if stage not in CALLED_OFF]
    for stage, standing in _STANDINGS.items():
        if stage in counted:
            return standing
    return ReturnStanding.DONE if counted else ReturnStanding.NONE
