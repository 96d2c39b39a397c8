"""Refunds as pages and the API show them."""

from collections import defaultdict

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.refunds import repository
from cloud.refunds.models import Refund, RefundLine
from cloud.refunds.schemas import RefundLineView, RefundView


async def list_refunds(session: AsyncSession, order_id: int) -> list[RefundView]:
    """Return the refunds of an order, oldest first."""
    lines: dict[int, list[RefundLine]] = defaultdict(list)
    for line in await repository.lines_of(session, order_id):
        lines[line.refund_id].append(line)
    return [_view(one, lines[one.id]) for one in await repository.all_of(session, order_id)]


def _view(refund: Refund, lines: list[RefundLine]) -> RefundView:
    return RefundView(
        id=refund.id,
        stage=refund.stage.value,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        reason=refund.reason,
        is_excess=refund.is_excess,
        lines=[
            RefundLineView(
                order_item_id=line.order_item_id,
                quantity=line.quantity,
                amount_minor=line.amount_minor,
                tax_minor=line.tax_minor,
            )
            for line in lines
        ],
        shipping_minor=refund.shipping_minor,
        gift_card_minor=refund.gift_card_minor,
        tax_minor=refund.tax_minor,
        restock={int(item_id): quantity for item_id, quantity in refund.restock.items()},
        created_at=refund.created_at,
        settled_at=refund.settled_at,
    )
