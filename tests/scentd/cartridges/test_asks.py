"""Refills that somebody asked for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.bus import Bus
from scentd.cartridges.asks import RefillAsks
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source
from scentd.model.events import CartridgeFitted, DiffuserRemoved, RefillAnswered, RefillAsked
from scentd.store.database import Database
from tests.fakes.clock import ManualClock
from tests.fakes.platform_home import filling

SLOT = SlotKey("native-lounge", 1)
OTHER = SlotKey("native-lounge", 2)
DASHBOARD = Source(Origin.PLATFORM, "home_assistant")


class Life:
    """One life of the hub, and what is told in it."""

    def __init__(self, path: Path, clock: ManualClock) -> None:
        self.bus = Bus()
        self.database = Database(path, clock)
        self.asks = RefillAsks(self.database, self.bus, clock)
        self.told: list[object] = []
        self.bus.subscribe(RefillAsked, self.told.append)
        self.bus.subscribe(RefillAnswered, self.told.append)

    async def begin(self) -> None:
        await self.database.open()
        await self.asks.load()


@pytest.fixture
async def life(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Life]:
    one = Life(tmp_path / "hub.db", clock)
    await one.begin()
    yield one
    await one.database.close()


async def test_an_ask_is_told_once_however_often_the_button_is_pressed(
    life: Life, clock: ManualClock
) -> None:
    for _ in range(3):
        life.asks.ask(SLOT, DASHBOARD)

    assert life.told == [RefillAsked(clock.now(), SLOT, DASHBOARD)]
    waiting = life.asks.waiting(SLOT)
    assert waiting is not None
    assert waiting.source == DASHBOARD
    assert life.asks.waiting(OTHER) is None


async def test_after_a_no_it_may_be_asked_again(life: Life) -> None:
    life.asks.ask(SLOT, DASHBOARD)

    life.asks.decline(SLOT)
    life.asks.decline(SLOT)
    life.asks.ask(SLOT, DASHBOARD)

    assert [type(one) for one in life.told] == [RefillAsked, RefillAnswered, RefillAsked]


async def test_a_refill_answers_the_ask_of_its_slot_alone(life: Life, clock: ManualClock) -> None:
    life.asks.ask(SLOT, DASHBOARD)
    life.asks.ask(OTHER, DASHBOARD)

    life.bus.publish(CartridgeFitted(clock.now(), filling().cartridge))

    assert life.asks.waiting(SLOT) is None
    assert life.asks.waiting(OTHER) is not None


async def test_a_device_that_goes_takes_its_asks_along(life: Life, clock: ManualClock) -> None:
    life.asks.ask(SLOT, DASHBOARD)

    life.bus.publish(DiffuserRemoved(clock.now(), SLOT.diffuser_id))

    assert life.asks.waiting(SLOT) is None


async def test_what_waits_waits_through_a_restart_and_what_was_answered_does_not(
    tmp_path: Path, clock: ManualClock
) -> None:
    first = Life(tmp_path / "hub.db", clock)
    await first.begin()
    first.asks.ask(OTHER, DASHBOARD)
    await clock.advance(60)
    first.asks.ask(SLOT, Source(Origin.VOICE))
    before = first.asks.all()
    first.asks.ask(SlotKey("native-hall"), DASHBOARD)
    first.asks.decline(SlotKey("native-hall"))
    await first.database.close()

    second = Life(tmp_path / "hub.db", clock)
    await second.begin()
    second.asks.ask(SLOT, DASHBOARD)
    after = second.asks.all()
    await second.database.close()

    assert list(after.items()) == list(before.items())
    assert second.told == []
