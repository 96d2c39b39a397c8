"""What the form of a rule means: nothing is lost on the way there and back."""

from datetime import time

from hypothesis import given
from multidict import MultiDict, MultiDictProxy

from scentd.api.page.ruleform import NEW, fill, fits_form, fresh, read_form
from scentd.api.page.ruleparts import ACTIONS, CONDITIONS, TRIGGERS
from scentd.automation.reading import read_rule, write_rule
from scentd.model.condition import Cooldown
from scentd.model.rule import AutomationRule
from scentd.model.trigger import TimeOfDay
from tests.fakes.any_rule import any_rule
from tests.fakes.rules import rule, say


def form(**fields):
    return MultiDictProxy(MultiDict({name.replace("__", "."): v for name, v in fields.items()}))


@given(any_rule())
def test_a_rule_sent_as_it_is_shown_is_the_same_rule(any_one: AutomationRule):
    written = write_rule(any_one)

    if fits_form(written):
        assert read_rule(read_form(fill(written)), diffusers=None, rule_id="r") == any_one


def test_every_kind_has_its_fields():
    modelled = set()
    for name, kinds in (("trigger", TRIGGERS), ("condition", CONDITIONS), ("action", ACTIONS)):
        module = __import__(f"scentd.model.{name}", fromlist=["x"])
        classes = [one for one in vars(module).values() if hasattr(one, "__dataclass_fields__")]
        for one in classes:
            if one.__module__ != module.__name__:
                continue
            fields = one.__dataclass_fields__
            kind = fields["kind"].default
            modelled.add((name, kind))
            assert {field.name for field in kinds[kind]} == set(fields) - {"kind"}, kind
    assert modelled == {
        (name, kind)
        for name, kinds in (("trigger", TRIGGERS), ("condition", CONDITIONS), ("action", ACTIONS))
        for kind in kinds
    }


def test_another_kind_begins_with_fresh_fields():
    read = read_form(form(t__kind="sunset", t__shown="time_of_day", t__at="07:00"))

    assert read["trigger"] == fresh("sunset", TRIGGERS["sunset"])


def test_what_cannot_be_read_stays_as_it_was_typed():
    read = read_form(
        form(
            t__kind="sensor_reading",
            t__shown="sensor_reading",
            t__topic="bath",
            t__above="warm",
            t__for_s="soon",
        )
    )

    assert read["trigger"] == {
        "kind": "sensor_reading",
        "topic": "bath",
        "above": "warm",
        "for_s": "soon",
    }


def test_numbers_are_read_as_people_write_them():
    read = read_form(
        form(
            t__kind="sensor_reading",
            t__shown="sensor_reading",
            t__above="21,5",
            t__for_s="1.5",
        )
    )

    assert read["trigger"]["above"] == 21.5
    assert read["trigger"]["for_s"] == 90


def test_rows_are_added_and_removed_where_the_button_stands():
    group = {
        "c__0__kind": "any_of",
        "c__0__shown": "any_of",
        "c__0__conditions__0__kind": "someone_home",
        "c__0__conditions__0__shown": "someone_home",
    }

    added = read_form(form(**group, add="c.0.conditions"))["conditions"][0]["conditions"]
    removed = read_form(form(**group, remove="c.0.conditions.0"))["conditions"][0]["conditions"]
    first = read_form(form(add="a"))["actions"]

    assert [part["kind"] for part in added] == ["someone_home", "time_window"]
    assert removed == []
    assert [part["kind"] for part in first] == ["set_diffuser"]


def test_a_button_that_leads_nowhere_changes_nothing():
    for path in ["", "x", "c.9", "c.0.conditions", "a.kind", "c..", "name"]:
        assert read_form(form(add=path, remove=path))["conditions"] == []


def test_rules_of_a_home_fit():
    assert fits_form(NEW)
    assert fits_form(write_rule(rule(TimeOfDay(time(7)), conditions=(Cooldown(60),))))
    assert not fits_form(write_rule(rule(TimeOfDay(time(7)), say("topic\nof two lines"))))
