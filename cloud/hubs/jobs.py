"""Upkeep of what hubs leave behind."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.hubs.events import HubFellSilent
from cloud.hubs.repository import documents, households, hubs, pairings

TOMBSTONES_KEPT = timedelta(days=400)
OFFERS_KEPT = timedelta(days=1)
# A night's network trouble is nobody's business; a day without refills watched is.
SILENT_AFTER = timedelta(hours=6)


def register(jobs: JobRegistry) -> None:
    """Add the jobs."""
    jobs.every(timedelta(days=1), "hubs.forget_tombstones", forget_tombstones)
    jobs.every(timedelta(hours=1), "hubs.sweep_offers", sweep_offers)
    jobs.every(timedelta(minutes=15), "hubs.find_silent", find_silent)


async def forget_tombstones(session: AsyncSession, run: PeriodicRun) -> None:
    """Drop deletions older than 400 days; a hub that was away longer takes a snapshot."""
    dropped = await documents.forget_tombstones(session, run.now - TOMBSTONES_KEPT)
    for household_id, version in sorted(dropped):
        await households.raise_low_water(session, household_id, version)


async def sweep_offers(session: AsyncSession, run: PeriodicRun) -> None:
    """Delete offers that ended a day ago, and challenges nobody answered."""
    await pairings.sweep(session, run.now - OFFERS_KEPT)
    await hubs.sweep_nonces(session, run.now)


async def find_silent(session: AsyncSession, run: PeriodicRun) -> None:
    """Tell of hubs that nothing was heard of for six hours, once each silence."""
    for hub in await hubs.take_silent(session, run.now - SILENT_AFTER, run.now):
        if hub.seen_at is not None:
            told = HubFellSilent(hub.household_id, hub.id, hub.name, hub.seen_at, run.now)
            await emit(session, told)
