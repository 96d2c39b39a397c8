"""Which devices there are, by whatever they announce and the household says."""

import json
from dataclasses import replace

import pytest

from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from scentd.contracts.merging import canonical
from scentd.devices.errors import NameUnusable, ProfileUnknown
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import DiffuserFound, DiffuserRemoved, DocumentsChanged, Reported
from scentd.store.documents import shared_documents
from tests.fakes.devices import Devices
from tests.fakes.waiting import eventually

LAMP = "native-drift-7"
MISTER = "tasmota-5ccf7f1a2b3c"
TUYA = {
    "dn": "New thing",
    "md": "TuyaMCU",
    "ty": 1,
    "t": "newcomer",
    "ft": "%prefix%/%topic%/",
    "tp": ["cmnd", "stat", "tele"],
    "state": ["OFF", "ON"],
    "rl": [1],
}


def announce(devices: Devices, mac: str = "5CCF7F00000A", **changes: object) -> str:
    payload = json.dumps(TUYA | changes).encode()
    devices.broker.say(f"tasmota/discovery/{mac}/config", payload, retain=True)
    devices.broker.deliver()
    return f"tasmota-{mac.lower()}"


async def events_of_the_outbox(devices: Devices, kind: str) -> list[dict[str, object]]:
    await devices.database.write(lambda c: None)

    def look(connection):
        lines = connection.execute("SELECT line FROM outbox WHERE kind = ?", (kind,))
        return [json.loads(row["line"])["body"] for row in lines]

    return await devices.database.read(look)


async def test_devices_of_both_dialects_appear_by_themselves(
    devices: Devices, lamp: NativeThing, mister: TasmotaThing
) -> None:
    devices.plug_in(lamp)
    devices.plug_in(mister)

    assert [(d.id, d.name) for d in devices.registry.all()] == [
        (LAMP, "Study"),
        (MISTER, "Bedroom"),
    ]
    assert [(e.diffuser.id, e.is_new) for e in devices.told(DiffuserFound)] == [
        (LAMP, True),
        (MISTER, True),
    ]


async def test_a_device_is_asked_for_news_as_soon_as_it_is_found(
    devices: Devices, mister: TasmotaThing
) -> None:
    devices.plug_in(mister)

    assert devices.state(MISTER).reported.power is False
    assert devices.state(MISTER).reported.intensity_percent == 50


async def test_an_announcement_heard_again_is_no_news(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)
    devices.plug_in(lamp)

    assert len(devices.told(DiffuserFound)) == 1


async def test_the_account_hears_of_each_device(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)

    (body,) = await events_of_the_outbox(devices, "diffuser.seen")

    assert (body["diffuser_id"], body["name"], body["room"]) == (LAMP, "Study", "Study")


async def test_after_a_restart_devices_are_known_before_they_speak(
    devices: Devices, lamp: NativeThing, mister: TasmotaThing
) -> None:
    devices.plug_in(lamp)
    devices.plug_in(mister)
    before = devices.registry.all()
    devices.broker.retained.clear()

    await devices.restart()

    assert devices.registry.all() == before
    devices.broker.let(mister.press())
    assert devices.state(MISTER).reported.power is True


async def test_a_moved_address_is_followed(devices: Devices) -> None:
    diffuser_id = announce(devices, md="GD-30W")

    announce(devices, md="GD-30W", t="moved")
    devices.broker.say("stat/newcomer/RESULT", b'{"POWER":"ON"}')
    devices.broker.deliver()
    assert devices.state(diffuser_id).reported.power is None
    devices.broker.say("stat/moved/RESULT", b'{"POWER":"ON"}')
    devices.broker.deliver()

    assert devices.state(diffuser_id).reported.power is True
    assert len(devices.registry.all()) == 1


async def test_the_households_name_and_room_win_and_survive(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)

    named = await devices.registry.rename(LAMP, name=" Reading corner ", room="Attic")
    await devices.restart()
    devices.plug_in(lamp)

    assert (named.name, named.room) == ("Reading corner", "Attic")
    assert devices.registry.get(LAMP) == named
    shared = await devices.database.read(lambda c: shared_documents(c, "diffuser"))
    assert shared == {LAMP: {"name": "Reading corner", "room": "Attic"}}


async def test_a_name_alone_leaves_the_room(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)

    named = await devices.registry.rename(LAMP, name="Corner")

    assert (named.name, named.room) == ("Corner", "Study")


@pytest.mark.parametrize("field", [{"name": "  "}, {"name": "x" * 121}, {"room": "x" * 121}])
async def test_a_name_nobody_could_read_is_refused(
    devices: Devices, lamp: NativeThing, field: dict[str, str]
) -> None:
    devices.plug_in(lamp)

    with pytest.raises(NameUnusable) as refused:
        await devices.registry.rename(LAMP, **field)

    assert refused.value.field in field


async def test_a_name_edited_in_the_account_arrives(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)

    def merged(connection):
        connection.execute(
            "INSERT INTO shared_fields (kind, key, field, value, stamp, node)"
            " VALUES ('diffuser', ?, 'name', ?, 1, ?)",
            (LAMP, canonical("From afar"), "0" * 32),
        )

    await devices.database.write(merged)
    devices.bus.publish(DocumentsChanged(devices.clock.now(), frozenset({"diffuser"})))
    await eventually(lambda: devices.registry.get(LAMP).name == "From afar")

    assert devices.told(DiffuserFound)[-1].is_new is False


async def test_an_unknown_model_asks_and_the_choice_is_kept(devices: Devices) -> None:
    diffuser_id = announce(devices)
    assert devices.registry.get(diffuser_id).needs_profile
    assert "xd800w" in {profile.key for profile in devices.registry.profiles(diffuser_id)}

    chosen = await devices.registry.choose_profile(diffuser_id, "xd800w")
    await devices.restart()
    announce(devices, dn="Renamed at the device")

    assert not chosen.needs_profile
    after = devices.registry.get(diffuser_id)
    assert after == replace(chosen, name="Renamed at the device")


async def test_a_model_nobody_knows_is_refused(devices: Devices, lamp: NativeThing) -> None:
    diffuser_id = announce(devices)
    devices.plug_in(lamp)

    with pytest.raises(ProfileUnknown):
        await devices.registry.choose_profile(diffuser_id, "toaster")
    with pytest.raises(ProfileUnknown):
        await devices.registry.choose_profile(LAMP, "xd800w")
    assert devices.registry.profiles(LAMP) == ()


async def test_a_removed_device_comes_back_by_announcing_itself_not_by_old_news(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    await devices.registry.rename(LAMP, name="Mine")

    await devices.registry.remove(LAMP)
    await devices.restart()
    assert devices.registry.all() == ()
    devices.plug_in(lamp)

    assert devices.registry.get(LAMP).name == "Study"


async def test_who_is_removed_is_heard_no_more(devices: Devices, lamp: NativeThing) -> None:
    devices.plug_in(lamp)
    await devices.registry.remove(LAMP)
    devices.heard.clear()

    devices.broker.let(lamp.press())

    assert devices.heard == []
    with pytest.raises(DiffuserUnknown):
        devices.states.state(LAMP)
    with pytest.raises(DiffuserUnknown):
        await devices.registry.remove(LAMP)


async def test_a_device_that_leaves_its_network_is_gone_until_it_announces_itself(
    devices: Devices,
) -> None:
    diffuser_id = announce(devices, md="GD-30W")

    devices.broker.say("tasmota/discovery/5CCF7F00000A/config", b"", retain=True)
    devices.broker.deliver()
    assert [e.diffuser_id for e in devices.told(DiffuserRemoved)] == [diffuser_id]
    await devices.end()
    devices.broker.retained["tasmota/discovery/5CCF7F00000A/config"] = json.dumps(TUYA).encode()
    await devices.begin()

    assert [d.id for d in devices.registry.all()] == [diffuser_id]


MALFORMED = [b"{", b"[]", b'{"power": NaN}', b"\xff\xfe", b"[" * 60_000, b"x" * 200_000]


async def test_messages_that_cannot_be_read_are_counted_logged_seldom_and_stop_nothing(
    devices: Devices,
    lamp: NativeThing,
    mister: TasmotaThing,
    caplog: pytest.LogCaptureFixture,
) -> None:
    devices.plug_in(lamp)
    devices.plug_in(mister)

    for payload in MALFORMED * 5:
        devices.broker.say("scent/1/drift-7/state", payload)
    devices.broker.deliver()
    devices.broker.let([*lamp.press(), *mister.press()])

    assert devices.registry.malformed(LAMP) == 30
    assert devices.registry.malformed(MISTER) == 0
    assert sum("scent/1/drift-7/state" in line for line in caplog.messages) == 1
    assert devices.state(LAMP).reported.power is True
    assert devices.state(MISTER).reported.power is True
    await devices.pass_time(61)
    devices.broker.say("scent/1/drift-7/state", b"{")
    devices.broker.deliver()
    assert sum("scent/1/drift-7/state" in line for line in caplog.messages) == 2


async def test_an_announcement_that_cannot_be_read_adds_nothing(devices: Devices) -> None:
    for payload in MALFORMED:
        devices.broker.say("scent/1/drift-7/description", payload)
        devices.broker.say("tasmota/discovery/5CCF7F00000A/config", payload)
    devices.broker.deliver()

    assert devices.registry.all() == ()


async def test_retained_reports_say_so(devices: Devices, lamp: NativeThing) -> None:
    devices.broker.plug_in(lamp)
    await devices.restart()

    old = [e for e in devices.told(Reported) if e.diffuser_id == LAMP and e.is_retained]

    assert old
