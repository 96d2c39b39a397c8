"""Queries about returns."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cloud.returns.errors import ReturnNotFound
from cloud.returns.models import NUMBERS, Return, ReturnLine
from cloud.returns.stages import CALLED_OFF, ReturnStage


async def next_number(session: AsyncSession) -> str:
    """Return the number of a new return; numbers may have gaps."""
    return f"RT-{await session.scalar(NUMBERS)}"


async def by_number(session: AsyncSession, number: str) -> Return:
    """Return a return with its lines and steps, fresh; ReturnNotFound."""
    found = await _whole(session, Return.number == number, limit=1)
    if not found:
        raise ReturnNotFound(number)
    return found[0]


async def all_of(session: AsyncSession, order_id: int) -> Sequence[Return]:
    """Return the returns of an order, oldest first."""
    return list(reversed(await _whole(session, Return.order_id == order_id, limit=200)))


async def page_of(
    session: AsyncSession, stages: Collection[ReturnStage] | None, after: int | None, limit: int
) -> Sequence[Return]:
    """Return up to `limit` returns, newest first, older than the id `after`."""
    conditions: list[ColumnElement[bool]] = []
    if stages is not None:
        conditions.append(Return.stage.in_(stages))
    if after is not None:
        conditions.append(Return.id < after)
    return await _whole(session, *conditions, limit=limit)


async def count_by_stage(session: AsyncSession) -> dict[ReturnStage, int]:
    """Return how many returns stand where."""
    found = await session.execute(select(Return.stage, func.count()).group_by(Return.stage))
    return {stage: int(count) for stage, count in found}


async def quantities(session: AsyncSession, order_id: int) -> dict[int, int]:
    """Return how many of each line came back or are to, by line id."""
    found = await session.execute(
        select(ReturnLine.order_item_id, func.sum(ReturnLine.quantity))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(Return.order_id == order_id, Return.stage.not_in(CALLED_OFF))
        .group_by(ReturnLine.order_item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in found}


async def stages_of(session: AsyncSession, order_id: int) -> Sequence[ReturnStage]:
    """Return where the returns of an order stand."""
    return (await session.scalars(select(Return.stage).where(Return.order_id == order_id))).all()


async def _whole(
    session: AsyncSession, *conditions: ColumnElement[bool], limit: int
) -> Sequence[Return]:
    found = await session.scalars(
        select(Return)
        .where(*conditions)
        .order_by(Return.id.desc())
        .limit(limit)
        .options(selectinload(Return.lines), selectinload(Return.steps))
        .execution_options(populate_existing=True)
    )
    return found.all()
