"""Upkeep of what hubs leave behind."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.hubs.repository import documents, households, hubs, pairings

TOMBSTONES_KEPT = timedelta(days=400)
OFFERS_KEPT = timedelta(days=1)


def register(jobs: JobRegistry) -> None:
    """Add the jobs."""
    jobs.every(timedelta(days=1), "hubs.forget_tombstones", forget_tombstones)
    jobs.every(timedelta(hours=1), "hubs.sweep_offers", sweep_offers)


async def forget_tombstones(session: AsyncSession, run: PeriodicRun) -> None:
    """Drop deletions older than 400 days; a hub that was away longer takes a snapshot."""
    dropped = await documents.forget_tombstones(session, run.now - TOMBSTONES_KEPT)
    for household_id, version in sorted(dropped):
        await households.raise_low_water(session, household_id, version)


async def sweep_offers(session: AsyncSession, run: PeriodicRun) -> None:
    """Delete offers that ended a day ago, and challenges nobody answered."""
    await pairings.sweep(session, run.now - OFFERS_KEPT)
    await hubs.sweep_nonces(session, run.now)
