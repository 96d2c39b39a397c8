"""A guest with a quiz signs in: it becomes the member's, or joins the one they have."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.recommendations.answers import joined
from cloud.recommendations.events import QuizCompleted
from cloud.recommendations.models import QuizRun
from cloud.recommendations.repository import learning, questions, runs
from cloud.recommendations.service import taking
from cloud.recommendations.takers import Taker


async def join(session: AsyncSession, guest: Taker, member: Taker, now: datetime) -> None:
    """Make a guest's quiz a member's; of two answers to a question the newer stands.

    On the newer of two editions. If either was finished the whole is, and recommends anew, unless
    an answer is missing. A second time changes nothing. Runs are locked guest first.
    """
    if member.user_id is None:
        return
    brought = await runs.find_run(session, guest, locked=True)
    if brought is None:
        return
    own = await runs.find_run(session, member, locked=True)
    if own is None:
        with suppress(IntegrityError):
            async with session.begin_nested():
                await _hand_over(session, brought, member.user_id, now)
            return
        # From another device one came at this very moment.
        own = await runs.find_run(session, member, locked=True)
        brought = await runs.find_run(session, guest, locked=True)
    if own is not None and brought is not None:
        await _merge(session, own, brought, member, now)


async def _merge(
    session: AsyncSession, own: QuizRun, brought: QuizRun, member: Taker, now: datetime
) -> None:
    held = joined(
        await taking.kept_answers(session, own), await taking.kept_answers(session, brought)
    )
    newer = await _newer_edition(session, own, brought)
    was_finished = own.first_completed_at or brought.first_completed_at
    touched_at = max(own.touched_at, brought.touched_at)
    step = max(own.step, brought.step)
    await runs.drop_run(session, brought.id)
    await taking.move(session, own, newer, held)
    own.step, own.touched_at, own.completed_at = step, touched_at, None
    await session.flush()
    progress = await taking.look(session, member)
    if was_finished and progress.missing is None:
        await taking.complete(session, own, now)


async def _hand_over(session: AsyncSession, run: QuizRun, user_id: int, now: datetime) -> None:
    run.user_id, run.token_digest = user_id, None
    await session.flush()
    if run.first_completed_at is not None:
        await learning.ask(session, user_id, now)
        await emit(session, QuizCompleted(user_id, run.id, now))


async def _newer_edition(session: AsyncSession, one: QuizRun, other: QuizRun) -> int:
    if one.edition_id == other.edition_id:
        return one.edition_id
    editions = {
        found.id: found.number
        for edition_id in (one.edition_id, other.edition_id)
        if (found := await questions.get_edition(session, edition_id)) is not None
    }
    return max(editions, key=lambda edition_id: editions[edition_id])
