"""The household: its name, where it is, how it speaks."""

import zoneinfo
from dataclasses import replace
from typing import Self

from pydantic import Field, field_validator, model_validator

from scentd.api.access import Scope
from scentd.api.routes import Call, Route, View, route
from scentd.model.household import Household


class HouseholdBody(View):
    """What to change; what is left out stays as it is."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    """What the household is called."""
    zone: str | None = None
    """The IANA zone of every wall time, such as Europe/Berlin."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    """Degrees north; goes with the longitude."""
    longitude: float | None = Field(default=None, ge=-180, le=180)
    """Degrees east; goes with the latitude."""
    language: str | None = Field(default=None, pattern="^[a-z]{2}(-[A-Z]{2})?$")
    """A BCP 47 tag such as en."""

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in zoneinfo.available_timezones():
            raise ValueError("there is no such time zone; write it like Europe/Berlin")
        return zone

    @model_validator(mode="after")
    def _is_a_place(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")
        return self


async def get_household(call: Call[None]) -> Household:
    """Give the household."""
    return call.house.household.household


async def change_household(call: Call[HouseholdBody]) -> Household:
    """Change the household; a new zone plans every schedule anew at once."""
    changes = call.asked.model_dump(exclude_unset=True, exclude_none=True)
    changed = replace(call.house.household.household, **changes)
    await call.house.household.save(changed)
    return changed


_PATH = "/api/v1/household"

ROUTES: tuple[Route, ...] = (
    route("GET", _PATH, Scope.READ, get_household, answers=Household),
    route("PATCH", _PATH, Scope.CONFIGURE, change_household, asks=HouseholdBody, answers=Household),
)
