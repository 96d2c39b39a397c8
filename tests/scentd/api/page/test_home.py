"""The home page as a browser without JavaScript uses it."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from scentd.model.cartridge import Knowledge, SlotKey
from scentd.model.diffuser import Availability, Capabilities, DiffuserState
from tests.fakes.browser import sign_in
from tests.fakes.furniture import a_cartridge, a_diffuser, a_state
from tests.fakes.house import open_rig
from tests.fakes.reading import is_on, note_of, text_of


async def test_home_shows_each_diffuser_with_level_band_and_forecast(member):
    _, page = await member.read("/")

    words = text_of(page)
    assert "Living room Cedar & Bergamot" in words
    assert "71 % ± 3" in words
    assert "71 % left, give or take 3, estimated by the hub" in html.unescape(page)
    assert "Lasts 14 days Bottle 50 ml Signal -48 dBm" in words
    assert 'title="between 11 days and 18 days"' in page


async def test_a_switch_works_without_script(member, rig):
    _, before = await member.read("/")
    _, after = await member.submit("/diffusers/native-a1/power", power="off")

    assert is_on(before, "native-a1")
    assert not is_on(after, "native-a1")
    assert "Switching off." in after
    assert rig.devices.wishes[-1].power is False


async def test_the_slider_counts_in_the_devices_own_steps(member, rig):
    _, page = await member.submit("/diffusers/native-a1/intensity", step="5")

    assert rig.devices.wishes[-1].intensity_percent == 100
    assert 'min="1" max="5" step="1" value="5"' in page


@pytest.mark.parametrize("step", ["0", "6", "x", "-1", ""])
async def test_a_step_the_device_does_not_have_is_refused(member, rig, step):
    status, _ = await member.submit("/diffusers/native-a1/intensity", step=step)

    assert status == 422
    assert rig.devices.wishes == []


async def test_a_device_without_steps_has_no_slider(member, rig):
    plug = a_diffuser("tasmota-e5", "Plug", "Study", capabilities=Capabilities())
    rig.devices.add(plug, a_state(rig.clock.now(), percent=None))

    _, page = await member.read("/")

    assert 'id="card-tasmota-e5"' in page
    assert 'id="step-tasmota-e5"' not in page


async def test_a_refused_wish_is_explained(member, rig):
    rig.devices.put("native-a1", DiffuserState(availability=Availability.OFFLINE))

    status, page = await member.submit("/diffusers/native-a1/power", power="on")

    assert status == 409
    assert "It is not there now; nothing is sent late." in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"availability": Availability.OFFLINE}, "Offline since 21:10."),
        ({"availability": Availability.UNKNOWN}, "Not heard from yet."),
        ({"unconfirmed": True}, "It did not confirm the last command."),
    ],
)
async def test_what_is_wrong_with_a_device_is_told_on_its_card(member, rig, state, words):
    rig.devices.put("native-a1", replace(rig.devices.state("native-a1"), **state))

    _, page = await member.read("/")

    assert note_of(page, "native-a1") == words


async def test_a_fault_is_told_on_its_card(member, rig):
    rig.devices.report("native-a1", fault="overheat")

    _, page = await member.read("/")

    assert note_of(page, "native-a1") == "Fault: too hot."


async def test_a_plug_that_draws_little_power_is_told_on_the_card(member, rig):
    rig.cartridges.known[SlotKey("native-c3")] = Knowledge(
        1.0, 0.06, 2, None, is_feeding=True, is_suspected=True
    )

    _, page = await member.read("/")

    words = html.unescape(text_of(page))
    assert (
        "It draws less power than usual: perhaps it is empty. Nothing is ordered for that." in words
    )
    assert "Look at the oil" in words


async def test_a_refill_on_its_way_is_told_with_its_day(member, rig):
    await rig.tell_document("reorder", "native-c3/1", json.dumps(SHIPPED))

    _, page = await member.read("/")

    assert "is on its way: arrives Wednesday." in note_of(page, "native-c3")


async def test_an_empty_home_says_what_to_do(empty_rig, serve, open_browser):
    async with serve(empty_rig) as base, open_browser(base) as client:
        await sign_in(empty_rig, client)
        _, page = await client.read("/")

    words = text_of(page)
    assert "No diffuser yet" in words
    assert "Nothing is scheduled yet." in words
    assert "Nothing has happened yet." in words


async def test_today_is_marked_in_the_homes_zone(member, rig):
    for zone, day in (("Europe/Berlin", "Friday"), ("Pacific/Auckland", "Saturday")):
        await member.submit("/settings/household", name="Home", zone=zone)
        _, page = await member.read("/")

        (marked,) = re.findall(r'class="day today" role="group" aria-label="(\w+)"', page)
        assert marked == day


async def test_the_week_is_also_a_table(member):
    _, page = await member.read("/")

    rows = re.findall(r'<tr><th scope="row">(\w+)</th><td>([\d:]+)</td>', page)

    assert len(rows) == 5 + 5 + 7 + 7 + 2 + 2
    assert rows[0] == ("Monday", "06:30")


async def test_the_pills_tell_how_the_hub_is_connected(member, rig):
    rig.lose_cloud(3)
    rig.lose_broker("connection refused")

    _, page = await member.read("/")
    assert "Cloud offline · 3 events queued" in page
    assert "Broker lost" in page

    rig.cloud.paired = False
    _, page = await member.read("/")
    assert "Not paired" in page


async def test_a_device_with_two_slots_shows_both(member, rig):
    pair = a_diffuser("native-f6", "Pair", "Study", capabilities=Capabilities(slots=2))
    rig.devices.add(pair, a_state(rig.clock.now()))
    for number, scent in ((1, "Fig"), (2, "Rose")):
        one = replace(a_cartridge("native-f6", scent, 30, 50, rig.clock.now()))
        rig.cartridges.put(
            replace(one, slot=SlotKey("native-f6", number)), rig.cartridges.run_out(one.slot)
        )

    _, page = await member.read("/")

    assert "Slot 2: Rose, 50 %" in page


async def test_a_wish_by_hand_is_told_with_its_end(member, rig):
    rig.devices.held["native-a1"] = rig.clock.now() + timedelta(hours=1)

    _, page = await member.read("/")

    assert note_of(page, "native-a1") == "Set by hand until 22:10."


async def test_a_level_that_rose_by_itself_asks_whether_it_was_refilled(member, rig):
    rig.cartridges.doubted.add(SlotKey("native-a1"))

    _, page = await member.read("/")

    assert note_of(page, "native-a1").endswith("Was it refilled?")


async def test_a_hub_without_a_cloud_says_so_and_calls_it_well(
    tmp_path, clock, serve, open_browser
):
    async with (
        open_rig(tmp_path / "alone.db", clock, with_cloud=False) as rig,
        serve(rig) as base,
        open_browser(base) as client,
    ):
        await sign_in(rig, client)
        _, home = await client.read("/")
        _, health = await client.read("/status")

    assert "Local only" in home
    assert "set up to work without a cloud" in health


SHIPPED = {
    "state": "shipped",
    "product_name": "Eucalyptus Mint",
    "variant_name": "30 ml",
    "quantity": 1,
    "total_minor": 1490,
    "currency": "EUR",
    "install_id": "install-native-c3",
    "arrives_on": "2026-03-11",
    "order_url": "http://127.0.0.1:1/orders/1",
    "changed_at": "2026-03-06T12:00:00Z",
}
