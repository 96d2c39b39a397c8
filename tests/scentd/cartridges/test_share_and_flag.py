"""Levels told in percent, and by nothing but a flag."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.cartridges.bottle import filled
from scentd.cartridges.lowflag import LOW_SHARE, STAYS_S, believe_low, hear_low
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability, LevelQuality
from scentd.model.readings import CartridgeRead, LevelShareRead, LowRead

LAMP, PLUG = SlotKey("lamp"), SlotKey("plug")
MINUTE, HOUR = 60.0, 3600.0
BOTTLE_UL = 30_000
BOUND_UL = LOW_SHARE * BOTTLE_UL


async def fitted(home, key: SlotKey = PLUG, **said: object) -> None:
    await home.start()
    said = {"sku": "CED-30", "scent_name": "Cedar", "capacity_ul": BOTTLE_UL} | said
    await home.shelf.fit(key, **said)
    home.change(key.diffuser_id, power=False)
    await home.clock.advance(15 * MINUTE)


async def flagged(home, *, is_low: bool = True, for_s: float = STAYS_S + MINUTE) -> None:
    home.report("plug", LowRead(1, is_low))
    await home.clock.advance(for_s)


class TestShare:
    async def test_percent_is_of_what_the_fitted_bottle_holds(self, home) -> None:
        await fitted(home, LAMP)

        for _ in range(3):
            home.report("lamp", LevelShareRead(1, 97.0))
            await home.clock.advance(MINUTE)

        cartridge = home.shelf.get(LAMP)
        assert cartridge.remaining_ul == pytest.approx(29_100, abs=200)
        assert cartridge.quality is LevelQuality.MEASURED

    async def test_without_a_bottle_it_means_nothing(self, home) -> None:
        await home.start()

        home.report("lamp", LevelShareRead(1, 40.0))
        await home.clock.advance(MINUTE)
        await home.shelf.fit(LAMP, sku="CED-30", scent_name="Cedar", capacity_ul=BOTTLE_UL)

        assert home.shelf.get(LAMP).remaining_ul == BOTTLE_UL

    async def test_it_belongs_to_the_cartridge_that_is_named_with_it(self, home) -> None:
        await home.start()

        tag = CartridgeRead(1, "TAG-0001", "CED-30", 50_000)
        home.report("lamp", tag, LevelShareRead(1, 40.0))
        await home.clock.advance(MINUTE)

        cartridge = home.shelf.get(LAMP)
        assert (cartridge.capacity_ul, cartridge.remaining_ul) == (50_000, pytest.approx(20_000))

    @pytest.mark.parametrize("percent", [float("nan"), -1.0, 101.0, float("inf")])
    async def test_what_is_no_share_is_passed_over(self, home, percent: float) -> None:
        await fitted(home, LAMP)
        before_ul = home.shelf.get(LAMP).remaining_ul

        home.report("lamp", LevelShareRead(1, percent))
        await home.clock.advance(MINUTE)

        assert home.shelf.get(LAMP).remaining_ul == pytest.approx(before_ul, abs=1)

    async def test_old_news_in_percent_moves_no_level(self, home) -> None:
        await fitted(home, LAMP)
        before_ul = home.shelf.get(LAMP).remaining_ul

        for _ in range(3):
            home.report("lamp", LevelShareRead(1, 10.0), retained=True)
            await home.clock.advance(HOUR)

        assert home.shelf.get(LAMP).remaining_ul == pytest.approx(before_ul, abs=20)


class TestFlag:
    async def test_a_flag_that_stays_bounds_the_level(self, home) -> None:
        await fitted(home)

        await flagged(home)

        cartridge = home.shelf.get(PLUG)
        assert cartridge.remaining_ul == pytest.approx(BOUND_UL, abs=5)
        assert cartridge.error_ul == pytest.approx(0.1 * BOTTLE_UL, abs=10)
        assert cartridge.quality is LevelQuality.DEVICE_ESTIMATE

    async def test_a_flag_that_goes_again_was_a_tilt(self, home) -> None:
        await fitted(home)

        for _ in range(4):
            await flagged(home, for_s=STAYS_S - 5 * MINUTE)
            await flagged(home, is_low=False, for_s=MINUTE)

        assert home.shelf.get(PLUG).remaining_ul > 29_900

    async def test_repeating_it_neither_hastens_nor_delays_it(self, home) -> None:
        await fitted(home)

        for _ in range(10):
            await flagged(home, for_s=STAYS_S / 15)
        early_ul = home.shelf.get(PLUG).remaining_ul
        for _ in range(6):
            await flagged(home, for_s=STAYS_S / 15)

        assert early_ul > 29_900
        assert home.shelf.get(PLUG).remaining_ul == pytest.approx(BOUND_UL, abs=5)

    async def test_it_never_raises_a_level(self, home) -> None:
        await fitted(home, remaining_ul=2_000)

        await flagged(home)
        await flagged(home, is_low=False)

        assert home.shelf.get(PLUG).remaining_ul == pytest.approx(2_000, abs=20)

    async def test_old_news_of_it_counts_for_nothing(self, home) -> None:
        await fitted(home)

        home.report("plug", LowRead(1, True), retained=True)
        await home.clock.advance(STAYS_S * 2)

        assert home.shelf.get(PLUG).remaining_ul > 29_900

    async def test_while_it_is_out_of_reach_nothing_stays_so(self, home) -> None:
        await fitted(home)
        await flagged(home, for_s=STAYS_S / 2)

        home.reach("plug", Availability.OFFLINE)
        await home.clock.advance(STAYS_S)

        assert home.shelf.get(PLUG).remaining_ul > 29_900

    async def test_it_is_not_lost_with_the_hub(self, home) -> None:
        await fitted(home)
        await flagged(home, for_s=STAYS_S - 5 * MINUTE)

        await home.restart_after(0)
        home.reach("plug", Availability.OFFLINE)
        home.reach("plug", Availability.ONLINE)
        await home.clock.advance(7 * MINUTE)

        assert home.shelf.get(PLUG).remaining_ul == pytest.approx(BOUND_UL, abs=5)

    async def test_running_low_is_said_once_a_cycle_however_often_it_comes(self, home) -> None:
        await fitted(home)

        for _ in range(6):
            await flagged(home, for_s=4 * HOUR)
            await flagged(home, is_low=False, for_s=MINUTE)
        once = await home.outbox("cartridge.running_low")
        await home.shelf.fit(PLUG, sku="CED-30", scent_name="Cedar", capacity_ul=BOTTLE_UL)
        await flagged(home, for_s=8 * HOUR)

        assert [body["reason"] for body in once] == ["level"]
        assert len(await home.outbox("cartridge.running_low")) == 2

    async def test_a_device_that_measures_is_believed_before_its_flag(self, home) -> None:
        await fitted(home, LAMP)
        for _ in range(3):
            home.level(29_300)
            await home.clock.advance(MINUTE)

        home.report("lamp", LowRead(1, True))
        await home.clock.advance(2 * STAYS_S)

        assert home.shelf.get(LAMP).remaining_ul == pytest.approx(29_300, abs=300)


@given(
    st.lists(
        st.one_of(
            st.booleans(),
            st.floats(1, 4 * STAYS_S),
        ),
        max_size=20,
    ),
    st.integers(0, BOTTLE_UL),
)
def test_no_flags_and_no_time_ever_raise_a_level(steps: list[bool | float], left_ul: int) -> None:
    level = filled(BOTTLE_UL, left_ul, None)
    for step in steps:
        before = level
        if isinstance(step, bool):
            level = hear_low(level, is_low=step)
        else:
            level = believe_low(level.after_time(step))
        assert level.remaining_ul <= before.remaining_ul
        assert level.believed_ul <= before.believed_ul


def test_a_flag_is_believed_after_its_time_and_not_before() -> None:
    level = hear_low(filled(BOTTLE_UL, None, None), is_low=True)

    early = believe_low(replace(level, low_s=STAYS_S - 1))
    late = believe_low(replace(level, low_s=STAYS_S))

    assert early.believed_ul == BOTTLE_UL
    assert late.believed_ul == BOUND_UL
