"""The native dialect: what its messages say, and what we send."""

import json
from datetime import UTC, datetime

import pytest

from adapters.diffusers.native import NativeDialect
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    DeviceType,
    Diffuser,
    LevelQuality,
    Mode,
)
from scentd.model.readings import (
    AnswerRead,
    AvailabilityRead,
    ButtonRead,
    CartridgeRead,
    EnergyRead,
    ExtraRead,
    FaultRead,
    Found,
    Gone,
    IntensityRead,
    LevelRead,
    LevelShareRead,
    LightRead,
    LowRead,
    ModeRead,
    PowerRead,
    Reading,
    SensorRead,
    SignalRead,
    SlotRead,
)
from scentd.ports import NEVER, Malformed

DIALECT = NativeDialect()
SOON = datetime(2026, 3, 2, 12, 0, 15, tzinfo=UTC)
DESCRIPTION = {
    "maker": "Cedarworks",
    "model": "Drift 2",
    "firmware": "2.1.0",
    "name": "Living room",
    "room": "Living room",
    "intensity_steps": [20, 60, 100],
    "rates_ul_per_h": [40, 120, 200],
    "modes": ["continuous", "interval", "turbo"],
    "light": True,
    "identify": True,
    "slots": 2,
    "slot_choice": True,
    "level": "measured",
}


def found(description: dict[str, object]) -> Diffuser:
    payload = json.dumps(description).encode()
    (discovery,) = DIALECT.discover("scent/1/drift-7/description", payload)
    assert isinstance(discovery, Found)
    return discovery.diffuser


def read(name: str, payload: object) -> tuple[object, ...]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return DIALECT.decode(found(DESCRIPTION), f"scent/1/drift-7/{name}", body)


def sent(**parts: object) -> dict[str, object]:
    wish = Wish("native-drift-7", Source(Origin.MANUAL), **parts)
    (publish,) = DIALECT.encode(found(DESCRIPTION), wish, command_id="k1", expires_at=SOON)
    assert (publish.topic, publish.qos, publish.retain) == ("scent/1/drift-7/command", 1, False)
    return json.loads(publish.payload)


def test_a_description_makes_a_diffuser() -> None:
    assert found(DESCRIPTION) == Diffuser(
        id="native-drift-7",
        dialect="native",
        address="scent/1/drift-7",
        name="Living room",
        capabilities=Capabilities(
            steps=(20, 60, 100),
            rate_ul_per_h=(40, 120, 200),
            modes=(Mode.CONTINUOUS, Mode.INTERVAL),
            light=True,
            identify=True,
            level=LevelQuality.MEASURED,
            slots=2,
            slot_choice=True,
        ),
        maker="Cedarworks",
        model="Drift 2",
        firmware="2.1.0",
        room="Living room",
        device_type=DeviceType.AROMA_DIFFUSER,
    )


def test_a_description_may_be_nearly_empty() -> None:
    diffuser = found({})

    assert diffuser.name == "drift-7"
    assert diffuser.capabilities == Capabilities()


def test_steps_without_rates_use_oil_in_proportion() -> None:
    assert found({"intensity_steps": [50, 100]}).capabilities.rate_ul_per_h == (250, 500)


def test_an_empty_description_takes_the_device_away() -> None:
    assert DIALECT.discover("scent/1/drift-7/description", b"") == (Gone("native-drift-7"),)


@pytest.mark.parametrize(
    "bad",
    [
        {"intensity_steps": [60, 20]},
        {"intensity_steps": [0, 50]},
        {"intensity_steps": [20, 60], "rates_ul_per_h": [40]},
        {"rates_ul_per_h": [-3]},
        {"level": "guessed"},
        {"type": "toaster"},
        {"slots": 0},
        {"name": "x" * 121},
        {"name": "two\nlines"},
        {"light": "yes"},
        {"modes": {"continuous": 1}},
    ],
)
def test_a_description_that_cannot_be_true_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        found(bad)


@pytest.mark.parametrize("device", ["", "UPPER", "a b", "-first", "x" * 65])
def test_a_device_must_be_named_as_the_dialect_says(device: str) -> None:
    with pytest.raises(Malformed):
        DIALECT.discover(f"scent/1/{device}/description", b"{}")


def test_state_may_be_told_in_full_or_in_part() -> None:
    full = {
        "power": True,
        "intensity": 60,
        "mode": "interval",
        "light": False,
        "slot": 2,
        "fault": "tilt",
        "signal_dbm": -61,
        "watts": 4.5,
        "energy_wh": 120,
        "sensors": {"temperature": {"value": 21.5, "unit": "°C"}},
    }

    assert read("state", full) == (
        PowerRead(True),
        IntensityRead(60),
        ModeRead(Mode.INTERVAL),
        LightRead(False),
        SlotRead(2),
        FaultRead("tilt"),
        SignalRead(-61),
        EnergyRead(4.5, 120.0),
        SensorRead("temperature", 21.5, "°C"),
    )
    assert read("state", {"power": False}) == (PowerRead(False),)


@pytest.mark.parametrize(
    ("said", "shown"), [("", "�"), ("x" * 65, "x" * 64), ("a\x1b[2Jb", "a�[2Jb")]
)
def test_names_of_a_device_s_own_are_shown_bounded_and_printable(said: str, shown: str) -> None:
    sensors = {"sensors": {said: {"value": 1}}}

    assert read("state", sensors) == (SensorRead(shown, 1.0, ""),)
    assert read("state", {said: "on"}) == (ExtraRead(shown, "on"),)


def test_an_intensity_between_steps_is_read_as_the_nearest_one() -> None:
    assert read("state", {"intensity": 70}) == (IntensityRead(60),)


def test_the_other_topics_say_their_one_thing() -> None:
    assert read("availability", b"online") == (AvailabilityRead(Availability.ONLINE, "last_will"),)
    assert read("availability", b"offline") == (
        AvailabilityRead(Availability.OFFLINE, "last_will"),
    )
    assert read("event", {"button": "power"}) == (ButtonRead("power"),)
    assert read("answer", {"id": "k1", "error": None}) == (AnswerRead("k1", None),)
    assert read("answer", {"id": "k1", "error": "empty"}) == (AnswerRead("k1", "empty"),)
    assert read("slot/2/level", {"remaining_ul": 5400}) == (LevelRead(2, 5400),)
    assert read(
        "slot/1/cartridge", {"tag": "04a1b2c3d4", "sku": "EUCMNT-30", "capacity_ul": 30000}
    ) == (CartridgeRead(1, "04a1b2c3d4", "EUCMNT-30", 30000),)
    assert read("slot/1/cartridge", b"") == ()
    assert read("something/else", {"power": True}) == ()


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("state", b"{"),
        ("state", b"[]"),
        ("state", b'{"power": NaN}'),
        ("state", b'{"watts": 1e999}'),
        ("state", b'{"intensity": 101}'),
        ("state", b'{"power": 1}'),
        ("state", b'{"slot": 0}'),
        ("state", b'{"slot": 3}'),
        ("state", b'{"signal_dbm": 12}'),
        ("state", b"\xff\xfe"),
        ("state", b"[" * 50_000),
        ("state", b'{"power": true, "x": "' + b"x" * 70_000 + b'"}'),
        ("state", b'{"intensity": ' + b"9" * 5_000 + b"}"),
        ("availability", b"maybe"),
        ("slot/1/level", b'{"remaining_ul": -1}'),
        ("slot/1/level", b'{"remaining_ul": 12.5}'),
        ("slot/1/cartridge", b'{"tag": "short"}'),
        ("slot/1/cartridge", b'{"sku": "EUCMNT-30"}'),
    ],
)
def test_a_payload_that_cannot_be_read_says_so(name: str, payload: bytes) -> None:
    with pytest.raises(Malformed):
        read(name, payload)


def test_one_command_carries_everything_wished() -> None:
    assert sent(power=True, intensity_percent=70, mode=Mode.INTERVAL, light=False, slot_no=2) == {
        "id": "k1",
        "expires_at": 1772452815,
        "power": True,
        "intensity": 60,
        "mode": "interval",
        "light": False,
        "slot": 2,
    }
    assert sent(identify=True) == {"id": "k1", "expires_at": 1772452815, "identify": True}
    assert sent(refresh=True) == {"id": "k1", "expires_at": 1772452815, "refresh": True}


def test_a_hub_without_the_time_sends_no_expiry() -> None:
    wish = Wish("native-drift-7", Source(Origin.MANUAL), power=True)

    (publish,) = DIALECT.encode(found(DESCRIPTION), wish, command_id="k1", expires_at=NEVER)

    assert json.loads(publish.payload) == {"id": "k1", "power": True}


def test_nothing_is_sent_of_what_the_device_cannot_do() -> None:
    plain = found({})
    source = Source(Origin.MANUAL)
    wish = Wish(plain.id, source, intensity_percent=40, mode=Mode.SLEEP, light=True, slot_no=1)

    assert DIALECT.encode(plain, wish, command_id="k1", expires_at=SOON) == ()


def test_every_topic_the_device_reports_on_is_watched() -> None:
    assert set(DIALECT.topics(found({}))) == {
        f"scent/1/drift-7/{name}"
        for name in (
            "availability",
            "state",
            "event",
            "answer",
            "slot/1/level",
            "slot/1/cartridge",
        )
    }


def test_a_lamp_tells_its_brightness_colour_and_effect() -> None:
    said = {"light_percent": 30, "light_rgb": "ffb060", "light_effect": "embers"}

    assert read("state", said) == (LightRead(None, 30, "ffb060", "embers"),)
    for wrong in ({"light_percent": 101}, {"light_rgb": "FFB060"}, {"light_rgb": 7}):
        with pytest.raises(Malformed):
            read("state", wrong)


def test_fields_of_a_makers_own_are_kept_as_they_are() -> None:
    said = {"power": True, "fan_rpm": 1200, "lid": "open\n", "eco": False, "curve": [1, 2]}

    assert read("state", said) == (
        PowerRead(True),
        ExtraRead("fan_rpm", "1200"),
        ExtraRead("lid", "open�"),
        ExtraRead("eco", "false"),
    )


@pytest.mark.parametrize(
    ("said", "readings"),
    [
        ({"percent": 40.5}, (LevelShareRead(1, 40.5),)),
        ({"low": True}, (LowRead(1, True),)),
        ({"remaining_ul": 500, "percent": 3, "low": True}, (LevelRead(1, 500), LowRead(1, True))),
        ({}, ()),
    ],
)
def test_a_level_may_be_a_share_or_a_flag(
    said: dict[str, object], readings: tuple[Reading, ...]
) -> None:
    assert read("slot/1/level", said) == readings


@pytest.mark.parametrize("percent", [-1, 100.5, "40"])
def test_a_share_out_of_reach_is_refused(percent: object) -> None:
    with pytest.raises(Malformed):
        read("slot/1/level", {"percent": percent})


def test_a_command_holds_only_what_the_light_can_do() -> None:
    wish = {"light": True, "light_percent": 30, "light_rgb": "ffb060", "light_effect": "embers"}
    simple = found({"light": True})
    full = found(
        {"light": True, "light_dims": True, "light_colours": True, "light_effects": ["embers"]}
    )

    assert command_of(simple, **wish) == {"light": True}
    assert command_of(full, **wish) == wish


def test_a_timer_is_set_where_there_is_one() -> None:
    assert command_of(found({"timer": True}), power=True, timer_s=90) == {
        "power": True,
        "timer_s": 90,
    }
    assert command_of(found({}), power=True, timer_s=90) == {"power": True}


def command_of(diffuser: Diffuser, **parts: object) -> dict[str, object]:
    wish = Wish(diffuser.id, Source(Origin.MANUAL), **parts)
    (publish,) = DIALECT.encode(diffuser, wish, command_id="k1", expires_at=NEVER)
    return {name: value for name, value in json.loads(publish.payload).items() if name != "id"}


def test_there_are_no_profiles() -> None:
    assert DIALECT.profiles(found({})) == ()
    with pytest.raises(KeyError):
        DIALECT.with_profile(found({}), "gd-30w")
