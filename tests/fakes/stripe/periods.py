"""The arithmetic of billing periods, all counted from the first day of a subscription."""

import calendar
from datetime import UTC, datetime, timedelta

_DAYS = {"day": 1, "week": 7}


def moment_after(anchor: int, interval: str, count: int) -> int:
    """Return the Unix second `count` intervals after the anchor; 31 January + 1 month is its last.

    Counted from the anchor, not from the period before, so a month of 28 days shifts none.
    """
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in _DAYS:
        return int((start + timedelta(days=_DAYS[interval] * count)).timestamp())
    months = start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
