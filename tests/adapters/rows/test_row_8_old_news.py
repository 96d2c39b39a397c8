"""Row 8 of the rows that must work, for every dialect that the simulator speaks.

A command that is lost is shown as unconfirmed; what happens at the device wins; retained, stale
and duplicate messages never fire a rule, never move a level and never order anything.
"""

import itertools
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.simulator.household import ONE_OF_EACH, things
from adapters.simulator.thing import Message, Thing
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Diffuser
from scentd.model.events import CommandSent, CommandUnconfirmed, StateChanged
from scentd.model.readings import AvailabilityRead
from scentd.ports import Inbound
from tests.fakes.clock import ManualClock
from tests.fakes.ruled_house import RuledHouse

FOUR_ROOMS = 4
KINDS = (0, 1, *range(FOUR_ROOMS, FOUR_ROOMS + len(ONE_OF_EACH)))
"""Of the household: a native device, a board under Tasmota, and each further dialect once."""


def thing_of(number: int, clock: ManualClock) -> Thing:
    return things(number + 1, now=clock.now, speed=1.0, seed=8)[number]


def name_of(number: int) -> str:
    thing = thing_of(number, ManualClock())
    return f"{type(thing).__name__}-{thing.name}"


class Lived(RuledHouse):
    """A house with one thing in it, of whatever dialect."""

    thing: Thing
    diffusers: tuple[Diffuser, ...]

    def powers(self) -> list[bool | None]:
        return [self.state(d.id).reported.power for d in self.diffusers]

    def doings(self) -> list[tuple[object, ...]]:
        reported = [self.state(d.id).reported for d in self.diffusers]
        return [(one.power, one.intensity_percent, one.mode, one.fault) for one in reported]

    def changes(self) -> list[StateChanged]:
        return [e for e in self.heard if isinstance(e, StateChanged) and not e.is_retained]

    async def switch(self, *, on: bool) -> None:
        for diffuser in self.diffusers:
            self.ask(diffuser.id, power=on)
        await self.pass_time(3)

    async def live_a_while(self) -> list[Inbound]:
        """Switch everything twice, let an hour pass; all that the things said."""
        said = self.record()
        for on in (True, False):
            await self.switch(on=on)
            self.broker.let(self.thing.pass_time(1_800))
            await self.pass_time(1)
        return [m for m in said if self.is_report(m)]

    def how_it_is(self) -> list[Message]:
        """Give what the thing says of itself, without words of being there or not."""
        return [m for m in self.thing.connected() if not self._is_of_being_there(m)]

    def _is_of_being_there(self, message: Message) -> bool:
        return any(
            isinstance(reading, AvailabilityRead)
            for diffuser in self.diffusers
            if message.topic in self.dialects[diffuser.dialect].topics(diffuser)
            for reading in self.dialects[diffuser.dialect].decode(
                diffuser, message.topic, message.payload
            )
        )

    def is_report(self, message: Inbound) -> bool:
        return any(message.topic in self.dialects[d.dialect].topics(d) for d in self.diffusers)


@pytest.fixture(params=KINDS, ids=name_of)
async def lived(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Lived]:
    clock = ManualClock()
    house = Lived(tmp_path / "hub.db", clock)
    await house.begin()
    house.thing = thing_of(request.param, clock)
    house.diffusers = await house.move_in(house.thing)
    assert house.diffusers
    yield house
    await house.end()


class TestCommands:
    async def test_a_command_that_is_lost_is_shown_as_unconfirmed(self, lived: Lived) -> None:
        await lived.switch(on=False)
        lived.broker.silence(lived.thing)

        for diffuser in lived.diffusers:
            lived.ask(diffuser.id, power=True)
        await lived.pass_time(20)

        assert len(lived.told(CommandUnconfirmed)) == len(lived.diffusers)
        for diffuser in lived.diffusers:
            state = lived.state(diffuser.id)
            assert state.unconfirmed
            assert state.desired.power is True
            assert state.reported.power is not True

    async def test_once_it_obeys_it_is_unconfirmed_no_more(self, lived: Lived) -> None:
        await lived.switch(on=False)
        lived.broker.silence(lived.thing)
        await lived.switch(on=True)
        await lived.pass_time(20)

        lived.broker.unsilence(lived.thing)
        await lived.switch(on=True)

        assert not any(lived.state(d.id).unconfirmed for d in lived.diffusers)
        assert set(lived.powers()) == {True}

    async def test_what_happens_at_the_device_wins(self, lived: Lived) -> None:
        await lived.switch(on=True)
        before, sent = lived.powers(), len(lived.told(CommandSent))

        lived.broker.let(lived.thing.press())
        after = lived.powers()
        await lived.pass_time(120)

        assert after != before
        assert lived.powers() == after
        assert len(lived.told(CommandSent)) == sent


class TestRules:
    async def test_what_is_live_fires_them(self, lived: Lived) -> None:
        await lived.switch(on=False)
        await lived.watch_with_rules(lived.diffusers)

        lived.broker.let(lived.thing.press())
        await lived.pass_time(1)

        assert lived.fired > 0

    async def test_retained_messages_fire_none_and_command_nothing(self, lived: Lived) -> None:
        said = await lived.live_a_while()
        await lived.watch_with_rules(lived.diffusers)
        sent = len(lived.told(CommandSent))

        random.Random(8).shuffle(said)
        await lived.say_again(said, is_old=True)

        assert len(said) >= 4
        assert lived.fired == 0
        assert len(lived.told(CommandSent)) == sent

    async def test_a_live_word_that_takes_old_news_back_fires_none(self, lived: Lived) -> None:
        said = lived.record()
        await lived.switch(on=True)
        was_on = [m for m in said if lived.is_report(m)]
        await lived.switch(on=False)
        await lived.watch_with_rules(lived.diffusers)
        before = lived.doings()

        await lived.say_again(was_on, is_old=True)
        between = lived.doings()
        for diffuser in lived.diffusers:
            lived.ask(diffuser.id, refresh=True)
        lived.broker.let(lived.how_it_is())  # some are never asked, and say it by themselves
        await lived.pass_time(5)

        # Old news moves no plug that is pulsed: what it does is what the hub asked of it.
        assert between != before or all(d.capabilities.pulsed for d in lived.diffusers)
        assert lived.doings() == before
        assert lived.fired == 0

    async def test_a_hub_that_starts_and_hears_what_is_kept_fires_none(self, lived: Lived) -> None:
        await lived.live_a_while()
        await lived.watch_with_rules(lived.diffusers)
        lived.broker.silence(lived.thing)

        await lived.restart()
        await lived.pass_time(5)

        assert lived.fired == 0

    async def test_a_message_that_comes_twice_fires_once(self, lived: Lived) -> None:
        await lived.switch(on=False)
        await lived.watch_with_rules([lived.diffusers[0]])
        said = lived.record()
        lived.ask(lived.diffusers[0].id, power=True)
        await lived.pass_time(1)
        once = lived.fired

        reports = [m for m in said if lived.is_report(m)]
        for message, _ in itertools.product(reports[-1:], range(3)):
            await lived.say_again([message], is_old=False)

        assert once > 0
        assert lived.fired == once


class Bottled(RuledHouse):
    """A native device with its bottle, 35 ml of 50 left, that was heard long enough."""

    async def settled(self) -> None:
        await self.move_in(thing_of(0, self.clock))
        self.things.clear()  # it says nothing but what a test has it say
        await self.live_on()
        for left_ul in (35_450, 35_440):
            await self.hear(b'{"remaining_ul": %d}' % left_ul, is_old=False)
            await self.live_on(600)

    async def live_on(self, seconds: float = 1_200) -> None:
        """Let time pass in which the device says that it is there, and no more."""
        for _ in range(round(seconds / 600)):
            await self.clock.leap(600)
            self.broker.say(STATE, b'{"signal_dbm": -50}')
            await self.pass_time(1)

    async def hear(self, word: bytes, *, is_old: bool) -> None:
        topic = STATE if b"fault" in word else LEVEL
        said = Inbound(topic, word, is_retained=is_old, received_at=self.clock.now())
        await self.say_again([said], is_old=is_old)

    @property
    def left_ul(self) -> int:
        return self.shelf.get(BOTTLE).remaining_ul

    async def orders(self) -> int:
        return await self.database.read(
            lambda c: c.execute(
                "SELECT count(*) FROM outbox WHERE kind = 'cartridge.running_low'"
            ).fetchone()[0]
        )


BOTTLE = SlotKey("native-scent-c3d4")
STATE, LEVEL = "scent/1/scent-c3d4/state", "scent/1/scent-c3d4/slot/1/level"
WORDS = {
    "level": b'{"remaining_ul": 1500}',
    "percent": b'{"percent": 3}',
    "flag": b'{"low": true}',
    "fault": b'{"fault": "empty"}',
}


@pytest.fixture
async def bottled(tmp_path: Path) -> AsyncIterator[Bottled]:
    house = Bottled(tmp_path / "hub.db", ManualClock())
    await house.begin()
    await house.settled()
    yield house
    await house.end()


class TestLevelsAndOrders:
    @pytest.mark.parametrize("word", [WORDS["level"], WORDS["percent"], WORDS["fault"]])
    async def test_what_is_live_moves_the_level(self, bottled: Bottled, word: bytes) -> None:
        for _ in range(4):
            await bottled.hear(word, is_old=False)
            await bottled.live_on(7 * 3_600)

        assert bottled.left_ul <= 1_500
        assert await bottled.orders() == 1

    @pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
    async def test_what_is_retained_moves_no_level_and_orders_nothing(
        self, bottled: Bottled, word: bytes
    ) -> None:
        before_ul = bottled.left_ul

        for _ in range(4):
            await bottled.hear(word, is_old=True)
            await bottled.live_on(7 * 3_600)

        assert bottled.left_ul == pytest.approx(before_ul, abs=100)
        assert bottled.lows == 0
        assert await bottled.orders() == 0

    @pytest.mark.parametrize("word", [WORDS["level"], WORDS["percent"], WORDS["flag"]])
    async def test_a_single_word_that_comes_many_times_at_once_moves_no_level(
        self, bottled: Bottled, word: bytes
    ) -> None:
        before_ul = bottled.left_ul

        for _ in range(20):
            await bottled.hear(word, is_old=False)

        assert bottled.left_ul == pytest.approx(before_ul, abs=100)
        assert await bottled.orders() == 0

    async def test_an_order_is_not_repeated_by_messages_that_come_again(
        self, bottled: Bottled
    ) -> None:
        for is_old in (False, False, False, False, True, False, True):
            await bottled.hear(WORDS["level"], is_old=is_old)
            await bottled.live_on(7 * 3_600)

        assert bottled.lows == 1
        assert await bottled.orders() == 1
