"""The list of devices: newcomers on top with their questions, the rest in parts to be searched."""

import asyncio
import json
import re
import time

import pytest

from scentd.model.reasons import Reason
from tests.fakes.furniture import a_diffuser, a_state
from tests.fakes.new_devices import BOWL, PLUG, ROOMLESS, add_bowl, add_plug, add_roomless
from tests.fakes.reading import text_of
from tests.fakes.waiting import eventually

HERE = "/devices"
CPU_MS = 60


def asked(page):
    """Give the newcomers' ids in order."""
    return re.findall(r'<article [^>]*aria-labelledby="new-([^"]+)"', page)


async def told(stream):
    """Give the next pieces that a stream of the page sends."""
    async with asyncio.timeout(30):
        async for line in stream.content:
            if line.startswith(b"data: "):
                return json.loads(line.removeprefix(b"data: "))
    raise AssertionError("the stream ended")


def listed(page):
    """Give the titles of the other devices in order."""
    return re.findall(r'<div><h2><a href="/devices/[^"]+">([^<]+)</a></h2>', page)


async def test_newcomers_stand_above_what_is_settled(member, rig):
    add_roomless(rig)
    add_plug(rig)
    add_bowl(rig)

    _, page = await member.read(HERE)

    assert asked(page) == [PLUG, BOWL, ROOMLESS]  # what cannot be used yet comes first
    assert listed(page) == ["Living room", "Bedroom", "Bathroom", "Hallway"]
    assert "3 devices wait for a word from you." in text_of(page)


async def test_a_plug_is_asked_what_is_in_it_then_where_it_stands(member, rig):
    add_plug(rig)
    _, page = await member.read(HERE)
    assert "What is plugged in here?" in page
    assert 'name="profile" value="nebuliser"' in page

    _, page = await member.submit(f"{HERE}/{PLUG}/profile", profile="nebuliser", back="list")
    assert (asked(page), rig.devices.get(PLUG).profile) == ([PLUG], "nebuliser")
    assert "In which room does it stand?" in page

    _, page = await member.submit(f"{HERE}/{PLUG}/room", room="Study", back="list")
    assert (asked(page), rig.devices.get(PLUG).room) == ([], "Study")
    assert "Saved." in page


async def test_the_room_its_name_speaks_of_is_offered_first(member, rig):
    known = a_diffuser("native-k1", "Kitchen mist", "")
    rig.devices.add(known, a_state(rig.clock.now()))

    _, page = await member.read(HERE)

    offered = re.findall(r'name="room" value="([^"]+)"', page)
    assert offered == ["Kitchen", "Bathroom", "Bedroom", "Hallway", "Living room", "Study"]


async def test_another_room_is_typed(member, rig):
    add_roomless(rig)

    await member.submit(f"{HERE}/{ROOMLESS}/room", other="Attic", back="list")

    assert rig.devices.get(ROOMLESS).room == "Attic"


async def test_a_model_is_chosen_by_what_each_can_do(member, rig):
    add_bowl(rig)

    _, page = await member.read(HERE)

    assert "Which model is this?" in page
    assert "GD-30W 5 strengths" in " ".join(text_of(page).split())


async def test_what_is_no_diffuser_is_left_alone_and_called_back(member, rig):
    add_plug(rig)

    _, page = await member.submit(f"{HERE}/{PLUG}/leave")
    assert asked(page) == []
    assert "Not diffusers (1)" in page

    _, page = await member.submit(f"{HERE}/{PLUG}/use")
    assert asked(page) == [PLUG]
    assert "Not diffusers (0)" in page


async def test_at_most_six_are_asked_about_at_once(member, rig):
    for number in range(8):
        add_plug(rig, f"shelly-p{number}", f"Plug {number}")

    _, page = await member.read(HERE)

    assert len(asked(page)) == 6
    assert "8 devices wait for a word from you." in page
    assert "2 more wait" in page
    assert "Plug 7" in listed(page)


async def test_an_empty_list_says_how_devices_are_found(member, rig):
    for known in rig.devices.all():
        await rig.devices.remove(known.id)

    _, page = await member.read(HERE)

    words = text_of(page)
    for kind in ("Tasmota", "ESPHome", "Zigbee2MQTT", "Shelly", "OpenBeken", "Homie"):
        assert kind in words
    assert "The hub is connected to the broker and listens." in words
    assert '<details class="card" open>' in page


async def test_a_lost_broker_is_told_where_devices_are_missed(member, rig):
    rig.lose_broker(Reason("broker_silent", {"where": "broker:1883"}))

    _, page = await member.read(HERE)

    assert "The hub is not connected to its broker" in page


async def test_devices_are_searched_for_while_there_is_a_broker(member, rig):
    _, page = await member.submit(f"{HERE}/search")
    assert (rig.devices.searches, "The hub asks around." in page) == (1, True)

    rig.broker.is_connected = False
    status, page = await member.submit(f"{HERE}/search")
    assert (status, rig.devices.searches) == (503, 1)
    assert "The broker cannot be reached now." in page


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("bed", ["Bedroom"]),
        ("NIGHTSTAND", ["Bedroom"]),
        ("tasmota", ["Bedroom", "Hallway"]),
        ("scentworks hall", ["Hallway"]),
        ("%22%3E", []),
    ],
)
async def test_the_list_is_searched_without_script(member, sought, found):
    _, page = await member.read(f"{HERE}?q={sought}")

    assert listed(page) == found
    assert ("No device here is called" in page) is not bool(found)


async def test_devices_are_asked_now_and_then_while_somebody_looks(member, rig, clock):
    searches = []
    async with member.session.get("/events?page=devices&rev=0.0") as stream:
        await told(stream)
        for passed_s in (0, 30, 30):
            await clock.advance(passed_s)
            rig.devices.report("native-a1", signal_dbm=-60 - len(searches))
            await told(stream)
            await eventually(lambda: rig.devices.searches)
            searches.append(rig.devices.searches)

    assert searches[:2] == [1, 1]
    await eventually(lambda: rig.devices.searches == 2)


async def test_nobody_is_asked_while_another_page_is_open(member, rig):
    async with member.session.get("/events?page=home&rev=0.0") as stream:
        await told(stream)
        rig.devices.report("native-a1", signal_dbm=-80)
        await told(stream)

    assert rig.devices.searches == 0


async def test_only_what_stands_on_the_page_makes_it_move(member, rig):
    """A fleet that talks all the time costs an open page nothing for devices it does not show."""
    where = "/events?page=devices&q=bed&rev=0.0"
    async with member.session.get(where, headers={"Accept": "text/event-stream"}) as stream:
        first = await told(stream)
        rig.devices.report("native-a1", signal_dbm=-80)
        rig.devices.report("tasmota-b2", fault="tilt")
        second = await told(stream)
        rig.devices.report("native-a1", fault="tilt")
        third = await told(stream)

    assert listed(first["devices"]) == listed(second["devices"]) == ["Bedroom"]
    assert "tipped over" in second["devices"]
    assert "devices" not in third


@pytest.mark.parametrize("part", ["", "0", "-1", "x", "4000", "9" * 30])
async def test_an_odd_part_of_the_list_is_its_beginning(member, part):
    status, page = await member.read(f"{HERE}?from={part}")

    assert (status, len(listed(page))) == (200, 4)


async def test_many_devices_come_in_parts_and_in_good_time(member, rig, is_long_run):
    for number in range(496):
        known = a_diffuser(f"native-n{number:03}", f"Number {number:03}", f"Room {number:03}")
        rig.devices.add(known, a_state(rig.clock.now()))
    await member.read(HERE)

    best_ms = []
    for _ in range(3):
        begun = time.process_time()
        _, first = await member.read(HERE)
        best_ms.append((time.process_time() - begun) * 1000)
    _, later = await member.read(f"{HERE}?from=50")
    _, one = await member.read(f"{HERE}?q=number+321")

    assert "1 to 50 of 500" in first
    assert (len(listed(first)), len(listed(later))) == (50, 50)
    assert set(listed(first)).isdisjoint(listed(later))
    assert listed(one) == ["Room 321"]
    assert min(best_ms) < CPU_MS * (1 if is_long_run else 3)  # the client's own share counts, too


async def test_the_page_weighs_little_in_few_requests(member, rig):
    add_plug(rig)

    async with member.session.get(HERE) as answer:
        page, weight = await answer.text(), int(answer.headers.get("Content-Length", 0))
    assets = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    for asset in assets:
        async with member.session.get(asset) as answer:
            assert answer.status == 200
            weight += int(answer.headers["Content-Length"])

    assert len(assets) + 2 <= 8
    assert weight < 60_000
