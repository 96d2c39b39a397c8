"""Birthdays: said by members, and thanked for once a year."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.loyalty.errors import NoSuchDay
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.models import Birthday
from cloud.loyalty.repository import birthdays as rows
from cloud.loyalty.repository import points as point_rows
from cloud.loyalty.service.earning import earn
from cloud.loyalty.service.ledger import Reason, open_account
from cloud.loyalty.service.tiers import benefits_for
from cloud.loyalty.terms import (
    BIRTHDAY_KNOWN_FOR,
    BIRTHDAY_LATE_DAYS,
    BIRTHDAY_POINTS,
    BIRTHDAYS_APART,
    birthday_in,
)

_LEAP_YEAR = 2024


async def find_birthday(session: AsyncSession, user_id: int) -> Birthday | None:
    """Return a member's birthday; None when they did not say."""
    return await rows.find(session, user_id)


async def say_birthday(
    session: AsyncSession, user_id: int, month: int, day: int, now: datetime
) -> None:
    """Write down when a member's birthday is; raises NoSuchDay.

    Another day than before is known only from now on.
    """
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError as error:
        raise NoSuchDay from error
    await rows.keep(session, user_id, month, day, now)


async def forget_birthday(session: AsyncSession, user_id: int) -> None:
    """Forget when a member's birthday is; harmless when nothing is known."""
    await rows.forget(session, user_id)


async def pay_birthdays(session: AsyncSession, now: datetime, zone: str) -> int:
    """Give points to whoever has their birthday, in the shop's time zone; return how many got some.

    Days that an outage missed are made up for, a week at most.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [today - timedelta(days=late) for late in range(BIRTHDAY_LATE_DAYS)]
    due = [(user_id, day) for day in days for user_id in await _born_on(session, day, zone)]
    # Accounts are locked in id order, whichever day it is.
    return sum([await _thank(session, user_id, day, now) for user_id, day in sorted(due)])


async def _born_on(session: AsyncSession, day: date, zone: str) -> Sequence[int]:
    """Return whose birthday is on a day and was known for long enough before it."""
    dates = {(day.month, day.day)}
    if birthday_in(day.year, 2, 29) == day:
        dates.add((2, 29))
    begins_at = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    return await rows.list_on(session, sorted(dates), begins_at - BIRTHDAY_KNOWN_FOR)


async def _thank(session: AsyncSession, user_id: int, day: date, now: datetime) -> bool:
    key = f"birthday:{day.year}"
    if await point_rows.find_once(session, user_id, key) is not None:
        return False
    account = await open_account(session, user_id, now)
    kind, since = EntryKind.EARN_BIRTHDAY, now - BIRTHDAYS_APART
    if await point_rows.has_kind_since(session, user_id, kind, since):
        return False
    points = BIRTHDAY_POINTS + (await benefits_for(session, account)).birthday_points
    await earn(session, account, Reason(kind, once_key=key, tier_points=points), points, now)
    return True
