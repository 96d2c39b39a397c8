"""Devices and their cartridges by plain forms."""

import html
from dataclasses import replace

import pytest

from scentd.model.cartridge import RunOut, SlotKey
from scentd.model.diffuser import Capabilities
from tests.fakes.furniture import a_cartridge, a_diffuser, a_state
from tests.fakes.parts import FRIDAY_EVENING as NOW
from tests.fakes.reading import note_of, text_of


async def test_a_model_that_is_not_known_is_asked_for_and_chosen(member, rig):
    stranger = a_diffuser("tasmota-e5", "TuyaMCU", "Study", needs_profile=True)
    rig.devices.add(stranger, a_state(rig.clock.now()))

    _, home = await member.read("/")
    _, page = await member.submit("/devices/tasmota-e5/profile", profile="gd30w")

    assert "cannot tell which model" in note_of(home, "tasmota-e5")
    assert "Model saved." in page
    assert rig.devices.get("tasmota-e5").profile == "gd30w"


async def test_a_device_is_renamed_shown_and_removed(member, rig):
    _, page = await member.submit("/devices/native-a1/name", name="Big one", room="Study")
    assert "<h1>Study</h1>" in page

    status, _ = await member.submit("/devices/native-a1/name", name="", room="Study")
    assert status == 422

    await member.submit("/devices/native-a1/identify")
    assert rig.devices.wishes[-1].identify

    _, page = await member.submit("/devices/native-a1/remove")
    assert "Study" not in text_of(page)


async def test_another_slot_is_used_and_its_scent_comes_first(member, rig):
    can = Capabilities(slots=2, slot_choice=True)
    rig.devices.add(a_diffuser("native-t9", "Twin", "Study", capabilities=can), a_state(NOW))
    rig.devices.report("native-t9", slot_no=1)
    cedar = a_cartridge("native-t9", "Cedar", 50, 60, NOW)
    fig = replace(a_cartridge("native-t9", "Fig", 50, 40, NOW), slot=SlotKey("native-t9", 2))
    for one in (cedar, fig):
        rig.cartridges.put(one, RunOut(None, None, None))

    status, page = await member.submit("/devices/native-t9/slot", slot="2")
    _, home = await member.read("/")

    assert (status, rig.devices.wishes[-1].slot_no) == (200, 2)
    assert page.count("In use") == 1
    assert page.index("Use slot 1") < page.index("In use")
    assert "Slot 1: Cedar, 60 %" in home


@pytest.mark.parametrize("slot", ["0", "3", "", "two"])
async def test_a_slot_that_is_not_there_is_refused(member, rig, slot):
    can = Capabilities(slots=2, slot_choice=True)
    rig.devices.add(a_diffuser("native-t9", "Twin", "Study", capabilities=can), a_state(NOW))

    status, _ = await member.submit("/devices/native-t9/slot", slot=slot)

    assert status == 422
    assert not rig.devices.wishes


async def test_two_devices_of_a_room_are_told_apart(member, rig):
    rig.devices.add(a_diffuser("native-e5", "Desk", "Living room"), a_state(rig.clock.now()))

    _, page = await member.read("/")

    assert "Living room · Shelf" in page
    assert "Living room · Desk" in page


async def test_what_was_put_in_is_kept(member, rig):
    _, page = await member.submit(
        "/cartridges/native-c3/1", scent_name="Fig Leaf", capacity_ml="7,5", remaining_ml="", sku=""
    )

    fitted = rig.cartridges.get(SlotKey("native-c3"))
    assert (fitted.scent_name, fitted.capacity_ul, fitted.remaining_ul) == ("Fig Leaf", 7500, 7500)
    assert "A new cartridge is fitted." in page


@pytest.mark.parametrize(
    ("capacity", "remaining"),
    [("", ""), ("0", ""), ("x", ""), ("30", "31"), ("nan", ""), ("1e9", "")],
)
async def test_a_bottle_that_cannot_be_is_refused_as_it_was_typed(member, capacity, remaining):
    status, page = await member.submit(
        "/cartridges/native-c3/1", scent_name="Fig", capacity_ml=capacity, remaining_ml=remaining
    )

    assert status == 422
    assert 'value="Fig"' in page


async def test_a_cartridges_page_shows_its_past_and_its_forecast(member):
    _, page = await member.read("/cartridges/native-c3/1")

    assert 'class="level ahead"' in page
    words = text_of(page)
    assert "3 ml (10 % ± 3)" in words
    assert "Empty about tomorrow, 13:58" in words
    assert "10 % are left of 30 ml; lasts about 17 hours" in html.unescape(page)


async def test_an_empty_slot_asks_what_is_in_it(member, rig):
    rig.cartridges.fitted.clear()

    _, home = await member.read("/")
    status, page = await member.read("/cartridges/native-c3/1")

    assert "No cartridge fitted" in home
    assert (status, "Nothing is fitted here yet" in page) == (200, True)
