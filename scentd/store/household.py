"""The household's own facts: kept in the store, at hand at once, told of when they change."""

import sqlite3
from zoneinfo import ZoneInfo

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.events import HouseholdChanged
from scentd.model.household import Household
from scentd.store.database import Database


class HouseholdBook:
    """Hold the one household of this hub; `first` is what it is until somebody says otherwise."""

    def __init__(
        self, database: Database, bus: Bus, clock: Clock, first: Household = Household()
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._household = first

    @property
    def household(self) -> Household:
        """The household as it is now."""
        return self._household

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every wall time in the house."""
        return ZoneInfo(self._household.zone)

    async def load(self) -> None:
        """Read what was kept; nothing kept leaves the first values."""
        kept = await self._database.read(read_household)
        if kept is not None:
            self._household = kept

    async def save(self, household: Household) -> None:
        """Keep it durably, then publish HouseholdChanged; the zone must be a known one.

        Saving what is already so publishes nothing.
        """
        if household == self._household:
            return
        await self._database.write(lambda connection: write_household(connection, household))
        self._household = household
        self._bus.publish(HouseholdChanged(self._clock.now(), household))


def read_household(connection: sqlite3.Connection) -> Household | None:
    """Give the kept household, None before the first one was kept."""
    row = connection.execute(
        "SELECT name, zone, latitude, longitude, language FROM household"
    ).fetchone()
    return Household(**row) if row else None


def write_household(connection: sqlite3.Connection, household: Household) -> None:
    """Keep the household in place of what was there."""
    connection.execute(
        "INSERT OR REPLACE INTO household (id, name, zone, latitude, longitude, language)"
        " VALUES (1, ?, ?, ?, ?, ?)",
        (
            household.name,
            household.zone,
            household.latitude,
            household.longitude,
            household.language,
        ),
    )
