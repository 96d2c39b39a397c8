"""Whatever happens to a pulsed plug: it is on for the part of the time that was wished."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scentd.devices.rhythm import PERIOD_S
from scentd.ports import Inbound
from tests.fakes.clock import ManualClock
from tests.fakes.plug_house import PlugHouse

SECONDS = st.integers(1, 400)
WISH = st.tuples(st.just("wish"), st.sampled_from([0, 25, 50, 75, 100]))
WAIT = st.tuples(st.just("wait"), SECONDS)
LOSS = st.tuples(st.sampled_from(["lose_the_broker", "lose_the_plug"]), SECONDS)
DEAF = st.tuples(st.just("lose_commands"), st.integers(1, 8))
MOMENT = st.tuples(
    st.sampled_from(
        ["restart", "press", "say_again", "say_what_is_old", "wish_off_while_the_broker_is_away"]
    ),
    st.sampled_from([0, 1]),
)
DAYS = st.lists(st.one_of(WISH, WISH, WAIT, WAIT, LOSS, DEAF, MOMENT, MOMENT), max_size=10)


class Day:
    """One plug's day; `due` is the percent of the time it must be on from now on."""

    def __init__(self, house: PlugHouse) -> None:
        self.house = house
        self.due = 0

    async def play(self, what: str, how: int) -> None:
        await getattr(self, what)(how)
        await self.house.live(1)
        if self.due in {0, 100}:
            assert self.house.plug.on == (self.due == 100)

    async def wish(self, percent: int) -> None:
        self.house.ask_plug(power=percent > 0, intensity_percent=percent or None)
        self.due = percent

    async def wait(self, seconds: int) -> None:
        await self.house.live(seconds)

    async def lose_the_broker(self, seconds: int) -> None:
        self.house.lose_broker()
        await self.house.live(seconds)
        self.house.find_broker()

    async def lose_the_plug(self, seconds: int) -> None:
        self.house.broker.pull_out(self.house.plug)
        self.house.broker.deliver()
        await self.house.live(seconds)
        self.house.plug_in(self.house.plug)

    async def lose_commands(self, seconds: int) -> None:
        self.house.plug.is_deaf = True
        await self.house.live(seconds)
        self.house.plug.is_deaf = False
        await self.house.live(40)

    async def wish_off_while_the_broker_is_away(self, _: int) -> None:
        self.house.lose_broker()
        self.house.ask_plug(power=False)
        self.house.find_broker()
        self.due = 0

    async def press(self, _: int) -> None:
        self.house.broker.let(self.house.plug.press())
        self.due = 100 if self.house.plug.on else 0

    async def restart(self, _: int) -> None:
        await self.house.restart()

    async def say_again(self, _: int) -> None:
        self.house.broker.let([self.house.plug.state()])

    async def say_what_is_old(self, was_on: int) -> None:
        if self.due in {0, 100}:
            return
        topic, word = self.house.plug.state().topic, b'{"on": %s}' % (b"false", b"true")[was_on]
        old = Inbound(topic, word, is_retained=True, received_at=self.house.clock.now())
        self.house.broker.say_again(old, is_old=True)
        self.house.broker.deliver()

    async def end(self) -> None:
        """Look at the next periods: on for so long, switched so often, seen to run so."""
        house, plug = self.house, self.house.plug
        await house.live(PERIOD_S)
        on_s, switched = plug.on_s, plug.switched

        await house.live(2 * PERIOD_S)

        assert abs(plug.on_s - on_s - 2 * PERIOD_S * self.due / 100) <= 3
        assert plug.switched - switched in ({4, 5} if 0 < self.due < 100 else {0})
        power, percent = house.seen()
        assert power == (self.due > 0)
        assert not power or percent == self.due


async def _live(has_timer: bool, day: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = PlugHouse(Path(folder) / "hub.db", ManualClock())
        house.plug.has_timer = has_timer
        await house.begin()
        house.plug_in(house.plug)
        one = Day(house)
        try:
            for what, how in day:
                await one.play(what, how)
            await one.end()
        finally:
            await house.end()


@pytest.mark.timeout(600)
@settings(max_examples=settings.default.max_examples // 4)
@example(has_timer=True, day=[("wish", 25), ("lose_the_broker", 60)])  # its timer counted on
@example(has_timer=True, day=[("wish", 50), ("lose_the_plug", 313)])  # it spoke once while away
@given(has_timer=st.booleans(), day=DAYS)
def test_a_plug_is_on_for_the_part_of_the_time_that_was_wished(
    has_timer: bool, day: list[tuple[str, int]]
) -> None:
    asyncio.run(_live(has_timer, day))
