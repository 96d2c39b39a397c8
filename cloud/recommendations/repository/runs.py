"""Runs of the quiz, their answers and picks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.models import QuizAnswer, QuizPick, QuizRun
from cloud.recommendations.takers import Taker
from cloud.recommendations.variety import Ranked


async def find_run(session: AsyncSession, taker: Taker, *, locked: bool = False) -> QuizRun | None:
    """Return somebody's run, locked if asked; None when they have none."""
    statement = select(QuizRun).where(taker.owns()).execution_options(populate_existing=True)
    return await session.scalar(statement.with_for_update() if locked else statement)


async def find_shared(session: AsyncSession, slug: str) -> QuizRun | None:
    """Return the run that an address shows to others."""
    return await session.scalar(select(QuizRun).where(QuizRun.share_slug == slug))


async def begin_run(session: AsyncSession, taker: Taker, edition_id: int, now: datetime) -> QuizRun:
    """Return somebody's run, locked; begun now on an edition unless there is one."""
    await session.execute(
        insert(QuizRun)
        .values(
            edition_id=edition_id,
            user_id=taker.user_id,
            token_digest=taker.token_digest,
            step=0,
            started_at=now,
            touched_at=now,
        )
        .on_conflict_do_nothing()
    )
    run = await find_run(session, taker, locked=True)
    assert run is not None, "it was there or was just made"  # noqa: S101
    return run


async def answers_of(
    session: AsyncSession, run_ids: Collection[int]
) -> dict[int, dict[int, QuizAnswer]]:
    """Return the answers of runs, by run and by question."""
    found: dict[int, dict[int, QuizAnswer]] = {run_id: {} for run_id in run_ids}
    rows = await session.scalars(select(QuizAnswer).where(QuizAnswer.run_id.in_(run_ids)))
    for row in rows:
        found[row.run_id][row.question_id] = row
    return found


async def put_answer(
    session: AsyncSession, run_id: int, question_id: int, answer: dict[str, Any], now: datetime
) -> None:
    """Keep an answer; a later one replaces it."""
    statement = insert(QuizAnswer).values(
        run_id=run_id, question_id=question_id, answer=answer, answered_at=now
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["run_id", "question_id"],
            set_={
                "answer": statement.excluded.answer,
                "answered_at": statement.excluded.answered_at,
            },
        )
    )


async def drop_answers(session: AsyncSession, run_id: int, question_id: int | None = None) -> None:
    """Forget the answers of a run, or the one to a question."""
    statement = delete(QuizAnswer).where(QuizAnswer.run_id == run_id)
    if question_id is not None:
        statement = statement.where(QuizAnswer.question_id == question_id)
    await session.execute(statement)


async def drop_of(session: AsyncSession, user_id: int) -> None:
    """Forget a member's run with its answers and picks; nothing happens without one."""
    await session.execute(delete(QuizRun).where(QuizRun.user_id == user_id))


async def put_picks(session: AsyncSession, run_id: int, ranked: Sequence[Ranked]) -> None:
    """Make a list what a run recommends."""
    await session.execute(delete(QuizPick).where(QuizPick.run_id == run_id))
    if ranked:
        await session.execute(
            insert(QuizPick),
            [
                {
                    "run_id": run_id,
                    "place": place,
                    "product_id": one.scent.product_id,
                    "score": one.score,
                    "reasons": [reason.as_json() for reason in one.reasons],
                }
                for place, one in enumerate(ranked)
            ],
        )


async def picks_of(session: AsyncSession, run_id: int) -> Sequence[QuizPick]:
    """Return what a run recommends, the best first."""
    return (
        await session.scalars(
            select(QuizPick).where(QuizPick.run_id == run_id).order_by(QuizPick.place)
        )
    ).all()


async def drop_run(session: AsyncSession, run_id: int) -> None:
    """Delete a run with its answers and picks."""
    await session.execute(delete(QuizRun).where(QuizRun.id == run_id))


async def drop_old_guests(session: AsyncSession, before: datetime) -> None:
    """Delete the runs that guests last touched before a moment."""
    await session.execute(
        delete(QuizRun).where(QuizRun.user_id.is_(None), QuizRun.touched_at < before)
    )


async def finished_runs(session: AsyncSession, user_ids: Collection[int]) -> dict[int, QuizRun]:
    """Return the runs that members finished once, by user."""
    rows = await session.scalars(
        select(QuizRun).where(
            QuizRun.user_id.in_(user_ids), QuizRun.first_completed_at.is_not(None)
        )
    )
    return {row.user_id: row for row in rows if row.user_id is not None}
