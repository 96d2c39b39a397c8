"""Moments, spans, money and levels as people of one language read them, in the home's zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from scentd.api.words import Words

_WITHOUT_MINOR = frozenset(["JPY", "KRW", "ISK", "CLP", "VND"])
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR_DAYS = 6
"""Days ahead that are named by their weekday; further ones by their date."""


@dataclass(frozen=True, slots=True)
class Formats:
    """Write values in one language and one zone."""

    words: Words
    zone: ZoneInfo

    def local(self, moment: datetime) -> datetime:
        """Give the home's wall time of a moment."""
        return moment.astimezone(self.zone)

    def clock(self, moment: datetime | time) -> str:
        """Write the wall time: 07:30."""
        wall = moment if isinstance(moment, time) else self.local(moment)
        return f"{wall:%H:%M}"

    def day(self, number: int) -> str:
        """Write a weekday in full, Monday is 0."""
        return self.words(f"day.{DAY_NAMES[number]}")

    def short_day(self, number: int) -> str:
        """Write a weekday in short, Monday is 0."""
        return self.words(f"day_short.{DAY_NAMES[number]}")

    def date_of(self, day: date) -> str:
        """Write a date without its year: 4 March."""
        return self.words("date", day=day.day, month=self.words(f"month.{day.month}"))

    def long_day(self, day: date, now: datetime) -> str:
        """Write a date in full: Sunday, 6 December; with its year when that is not this one."""
        year = f" {day.year}" if day.year != self.local(now).year else ""
        written = self.date_of(day) + year
        return self.words("coming.day", weekday=self.day(day.weekday()), date=written)

    def long_moment(self, moment: datetime, now: datetime) -> str:
        """Write a moment in full: Sunday, 6 December, 08:00."""
        day = self.long_day(self.local(moment).date(), now)
        return self.words("day_and_time", day=day, time=self.clock(moment))

    def when(self, moment: datetime, now: datetime) -> str:
        """Write a moment of the past: the time today, the day before that."""
        wall, today = self.local(moment), self.local(now).date()
        age = (today - wall.date()).days
        if age == 0:
            return self.clock(moment)
        if 0 < age <= NEAR_DAYS:
            return f"{self.short_day(wall.weekday())} {self.clock(moment)}"
        return f"{self.date_of(wall.date())} {self.clock(moment)}"

    def coming(self, day: date, now: datetime) -> str:
        """Write a day to come: today, tomorrow, Wednesday, 12 March."""
        ahead = (day - self.local(now).date()).days
        if ahead in {0, 1}:
            return self.words("today" if ahead == 0 else "tomorrow")
        if 1 < ahead <= NEAR_DAYS:
            return self.day(day.weekday())
        return self.date_of(day)

    def coming_at(self, moment: datetime, now: datetime) -> str:
        """Write a moment to come: with its time while that can matter, two days ahead."""
        day = self.coming(self.local(moment).date(), now)
        if moment - now > timedelta(days=2):
            return day
        return self.words("day_and_time", day=day, time=self.clock(moment))

    def soon(self, moment: datetime, now: datetime) -> str:
        """Write a moment to come: today by its time alone, later ones as `coming_at`."""
        if self.local(moment).date() == self.local(now).date():
            return self.clock(moment)
        return self.coming_at(moment, now)

    def span(self, length: timedelta) -> str:
        """Write how long something lasts, to the precision people plan in."""
        hours = max(0.0, length.total_seconds() / 3600)
        if hours < 1:
            return self.words("span.under_an_hour")
        for unit, in_hours, until in _UNITS:
            if hours < until:
                return self.words(f"span.{unit}", count=max(1, round(hours / in_hours)))
        return self.words("span.over_a_year")

    def money(self, minor: int, currency: str) -> str:
        """Write an amount given in minor units."""
        digits = 0 if currency in _WITHOUT_MINOR else 3 if currency in _THREE_DIGITS else 2
        amount = f"{Decimal(minor).scaleb(-digits):,.{digits}f}"
        marks = {",": self.words("money.group"), ".": self.words("money.point")}
        written = "".join(marks.get(sign, sign) for sign in amount)
        return self.words("money.pattern", amount=written, sign=_SIGNS.get(currency, currency))

    def decimal(self, value: float, digits: int) -> str:
        """Write a number with so many digits after the point, or comma."""
        return f"{value:.{digits}f}".replace(".", self.words("money.point"))

    def millilitres(self, microlitres: int) -> str:
        """Write an amount of oil: 50 ml, 7.5 ml."""
        whole = f"{self.words('money.point')}0"
        amount = self.decimal(microlitres / 1000, digits=1).removesuffix(whole)
        return self.words("ml", amount=amount)


_UNITS = (("hours", 1, 36), ("days", 24, 21 * 24), ("weeks", 168, 70 * 24), ("months", 730, 8760))
