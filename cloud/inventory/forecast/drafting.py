"""Drafts of purchase orders out of the forecast: each need once, however many ask at once.

The forecasts are locked first, in id order, then what a purchase order locks. Whoever comes second
finds the first one's drafts among what is on order, and a unique key behind that.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.identity import SignedIn
from cloud.inventory import purchasing
from cloud.inventory.forecast.needs import Basket, Need, baskets, find_needs
from cloud.inventory.forecast.tables import ForecastDraft, VariantForecast
from cloud.inventory.purchase_schemas import (
    COST_UNKNOWN,
    MOST_LINES,
    PurchaseFields,
    PurchaseLineFields,
)


async def propose(session: AsyncSession, now: datetime) -> list[Basket]:
    """Return the drafts that `write` would make now; those without a supplier stand last."""
    return baskets(await find_needs(session, now), MOST_LINES)


async def write(
    session: AsyncSession, staff: SignedIn, now: datetime, *, supplier_id: int | None = None
) -> list[int]:
    """Write a draft for each basket and return their ids; nothing to order, nothing written.

    `supplier_id` is who delivers what was never ordered before; None leaves that out. Raises what
    `purchasing.make_order` raises, then nothing was written.
    """
    needs = await find_needs(session, now, lock=True)
    if supplier_id is not None:
        needs = [_from(need, supplier_id) for need in needs]
    made = []
    for basket in baskets(needs, MOST_LINES):
        if basket.supplier_id is not None:
            order_id = await purchasing.make_order(session, staff, _wish(basket), now)
            await _mark(session, basket.needs, order_id)
            made.append(order_id)
    return made


def _from(need: Need, supplier_id: int) -> Need:
    return need if need.supplier_id else replace(need, supplier_id=supplier_id)


def _wish(basket: Basket) -> PurchaseFields:
    return PurchaseFields(
        supplier_id=basket.supplier_id or 0,
        location_id=basket.location_id,
        currency=basket.currency,
        lines=tuple(
            PurchaseLineFields(
                variant_id=need.variant_id,
                ordered=need.quantity,
                unit_cost_minor=need.unit_cost_minor or COST_UNKNOWN,
            )
            for need in basket.needs
        ),
    )


async def _mark(session: AsyncSession, needs: Sequence[Need], order_id: int) -> None:
    session.add_all(
        ForecastDraft(
            variant_id=need.variant_id, first_day=need.first_day, purchase_order_id=order_id
        )
        for need in needs
    )
    await session.flush()
    for need in needs:
        await session.execute(
            update(VariantForecast)
            .where(VariantForecast.variant_id == need.variant_id)
            .values(on_order=need.on_order + need.quantity, is_due=False)
        )
