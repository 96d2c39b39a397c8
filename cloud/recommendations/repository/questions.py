"""Editions of the quiz and their questions."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.kinds import EditionStatus
from cloud.recommendations.models import QuizEdition, QuizQuestion


async def find_edition(
    session: AsyncSession, status: EditionStatus, *, locked: bool = False
) -> QuizEdition | None:
    """Return the draft or the published edition, locked if asked; None when there is none."""
    statement = select(QuizEdition).where(QuizEdition.status == status)
    return await session.scalar(statement.with_for_update() if locked else statement)


async def get_edition(
    session: AsyncSession, edition_id: int, *, locked: bool = False
) -> QuizEdition | None:
    """Return an edition, locked if asked."""
    statement = select(QuizEdition).where(QuizEdition.id == edition_id)
    return await session.scalar(statement.with_for_update() if locked else statement)


async def list_editions(session: AsyncSession) -> Sequence[QuizEdition]:
    """Return all editions, the newest first."""
    return (await session.scalars(select(QuizEdition).order_by(QuizEdition.number.desc()))).all()


async def add_draft(session: AsyncSession) -> int | None:
    """Add a draft and return its id; None, and nothing is done, when there is one."""
    number = select(func.coalesce(func.max(QuizEdition.number), 0) + 1).scalar_subquery()
    return await session.scalar(
        insert(QuizEdition)
        .values(number=number, status=EditionStatus.DRAFT, version=1)
        .on_conflict_do_nothing()
        .returning(QuizEdition.id)
    )


async def questions_of(session: AsyncSession, edition_id: int) -> Sequence[QuizQuestion]:
    """Return the questions of an edition in their order."""
    return (
        await session.scalars(
            select(QuizQuestion)
            .where(QuizQuestion.edition_id == edition_id)
            .order_by(QuizQuestion.position, QuizQuestion.id)
        )
    ).all()


async def questions_by_id(session: AsyncSession, ids: Collection[int]) -> dict[int, QuizQuestion]:
    """Return questions by id."""
    if not ids:
        return {}
    found = await session.scalars(select(QuizQuestion).where(QuizQuestion.id.in_(ids)))
    return {one.id: one for one in found}
