"""The Shelly dialect beside the row: what is asked, what is passed over, what is sent."""

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.diffusers.shelly.dialect import ShellyDialect
from adapters.simulator.shelly import ShellySettings, ShellyThing
from adapters.simulator.thing import Message, Vial
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Ask, ButtonRead, FaultRead, Piece, PowerRead, TimerRead
from scentd.model.topics import matches
from scentd.ports import NEVER, Malformed
from tests.adapters.announced import Announced

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DIALECT = ShellyDialect()
GEN1 = {"id": "shellyplug-s-7A1B2C", "mac": "C45BBE7A1B2C", "model": "SHPLG-S", "fw_ver": "1.14"}
INFO = {"id": "shellyplus1pm-aabbccddeeff", "mac": "AABBCCDDEEFF", "gen": 2, "app": "Plus1PM"}


def thing(**set_up: bool) -> ShellyThing:
    return ShellyThing(
        "3CE90E010203",
        "Den",
        (Vial("LAVFLD-30", "Lavender Field", 30_000, 9_000),),
        now=lambda: NOW,
        chance=random.Random(1),
        settings=ShellySettings(**set_up),
    )


def found(device: ShellyThing) -> Diffuser:
    """Let the dialect and the device talk until both are done."""
    announced = Announced(DIALECT)
    said, asked = device.connected(), set()
    while said:
        announced.hear((m.topic, m.payload) for m in said if is_heard(m))
        fresh = [ask for ask in dict.fromkeys(announced.asks) if ask not in asked]
        asked.update(fresh)
        said = [m for ask in fresh for m in heard(device, ask.topic, ask.payload)]
    (diffuser,) = announced.diffusers.values()
    return DIALECT.with_profile(diffuser, "plug")


def heard(device: ShellyThing, topic: str, payload: bytes) -> list[Message]:
    is_meant = any(matches(one, topic) for one in device.subscriptions)
    return device.hear(topic, payload) if is_meant else []


def is_heard(message: Message) -> bool:
    return any(matches(one, message.topic) for one in DIALECT.discovery_filters())


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def wish(diffuser: Diffuser, **parts: object) -> Wish:
    return Wish(diffuser.id, Source(Origin.MANUAL), **parts)


SET_UP = st.sampled_from([{}, {"enable_control": False}, {"enable_rpc": False}])


@given(SET_UP, st.lists(st.booleans(), min_size=1, max_size=6))
def test_the_last_wish_is_what_is_read_back(set_up: dict[str, bool], wishes: list[bool]) -> None:
    device = thing(**set_up)
    diffuser = found(device)
    topics = DIALECT.topics(diffuser)

    for power in wishes:
        sent = DIALECT.encode(
            diffuser, wish(diffuser, power=power), command_id="c1", expires_at=NEVER
        )
        said = [m for one in sent for m in heard(device, one.topic, one.payload)]
    read = [
        one
        for m in said
        if m.topic in topics
        for one in DIALECT.decode(diffuser, m.topic, m.payload)
    ]

    assert {one.on for one in read if isinstance(one, PowerRead)} == {wishes[-1]}


@given(st.integers(1, 86_400))
def test_a_timer_is_read_back_as_it_was_wished(seconds: int) -> None:
    device = thing()
    diffuser = found(device)

    (sent,) = DIALECT.encode(
        diffuser, wish(diffuser, power=True, timer_s=seconds), command_id="c1", expires_at=NEVER
    )
    said = {m.topic: m.payload for m in heard(device, sent.topic, sent.payload)}

    topic = f"{diffuser.address}/events/rpc"
    assert TimerRead(seconds) in DIALECT.decode(diffuser, topic, said[topic])


@pytest.mark.parametrize("parts", [{"timer_s": 60}, {"power": False, "timer_s": 60}])
def test_a_timer_never_goes_with_what_does_not_switch_on(parts: dict[str, object]) -> None:
    diffuser = found(thing())

    sent = DIALECT.encode(diffuser, wish(diffuser, **parts), command_id="c1", expires_at=NEVER)

    assert not any(b"toggle_after" in one.payload for one in sent)


@pytest.mark.parametrize("refused", [{}, {"output": False, "timer_started_at": 1.0}])
def test_how_much_is_left_of_a_timer_is_not_guessed(refused: dict[str, object]) -> None:
    diffuser = found(thing())
    running = {"output": True, "timer_started_at": 5.0, "timer_duration": 60.0, **refused}

    read = DIALECT.decode(diffuser, f"{diffuser.address}/status/switch:0", body(**running))

    assert [one for one in read if isinstance(one, TimerRead)] == [TimerRead(0)] * bool(refused)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("kitchen/online", b"false"),
        ("kitchen/online", b"yes"),
        ("tele/lamp/online", b"\xff"),
        ("esp/status", b"online"),
        ("shellies/shellyplug-s-7A1B2C/announce", json.dumps(GEN1).encode()),
        ("shellies/announce", json.dumps(GEN1).encode()),
        ("lamp/status", body(state="ON")),
        ("lamp/events/rpc", body(method="NotifyStatus", src="lamp")),
    ],
)
def test_what_others_say_on_such_topics_is_passed_over(topic: str, payload: bytes) -> None:
    assert DIALECT.discover(topic, payload) == ()


@pytest.mark.parametrize("topic", ["elsewhere", "scent/shelly/who/rpc", "scent/shelly/x/online"])
def test_other_topics_are_malformed(topic: str) -> None:
    with pytest.raises(Malformed):
        DIALECT.discover(topic, b"true")


def test_one_that_answers_all_on_one_topic_is_asked_at_the_prefix_it_came_with() -> None:
    asks = DIALECT.discover("shellies/announce", body(**INFO))

    assert {ask.topic.rpartition("/")[0] for ask in asks if isinstance(ask, Ask)} == {INFO["id"]}
    assert len(asks) == 4


def test_an_answer_is_a_piece_of_the_device_it_came_from() -> None:
    topic = "scent/shelly/who/flat/hall plug/rpc"

    assert DIALECT.discover(topic, b"anything") == (Piece("flat/hall plug", announces=False),)


@pytest.mark.parametrize("component", ["light:0", "rgbw:0", "cover:0", "input:0"])
def test_what_is_no_switch_is_no_diffuser(component: str) -> None:
    pieces = {
        "scent/shelly/who/x/rpc": body(src=INFO["id"], result=INFO),
        "scent/shelly/status/x/rpc": body(src=INFO["id"], result={component: {"output": True}}),
    }

    assert DIALECT.assemble("x", pieces) == ()


def test_a_session_that_outlives_the_device_gets_no_command_kept_for_it() -> None:
    pieces = {
        "scent/shelly/config/x/rpc": body(
            src=INFO["id"], result={"mqtt": {"clean_session": False}, "switch:0": {}}
        )
    }
    (one,) = DIALECT.assemble("x", pieces)
    diffuser = DIALECT.with_profile(one.diffuser, "plug")

    sent = DIALECT.encode(diffuser, wish(diffuser, power=True), command_id="c", expires_at=NEVER)

    assert [message.qos for message in sent] == [0]


def test_a_plug_is_not_switched_before_the_household_said_what_it_feeds() -> None:
    (one,) = DIALECT.assemble(
        "x", {"scent/shelly/status/x/rpc": body(src=INFO["id"], result={"switch:0": {}})}
    )

    sent = DIALECT.encode(
        one.diffuser, wish(one.diffuser, power=True), command_id="c", expires_at=NEVER
    )

    assert sent == ()


@pytest.mark.parametrize("code", ["overpower", "overvoltage", "undervoltage"])
def test_an_error_without_a_name_of_ours_keeps_its_own(code: str) -> None:
    diffuser = found(thing())

    read = DIALECT.decode(
        diffuser, f"{diffuser.address}/status/switch:0", body(output=False, errors=[code])
    )

    assert FaultRead(code) in read


def test_a_press_is_heard_and_what_goes_with_it_is_not_a_second_one() -> None:
    device = thing()
    diffuser = found(device)
    events = [{"component": "input:0", "event": name} for name in ("btn_down", "double_push")]
    frame = body(method="NotifyEvent", params={"ts": 1.0, "events": events})

    read = DIALECT.decode(diffuser, f"{diffuser.address}/events/rpc", frame)

    assert read == (ButtonRead("input:0 double_push"),)


def test_a_full_status_says_also_what_it_leaves_out() -> None:
    diffuser = found(thing())
    frame = body(method="NotifyFullStatus", params={"ts": 1.0, "switch:0": {"output": True}})

    read = DIALECT.decode(diffuser, f"{diffuser.address}/events/rpc", frame)

    assert read == (PowerRead(True), FaultRead(""), TimerRead(0))


def test_a_change_leaves_open_what_it_leaves_out() -> None:
    diffuser = found(thing())
    frame = body(method="NotifyStatus", params={"ts": 1.0, "switch:0": {"output": True}})

    read = DIALECT.decode(diffuser, f"{diffuser.address}/events/rpc", frame)

    assert read == (PowerRead(True),)


def test_a_kept_command_by_either_way_would_be_a_ghost() -> None:
    diffuser = found(thing())
    at = diffuser.address

    assert set(DIALECT.command_topics(diffuser)) == {f"{at}/rpc", f"{at}/command/switch:0"}


@pytest.mark.parametrize("part", ["mac", "result", "switch:0", "sys", "mqtt"])
def test_a_wrong_part_of_an_answer_costs_that_part_alone(part: str) -> None:
    result = {"switch:0": {"output": True, "apower": 1.0}, "sys": {}, "mqtt": {}, part: 7}
    answer = {"src": INFO["id"], "result": 7 if part == "result" else result}
    pieces = {
        "scent/shelly/who/x/rpc": body(src=INFO["id"], result={**INFO, part: 7}),
        "scent/shelly/config/x/rpc": body(src=INFO["id"], result={"switch:0": {}}),
        "scent/shelly/status/x/rpc": json.dumps(answer).encode(),
    }

    (one,) = DIALECT.assemble("x", pieces)

    assert one.diffuser.id == "shelly-aabbccddeeff"
