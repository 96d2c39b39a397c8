"""How often a subscription's parcel comes: calendar arithmetic from an anchor day, no clock.

Every day is counted from the anchor, never from the day before it: 31 January plus one month is
28 February, plus two months is 31 March again.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# Cards are charged and reminders sent at this time of the subscriber's morning. No zone of the
# time zone database skips it when its clocks change.
BILLING_TIME = time(6)


class Frequency(StrEnum):
    """How often."""

    WEEKLY = "WEEKLY"
    BIWEEKLY = "BIWEEKLY"
    MONTHLY = "MONTHLY"
    EVERY_TWO_MONTHS = "EVERY_TWO_MONTHS"
    QUARTERLY = "QUARTERLY"
    EVERY_SIX_MONTHS = "EVERY_SIX_MONTHS"
    ANNUALLY = "ANNUALLY"


_DAYS = {Frequency.WEEKLY: 7, Frequency.BIWEEKLY: 14}
_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.EVERY_TWO_MONTHS: 2,
    Frequency.QUARTERLY: 3,
    Frequency.EVERY_SIX_MONTHS: 6,
    Frequency.ANNUALLY: 12,
}


def day_of(anchor_on: date, frequency: Frequency, steps: int) -> date:
    """Return the day that lies `steps` (0 and up) after the anchor.

    A month without the anchor's day gives its last day; 29 February gives the 28th in other
    years. The result grows with `steps`, strictly.
    """
    days = _DAYS.get(frequency)
    if days is not None:
        return anchor_on + timedelta(days=days * steps)
    months = anchor_on.year * 12 + anchor_on.month - 1 + _MONTHS[frequency] * steps
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor_on.day, last))


def steps_until(anchor_on: date, frequency: Frequency, earliest: date) -> int:
    """Return the fewest steps from the anchor to a day that is not before `earliest`."""
    if earliest <= anchor_on:
        return 0
    days = _DAYS.get(frequency)
    if days is not None:
        return -(-(earliest - anchor_on).days // days)
    passed = (earliest.year - anchor_on.year) * 12 + earliest.month - anchor_on.month
    steps = passed // _MONTHS[frequency]
    return steps if day_of(anchor_on, frequency, steps) >= earliest else steps + 1


def moment_of(day: date, time_zone: str) -> datetime:
    """Return when a day's charge is due, in UTC."""
    return datetime.combine(day, BILLING_TIME, ZoneInfo(time_zone)).astimezone(UTC)


def today_in(time_zone: str, now: datetime) -> date:
    """Return the calendar day of a moment in a zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()
