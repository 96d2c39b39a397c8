"""Where the refill of one cartridge can stand."""

from enum import StrEnum


class ReorderStage(StrEnum):
    """Where the refill of one cartridge stands, in the order it usually goes.

    RECEIVED: reported, not looked at. WAITING: looked at, not yet the time. PAYMENT_DUE: ordered,
    and the card was refused or missing. FITTED: the new bottle is in. CLAIMED: it comes with the
    next parcel of a subscription, and nothing is ordered.
    """

    RECEIVED = "received"
    WAITING = "waiting"
    PROPOSED = "proposed"
    PENDING_CANCEL_WINDOW = "pending_cancel_window"
    ORDERED = "ordered"
    PAYMENT_DUE = "payment_due"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    FITTED = "fitted"
    REFUSED = "refused"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    CLAIMED = "claimed"


class PushBackState(StrEnum):
    """What became of a parcel that comes while the bottle is full: asked, moved, or left alone."""

    ASKED = "asked"
    MOVED = "moved"
    KEPT = "kept"


class RefillAnswer(StrEnum):
    """What a household says when asked whether the delivered bottle is in."""

    YES = "yes"
    NO = "no"
    LATER = "later"


_S = ReorderStage
# A slot has one of these at most, by a unique index.
OPEN_STAGES = (
    _S.PROPOSED,
    _S.PENDING_CANCEL_WINDOW,
    _S.ORDERED,
    _S.PAYMENT_DUE,
    _S.PAID,
    _S.SHIPPED,
    _S.CLAIMED,
)
UNDECIDED_STAGES = (_S.RECEIVED, _S.WAITING)
