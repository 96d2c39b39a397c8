"""When what is counted: the days that changed every few minutes, all of it every night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.analytics import rollup
from cloud.analytics.models import Count
from cloud.site.service import read_site

# Longer than any transaction of ours: what began before the last look may have ended after it.
_OVERLAP = timedelta(minutes=10)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def count_changes(session: AsyncSession, now: datetime, since: datetime | None) -> None:
    """Count the days that changed since a moment; all when it is None or the zone is another."""
    await rollup.take_turn(session)
    zone = (await read_site(session)).time_zone
    known = await session.get(Count, 1, populate_existing=True)
    if since is None or known is None or known.zone != zone:
        await count_all(session, now)
        return
    await _count(session, zone, since - _OVERLAP)
    await _note(session, zone, now)


async def count_all(session: AsyncSession, now: datetime) -> None:
    """Count every day and the cohorts anew, and write down what the shelves hold."""
    await rollup.take_turn(session)
    zone = (await read_site(session)).time_zone
    await rollup.clear_all(session)
    await _count(session, zone, _EVER)
    await rollup.count_cohorts(session, zone)
    await _note(session, zone, now)


async def _count(session: AsyncSession, zone: str, since: datetime) -> None:
    days = await rollup.touched_days(session, zone, since)
    if days:
        begins, _ = bounds(days[0], zone)
        _, ends = bounds(days[-1], zone)
        await rollup.count_days(session, zone, days, begins, ends)


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and ends in a zone: 23, 24 or 25 hours apart."""
    here = ZoneInfo(zone)
    return (
        datetime.combine(day, time(), here).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time(), here).astimezone(UTC),
    )


async def _note(session: AsyncSession, zone: str, now: datetime) -> None:
    await rollup.note_stock(session, now.astimezone(ZoneInfo(zone)).date())
    values = {"zone": zone, "counted_at": now}
    await session.execute(
        insert(Count)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )
