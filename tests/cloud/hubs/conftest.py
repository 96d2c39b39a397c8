"""A household with a paired hub, and what it takes to let the hub speak."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from cloud.foundation.database import Database
from cloud.foundation.events import EventBook
from cloud.hubs import events
from cloud.hubs.ingest.append import Position, append
from cloud.hubs.ingest.batch import unpack
from cloud.hubs.models import (
    EventReject,
    Household,
    HouseholdMember,
    HouseholdRole,
    Hub,
    HubEvent,
    HubLineage,
    SharedField,
    Slot,
)
from cloud.hubs.repository.hubs import HubKey
from tests.fakes.clock import ManualClock
from tests.fakes.hub import SpokenHub

EVENTS = (
    events.CartridgeRunningLow,
    events.CartridgeFitted,
    events.CartridgeLevelChanged,
    events.HubPaired,
    events.HubRevoked,
    events.HubDuplicated,
    events.ReorderPreferenceChanged,
)


_ADD_USER = text(
    "INSERT INTO users (email, name, role) VALUES (:e, 'Ann', 'CUSTOMER') RETURNING id"
)


class Heard(list[Any]):
    """Every event of this feature whose transaction reached its handlers, in order."""

    def of(self, kind: type) -> list[Any]:
        return [event for event in self if isinstance(event, kind)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def database(database_url: str, heard: Heard) -> AsyncIterator[Database]:
    """The cloud's Database, whose events are heard by the test."""

    async def hear(_session, event):
        heard.append(event)

    database = Database(database_url, events=EventBook(dict.fromkeys(EVENTS, (hear,))))
    yield database
    await database.close()


@dataclass
class Cloud:
    """The cloud of one test: its database and a paired hub to speak with."""

    database: Database
    clock: ManualClock
    key: HubKey
    user_id: int

    async def take(
        self, hub: SpokenHub, first: int = 1, last: int | None = None, **header: Any
    ) -> Position:
        """Let the cloud take a batch of that hub's log, in a unit of work of its own."""
        async with self.database.unit_of_work() as session:
            batch = unpack(hub.batch(first, last, **header), "identity")
            return await append(session, self.key, hub.lineage, batch, self.clock.now())

    async def take_and_fail(self, hub: SpokenHub, error: Exception) -> None:
        """Take a whole log and fail just before the commit."""
        async with self.database.unit_of_work() as session:
            batch = unpack(hub.batch(1), "identity")
            await append(session, self.key, hub.lineage, batch, self.clock.now())
            raise error

    async def all(self, model: type, *order: Any) -> list[Any]:
        async with self.database.unit_of_work() as session:
            rows = await session.scalars(
                select(model).where(model.household_id == self.key.household_id).order_by(*order)
            )
            return list(rows)

    async def log(self) -> list[HubEvent]:
        return await self.all(HubEvent, HubEvent.lineage_id, HubEvent.seq)

    async def slots(self) -> list[Slot]:
        return await self.all(Slot, Slot.id)

    async def rejects(self) -> list[EventReject]:
        return await self.all(EventReject, EventReject.seq)

    async def lineages(self) -> list[HubLineage]:
        return await self.all(HubLineage, HubLineage.id)

    async def fields(self) -> dict[tuple[str, str, str], str]:
        return {(row.kind, row.key, row.field): row.value for row in await self.all(SharedField)}

    async def hub(self) -> Hub:
        (hub,) = await self.all(Hub)
        return hub

    async def version(self) -> int:
        async with self.database.unit_of_work() as session:
            household = await session.get_one(Household, self.key.household_id)
            return household.version


MakeUser = Callable[[str], Awaitable[int]]
MakeHousehold = Callable[..., Awaitable[HubKey]]


@pytest.fixture
def make_user(database: Database) -> MakeUser:
    async def make(email: str) -> int:
        async with database.unit_of_work() as session:
            user_id = await session.scalar(
                _ADD_USER,
                {"e": email},
            )
            assert isinstance(user_id, int)
            return user_id

    return make


@pytest.fixture
def make_household(database: Database) -> MakeHousehold:
    async def make(user_id: int, hub: SpokenHub, *, paired_at: datetime) -> HubKey:
        async with database.unit_of_work() as session:
            household = Household(name="Home")
            session.add(household)
            await session.flush()
            session.add(
                HouseholdMember(
                    household_id=household.id, user_id=user_id, role=HouseholdRole.OWNER
                )
            )
            row = Hub(
                household_id=household.id,
                name="Hub",
                public_key=hub.public_key,
                software="",
                paired_at=paired_at,
            )
            session.add(row)
            await session.flush()
            return HubKey(household.id, row.id)

    return make


@pytest.fixture
def spoken() -> SpokenHub:
    return SpokenHub()


@pytest.fixture
async def cloud(
    database: Database,
    clock: ManualClock,
    spoken: SpokenHub,
    make_user: MakeUser,
    make_household: MakeHousehold,
) -> Cloud:
    user_id = await make_user("ann@example.org")
    key = await make_household(user_id, spoken, paired_at=clock.now())
    return Cloud(database, clock, key, user_id)
