"""Writing amounts, days and points as one person reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cloud.foundation.locale import format_date, format_moment, format_money
from cloud.foundation.money import Money
from cloud.foundation.words import say_many

_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes amounts and days as one person reads them. `zone` is an IANA name."""

    language: str
    zone: str

    def money(self, minor: int, currency: str) -> str:
        """Return an amount."""
        return format_money(Money(minor, currency), self.language)

    def day(self, day: date | None) -> str:
        """Return a calendar day with its weekday; a dash for none."""
        return "-" if day is None else format_date(day, self.language, "full")

    def moment(self, moment: datetime | None) -> str:
        """Return a moment; a dash for none."""
        if moment is None:
            return "-"
        return format_moment(moment, self.language, self.zone, "medium")

    def day_of(self, moment: datetime) -> str:
        """Return the calendar day of a moment, where the shop is."""
        return self.day(self.local_day(moment))

    def local_day(self, moment: datetime) -> date:
        """Return the date of a moment, where the shop is."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def points(self, number: int) -> str:
        """Return a number of points: "1 point", "120 points"."""
        return say_many(self.language, "%(num)d point", "%(num)d points", number)

    def reviews(self, number: int) -> str:
        """Return a number of reviews: "1 review", "50 reviews"."""
        return say_many(self.language, "%(num)d review", "%(num)d reviews", number)

    def bottles(self, quantity: int, product: str, variant: str) -> str:
        """Return what a parcel holds: "2 x Cedar Evening 50 ml"."""
        return f"{quantity} {_TIMES} {product} {variant}".strip()
