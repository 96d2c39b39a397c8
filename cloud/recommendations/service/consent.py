"""The switch that lets us learn from what a member's diffusers run: off until they turn it on."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.repository import learning, use


async def given_at(session: AsyncSession, user_id: int) -> datetime | None:
    """Return since when a member consents; None: they do not."""
    found = await use.find_consent(session, user_id)
    return found.given_at if found else None


async def give(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Let us learn from what a member's diffusers run and ran; again changes nothing."""
    await use.give_consent(session, user_id, now)
    await learning.ask(session, user_id, now)


async def withdraw(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Forget what a member's diffusers ran, and every suggestion that may have come from it.

    New ones are worked out without it. Nothing else was learnt from it: what holds for everybody
    comes from purchases alone.
    """
    await use.drop_consent(session, user_id)
    await learning.drop_suggestions(session, user_id)
    await learning.ask(session, user_id, now)
