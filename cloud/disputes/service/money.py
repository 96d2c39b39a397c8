"""What a dispute means for money that should go back."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import repository
from cloud.disputes.errors import ChargeDisputed
from cloud.disputes.models import Dispute
from cloud.orders.models import Order
from cloud.payments import service as payments
from cloud.payments.states import DisputeStage

_UNDECIDED = (DisputeStage.NEEDS_RESPONSE, DisputeStage.UNDER_REVIEW)


async def require_refundable(session: AsyncSession, order: Order) -> None:
    """Raise ChargeDisputed when a bank holds a locked order's money or took it back.

    An inquiry stands in nobody's way: a refund is how to end it.
    """
    if await taken_back(session, order):
        raise ChargeDisputed(order.number, is_decided=True)


async def taken_back(session: AsyncSession, order: Order) -> int:
    """Return how much of a locked order's money banks took back for good, in minor units.

    Of the payment that the order was paid with; others are given back anyway. Raises
    ChargeDisputed while a bank holds money of it and has not decided.
    """
    disputes = await _of_its_payment(session, order)
    if any(one.stage in _UNDECIDED and not one.is_refundable for one in disputes):
        raise ChargeDisputed(order.number, is_decided=False)
    return _lost_minor(disputes)


async def lost_minor(session: AsyncSession, order: Order) -> int:
    """Return how much of an order's money banks took back by now, whatever is undecided."""
    return _lost_minor(await _of_its_payment(session, order))


def _lost_minor(disputes: Sequence[Dispute]) -> int:
    return sum(
        one.amount_minor
        for one in disputes
        if one.stage is DisputeStage.LOST and not one.is_inquiry
    )


async def _of_its_payment(session: AsyncSession, order: Order) -> Sequence[Dispute]:
    accepted = await payments.accepted_payment(session, order.id)
    if accepted is None:
        return []
    disputes = await repository.all_of(session, order.id)
    return [one for one in disputes if one.payment_id == accepted.id]
