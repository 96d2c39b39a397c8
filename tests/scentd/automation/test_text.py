"""Rules as text: nothing is lost, nothing is misread, and what is refused is pointed at."""

from datetime import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scentd.automation.errors import RuleTextInvalid
from scentd.automation.text import MAX_TEXT, read_text, write_text
from scentd.model.action import SetDiffuser
from scentd.model.rule import AutomationRule
from scentd.model.schedule import Weekday
from scentd.model.trigger import TimeOfDay
from tests.fakes.any_rule import any_rule

GOOD = """\
# Before anyone is up.
name: Early
trigger:
  kind: time_of_day
  at: 07:30
  days: [mon, tue]
actions:
  - kind: set_diffuser
    diffuser_id: lamp
    power: on
"""


def read(text: str) -> AutomationRule:
    return read_text(text, diffusers={"lamp"}, rule_id="r")


def refused(text: str) -> RuleTextInvalid:
    with pytest.raises(RuleTextInvalid) as caught:
        read(text)
    return caught.value


@given(any_rule())
def test_a_rule_written_and_read_is_the_same_rule(rule: AutomationRule) -> None:
    assert read_text(write_text(rule), diffusers=None, rule_id="r") == rule


def test_a_rule_is_read_from_text() -> None:
    rule = read(GOOD)

    days = frozenset({Weekday.MONDAY, Weekday.TUESDAY})
    assert rule.trigger == TimeOfDay(time(7, 30), days)
    assert rule.actions == (SetDiffuser("lamp", power=True),)


TRAPS = ("on", "off", "no", "yes", "y", "22:30", "1_000", "0o7", "NULL")
NUMBERS = ("0E0", "1e3", "7", "0.5", "true", "null", "~")


@pytest.mark.parametrize("payload", TRAPS)
def test_words_that_older_readers_turn_into_something_else_stay_words(payload: str) -> None:
    text = GOOD.replace("power: on", "power: true") + (
        f"  - {{kind: publish, topic: t, payload: {payload}}}\n"
    )
    rule = read(text)

    assert rule.actions[1].payload == payload
    assert yaml.safe_load(write_text(rule))["actions"][1]["payload"] == payload


@pytest.mark.parametrize("payload", [*TRAPS, *NUMBERS])
def test_a_text_that_looks_like_something_else_is_written_in_quotes(payload: str) -> None:
    rule = read(GOOD + f'  - {{kind: publish, topic: t, payload: "{payload}"}}\n')

    assert read(write_text(rule)).actions[1].payload == payload


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("", 1, None),
        ("just words", 1, None),
        ("- a list", 1, None),
        ("name: [x", 1, None),
        (GOOD.replace("  kind: time_of_day", "  kind: moonrise"), 4, "trigger.kind"),
        (GOOD.replace("07:30", "7:30"), 5, "trigger.at"),
        (GOOD.replace("07:30", "450"), 5, "trigger.at"),
        (GOOD.replace("[mon, tue]", "[mon, payday]"), 6, "trigger.days[1]"),
        (GOOD.replace("diffuser_id: lamp", "diffuser_id: fan"), 9, "actions[0].diffuser_id"),
        (GOOD.replace("    power: on\n", ""), 8, "actions[0]"),
        (GOOD.replace("power: on", "powr: on"), 10, "actions[0].powr"),
        (GOOD.replace("name: Early", "name: 7"), 2, "name"),
        (GOOD + "name: Late\n", 11, "name"),
        (GOOD.replace("name: Early", "name: &a Early"), 2, None),
        (GOOD.replace("Early", "!!python/name:os.system x"), 2, "name"),
        (GOOD + "actions:\n\t- x\n", 12, None),
        (GOOD + "---\nname: two\n", 11, None),
    ],
)
def test_what_cannot_be_used_is_refused_with_line_field_and_hint(
    text: str, line: int, field: str | None
) -> None:
    error = refused(text)

    assert (error.line, error.field) == (line, field)
    assert error.message.startswith(f"Line {line}: ")
    assert error.hint


def test_a_state_that_can_never_be_is_refused() -> None:
    trigger = "kind: device_state_change, diffuser_id: lamp, attribute: power, to: on"
    text = f"name: x\ntrigger: {{{trigger}}}\nactions: [{{kind: stop_all}}]\n"

    error = refused(text)

    assert (error.line, error.field) == (2, "trigger.to")
    assert error.hint == "Write true or false."


@pytest.mark.parametrize("text", ["[" * 5_000, "a: " * 5_000, "x" * (MAX_TEXT + 1), "a: \0"])
def test_a_text_that_wants_to_hurt_is_refused(text: str) -> None:
    assert refused(text).hint


@given(st.text(max_size=200))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    refused(text)
