"""Where the home is: its wall time and its sky."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Sky(Protocol):
    """The sun over the home."""

    def instant(self, point: str, day: date) -> datetime | None:
        """Give when dawn, sunrise, sunset or dusk of a local date is, aware UTC.

        None when the sun does not do that on that date there.
        """
        ...

    def elevation_degrees(self, at: datetime) -> float:
        """Give how high the sun stands over the horizon, -90..90."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """The home's zone, and its sky; None while nobody has said where the home is."""

    zone: ZoneInfo
    sky: Sky | None = None
