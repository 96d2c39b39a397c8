"""The household a hub serves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Household:
    """One home: where it is and how it speaks.

    `zone` is an IANA name; schedules are wall time there. Latitude and longitude in degrees.
    `language` is a BCP 47 tag such as `en`.
    """

    name: str = "Home"
    zone: str = "UTC"
    latitude: float | None = None
    longitude: float | None = None
    language: str = "en"
