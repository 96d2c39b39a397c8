"""Learning every night, reading what ran every hour, suggesting every minute."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.recommendations.service.learning import learn
from cloud.recommendations.service.suggesting import suggest
from cloud.recommendations.service.taking import forget_old
from cloud.recommendations.service.use_reading import read_use

# One transaction holds no more than this; the rest has the next turn.
_MEMBERS_AT_ONCE = 200


def register(jobs: JobRegistry) -> None:
    """Add the jobs of recommendations."""
    jobs.every(timedelta(minutes=1), "recommendations.suggest", make_suggestions)
    jobs.every(timedelta(hours=1), "recommendations.read_use", read_what_ran)
    jobs.every(timedelta(days=1), "recommendations.learn", learn_anew)
    jobs.every(timedelta(days=1), "recommendations.forget_old", forget)


async def make_suggestions(session: AsyncSession, run: PeriodicRun) -> None:
    """Work out what is suggested to those who wait for it."""
    await suggest(session, run.now, most=_MEMBERS_AT_ONCE)


async def read_what_ran(session: AsyncSession, run: PeriodicRun) -> None:
    """Read what the diffusers of those who consent ran."""
    await read_use(session, run.now, most=_MEMBERS_AT_ONCE)


async def learn_anew(session: AsyncSession, run: PeriodicRun) -> None:
    """Learn which products belong together."""
    await learn(session, run.now)


async def forget(session: AsyncSession, run: PeriodicRun) -> None:
    """Forget the quizzes of guests who did not come back."""
    await forget_old(session, run.now)
