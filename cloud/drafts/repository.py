"""Queries about drafts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Product, Variant
from cloud.drafts.models import Draft, DraftLine
from cloud.drafts.schemas import DraftLineView
from cloud.drafts.states import LIVING, DraftState
from cloud.orders.models import Order

_ONE_FORM = text("SELECT pg_advisory_xact_lock(hashtextextended('drafts.form.' || :key, 0))")


async def by_number(session: AsyncSession, number: str) -> Draft | None:
    """Return a draft as it stands, without a lock."""
    found: Draft | None = await session.scalar(
        select(Draft).where(Draft.number == number).execution_options(populate_existing=True)
    )
    return found


async def lock(session: AsyncSession, number: str) -> Draft | None:
    """Return a draft as it stands now, its row locked until the transaction ends."""
    found: Draft | None = await session.scalar(
        select(Draft)
        .where(Draft.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def of_form(session: AsyncSession, form_key: str) -> Draft | None:
    """Return the draft that a form made; who asks for the same one waits meanwhile."""
    await session.execute(_ONE_FORM, {"key": form_key})
    found: Draft | None = await session.scalar(select(Draft).where(Draft.form_key == form_key))
    return found


async def page_of(
    session: AsyncSession, state: DraftState | None, *, after: int | None, limit: int
) -> Sequence[Draft]:
    """Return up to `limit` drafts, newest first, older than the id `after`."""
    query = select(Draft).order_by(Draft.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Draft.state == state)
    if after is not None:
        query = query.where(Draft.id < after)
    return (await session.scalars(query)).all()


async def lines_of(
    session: AsyncSession, draft_ids: Collection[int]
) -> dict[int, list[DraftLineView]]:
    """Return the lines of drafts, by draft, in the order they were written."""
    found = await session.execute(
        select(
            DraftLine.draft_id,
            DraftLine.quantity,
            Variant.sku,
            Variant.name.label("variant_name"),
            Product.name.label("product_name"),
        )
        .join(Variant, Variant.id == DraftLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(DraftLine.draft_id.in_(draft_ids))
        .order_by(DraftLine.draft_id, DraftLine.position)
    )
    lines: dict[int, list[DraftLineView]] = {draft_id: [] for draft_id in draft_ids}
    for row in found:
        lines[row.draft_id].append(
            DraftLineView(
                sku=row.sku,
                product_name=row.product_name,
                variant_name=row.variant_name,
                quantity=row.quantity,
            )
        )
    return lines


async def put_lines(session: AsyncSession, draft_id: int, quantities: Mapping[int, int]) -> None:
    """Let a draft have these lines, by variant, and no others."""
    await session.execute(delete(DraftLine).where(DraftLine.draft_id == draft_id))
    session.add_all(
        DraftLine(draft_id=draft_id, variant_id=variant_id, position=at, quantity=quantity)
        for at, (variant_id, quantity) in enumerate(quantities.items())
    )
    await session.flush()


async def order_numbers(session: AsyncSession, order_ids: Collection[int]) -> dict[int, str]:
    """Return the numbers of orders, by id."""
    found = await session.execute(select(Order.id, Order.number).where(Order.id.in_(order_ids)))
    return {row.id: row.number for row in found}


async def due(session: AsyncSession, now: datetime, most: int) -> Sequence[Draft]:
    """Return drafts whose time is over, locked in id order; those that somebody holds are left."""
    found = await session.scalars(
        select(Draft)
        .where(Draft.state.in_(LIVING), Draft.expires_at <= now)
        .order_by(Draft.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found.all()
