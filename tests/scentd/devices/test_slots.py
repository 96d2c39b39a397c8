"""Devices of several slots: which one a wish means, and what comes when one is empty."""

from datetime import timedelta

import pytest

from adapters.simulator.native import NativeThing
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Answer, Origin
from scentd.model.events import CartridgeEmpty
from tests.fakes.devices import Devices

TWIN = "native-twin-9"
LAVENDER = "LAVFLD-30"


def run_empty(devices: Devices, thing: NativeThing) -> None:
    """Let the vial in use run out, and the shelf find it."""
    slot_no = thing.slot
    thing.vial.remaining_ul = 0.001
    devices.broker.let(thing.pass_time(60))
    devices.bus.publish(CartridgeEmpty(devices.clock.now(), SlotKey(TWIN, slot_no)))
    devices.broker.deliver()


class TestTheSlotOfAWish:
    async def test_a_scent_is_spread_from_the_slot_that_holds_it(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.slots = {LAVENDER: 2}

        devices.ask(TWIN, Origin.SCHEDULE, power=True, sku=LAVENDER)

        assert (twin.power, twin.slot) == (True, 2)

    async def test_a_slot_that_somebody_names_is_taken(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.slots = {None: 1}

        devices.ask(TWIN, power=True, slot_no=2)

        assert (twin.power, twin.slot) == (True, 2)

    async def test_another_strength_changes_no_slot(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.ask(TWIN, power=True, slot_no=2)
        devices.slots = {None: 1}

        devices.ask(TWIN, intensity_percent=100)

        assert (twin.intensity, twin.slot) == (100, 2)

    async def test_a_device_without_a_choice_is_not_asked(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.slots = {None: 1}

        devices.ask("native-drift-7", power=True)

        assert devices.said_to("drift-7") == [{"power": True}]

    async def test_a_slot_chosen_by_hand_holds_against_the_plan(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.ask(TWIN, slot_no=2)

        outcome = devices.ask(TWIN, Origin.SCHEDULE, power=True, slot_no=1)

        assert outcome.answer is Answer.OVERRIDDEN
        assert twin.slot == 2


class TestAnEmptySlot:
    @pytest.mark.parametrize("origin", [Origin.MANUAL, Origin.RULE])
    async def test_the_other_slot_goes_on(
        self, devices: Devices, twin: NativeThing, origin: Origin
    ) -> None:
        devices.plug_in(twin)
        devices.slots = {None: 1}
        devices.ask(TWIN, origin, power=True)
        devices.slots = {None: 2}

        run_empty(devices, twin)

        assert (twin.power, twin.slot) == (True, 2)

    async def test_the_plan_says_itself_which_scent_goes_on(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.planned = {TWIN}
        asked: list[str] = []
        devices.resumed = asked.append
        devices.slots = {None: 2}
        devices.ask(TWIN, Origin.SCHEDULE, power=True, slot_no=1)

        run_empty(devices, twin)

        assert asked == [TWIN]
        assert not twin.power

    async def test_it_rests_where_no_slot_holds_oil(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.ask(TWIN, power=True, slot_no=1)

        run_empty(devices, twin)

        assert (twin.power, twin.slot) == (False, 1)

    async def test_what_a_person_stopped_stays_so(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.ask(TWIN, power=True, slot_no=1)
        devices.slots = {None: 2}
        devices.broker.let(twin.press())

        run_empty(devices, twin)

        assert not twin.power

    async def test_the_slot_beside_the_one_in_use_changes_nothing(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)
        devices.ask(TWIN, power=True, slot_no=1)
        devices.slots = {None: 2}

        devices.bus.publish(CartridgeEmpty(devices.clock.now(), SlotKey(TWIN, 2)))
        devices.broker.deliver()

        assert (twin.power, twin.slot) == (True, 1)

    async def test_why_names_the_empty_slot(self, devices: Devices, twin: NativeThing) -> None:
        devices.plug_in(twin)
        devices.slots = {None: 1}
        devices.ask(TWIN, power=True)
        devices.slots = {None: 2}
        await devices.pass_time(1)

        run_empty(devices, twin)
        soon = devices.clock.now() + timedelta(seconds=1)
        decisions = await devices.safety.decisions(TWIN, soon)

        assert any(one.reference == "slot_empty" for one in decisions)
