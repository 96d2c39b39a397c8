"""Looking at disputes."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import repository
from cloud.disputes.errors import DisputeNotFound
from cloud.disputes.models import Dispute
from cloud.disputes.schemas import DisputePage, DisputeView
from cloud.orders import service as orders

_MOST_OPEN = 200


async def list_open(session: AsyncSession) -> list[DisputeView]:
    """Return the undecided disputes, 200 at most, the one to be answered soonest first."""
    return [_view(*row) for row in await repository.open_ones(session, _MOST_OPEN)]


async def list_disputes(
    session: AsyncSession, *, after: int | None = None, limit: int = 50
) -> DisputePage:
    """Return disputes, newest first."""
    rows = await repository.newest(session, before_id=after, limit=limit + 1)
    shown = [_view(*row) for row in rows[:limit]]
    return DisputePage(disputes=shown, next=shown[-1].id if len(rows) > limit else None)


async def list_order_disputes(session: AsyncSession, order_id: int) -> list[DisputeView]:
    """Return the disputes of an order, oldest first."""
    found = await repository.all_of(session, order_id)
    if not found:
        return []
    number = (await orders.get_order_view(session, order_id)).number
    return [_view(dispute, number) for dispute in found]


async def get_dispute(session: AsyncSession, dispute_id: int) -> DisputeView:
    """Return one dispute; raises DisputeNotFound."""
    dispute = await repository.fetch(session, dispute_id)
    if dispute is None:
        raise DisputeNotFound
    order = await orders.get_order_view(session, dispute.order_id)
    return _view(dispute, order.number)


def _view(dispute: Dispute, order_number: str) -> DisputeView:
    return DisputeView(
        id=dispute.id,
        order_number=order_number,
        stage=dispute.stage,
        reason=dispute.reason,
        amount_minor=dispute.amount_minor,
        currency=dispute.currency,
        is_inquiry=dispute.is_inquiry,
        answer_until=dispute.answer_until,
        opened_at=dispute.opened_at,
        closed_at=dispute.closed_at,
        evidence=dispute.evidence,
        evidence_at=dispute.evidence_at,
        evidence_sent_at=dispute.evidence_sent_at,
    )
