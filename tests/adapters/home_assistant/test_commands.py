"""What Home Assistant sends, read into wishes."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.home_assistant.commands import SOURCE, Asked, read_command, together
from adapters.home_assistant.words import LANGUAGES
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Wish
from scentd.model.diffuser import Capabilities, Mode
from scentd.ports import Malformed
from tests.fakes.platform_home import NOON, RICH, diffuser, filling

FILLINGS = {1: filling(), 2: filling(slot_no=2, scent="White Tea")}


def read(what: str, payload: str | bytes, can: Capabilities = RICH) -> Asked:
    raw = payload if isinstance(payload, bytes) else payload.encode()
    return read_command(diffuser(can=can), FILLINGS, what, raw, NOON)


def wish(**parts: Any) -> Wish:
    return Wish("native-lounge", SOURCE, **parts)


@pytest.mark.parametrize(
    ("what", "payload", "wanted"),
    [
        ("power", "ON", {"power": True}),
        ("power", "OFF", {"power": False}),
        ("percentage", "4", {"power": True, "intensity_percent": 80}),
        ("percentage", "0", {"power": False}),
        ("intensity", "60", {"intensity_percent": 60}),
        ("intensity", "60.0", {"intensity_percent": 60}),
        ("run_for", "30", {"power": True, "until": NOON + timedelta(minutes=30)}),
        ("run_for", "0", {"power": False}),
        ("mode", "Interval", {"mode": Mode.INTERVAL}),
        ("mode", "interval", {"mode": Mode.INTERVAL}),
        ("mode", "Im Wechsel", {"mode": Mode.INTERVAL}),
        ("scent", "2 · White Tea", {"slot_no": 2}),
        ("identify", "PRESS", {"identify": True}),
        ("light", '{"state":"OFF"}', {"light": False}),
        (
            "light",
            '{"state":"ON","brightness":40,"color":{"r":255,"g":128,"b":0},"effect":"candle"}',
            {
                "light": True,
                "light_percent": 40,
                "light_rgb": "ff8000",
                "light_effect": "candle",
            },
        ),
    ],
)
def test_a_command_is_a_wish(what: str, payload: str, wanted: dict[str, Any]) -> None:
    assert read(what, payload) == wish(**wanted)


def test_the_button_of_a_refill_names_its_slot_and_wishes_nothing() -> None:
    assert read("refill_2", "PRESS") == SlotKey("native-lounge", 2)
    assert read("refill", "PRESS", replace(RICH, slots=1)) == SlotKey("native-lounge", 1)


@pytest.mark.parametrize(
    ("what", "payload"),
    [
        ("power", "on"),
        ("power", ""),
        ("power", b"\xff\xfe"),
        ("power", "ON" + " " * 2_000),
        ("percentage", "6"),
        ("percentage", "nan"),
        ("percentage", "-1"),
        ("percentage", "1e999"),
        ("intensity", "101"),
        ("intensity", "inf"),
        ("run_for", "721"),
        ("mode", "Sleep"),
        ("mode", "turbo"),
        ("scent", "3 · Cedar"),
        ("light", "ON"),
        ("light", "[1]"),
        ("light", "[" * 1_000),
        ("light", '{"state":true}'),
        ("light", '{"state":"ON","brightness":"x"}'),
        ("light", '{"state":"ON","brightness":true}'),
        ("light", '{"state":"ON","color":{"r":1}}'),
        ("light", '{"state":"ON","color":7}'),
        ("light", '{"state":"ON","effect":"disco"}'),
        ("light", '{"state":"ON","effect":["candle"]}'),
        ("identify", "1"),
        ("refill_3", "PRESS"),
        ("refill", "PRESS"),
        ("refill_01", "PRESS"),
        ("format", "c:"),
    ],
)
def test_nonsense_is_malformed(what: str, payload: str | bytes) -> None:
    with pytest.raises(Malformed):
        read(what, payload)


@given(
    st.sampled_from(
        ["power", "percentage", "intensity", "run_for", "mode", "scent", "light", "refill_1", "x"]
    ),
    st.binary(max_size=80) | st.text(max_size=40).map(str.encode),
)
def test_no_bytes_do_more_than_be_malformed(what: str, payload: bytes) -> None:
    try:
        asked = read(what, payload)
    except Malformed:
        return

    assert isinstance(asked, Wish | SlotKey)


@given(st.lists(st.sampled_from(["a", 1, None, 0.5, "ON", [], {}, True]), max_size=4))
def test_no_json_of_a_light_does_more_than_be_malformed(values: list[Any]) -> None:
    fields = ("state", "brightness", "color", "effect")
    payload = json.dumps(dict(zip(fields, values, strict=False)))
    try:
        read("light", payload)
    except Malformed:
        return


PRESSES = [
    [("power", "ON"), ("percentage", "4")],
    [("power", "ON"), ("mode", "Interval")],
    [("power", "ON"), ("percentage", "4"), ("mode", "Interval")],
    [("scent", "2 · White Tea"), ("power", "ON"), ("intensity", "40")],
]


@pytest.mark.parametrize("press", PRESSES)
@given(data=st.data())
def test_one_press_is_one_wish_in_any_order_and_however_often_it_comes(
    press: list[tuple[str, str]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(press + data.draw(st.lists(st.sampled_from(press)))))
    read_ones = [read(*one) for one in shuffled]
    in_order = [read(*one) for one in press]

    assert reduce(together, read_ones) == reduce(together, in_order)


def test_off_after_on_is_off_and_takes_the_end_back() -> None:
    both = together(read("run_for", "30"), read("power", "OFF"))

    assert (both.power, both.until) == (False, None)


def test_the_words_of_a_mode_are_never_those_of_another() -> None:
    pairs = itertools.product(LANGUAGES.values(), Mode)
    meant: dict[str, set[Mode]] = {}
    for words, mode in pairs:
        meant.setdefault(words.modes[mode], set()).add(mode)

    assert all(len(modes) == 1 for modes in meant.values())
