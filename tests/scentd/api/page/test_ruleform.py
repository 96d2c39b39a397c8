import json
from dataclasses import replace
from datetime import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from multidict import MultiDict, MultiDictProxy

from scentd.api.page.ruleform import fits_form, logic_json, read_form, to_fields
from scentd.automation.reading import read_rule, write_rule
from scentd.model.action import PublishMessage, SetDiffuser, StopEverything, Wait
from scentd.model.condition import Cooldown, DeviceStateIs, LevelAbove, TimeWindow
from scentd.model.rule import AutomationRule, RuleMode
from scentd.model.schedule import Weekday
from scentd.model.trigger import DeviceStateChange, SensorReading, TimeOfDay

KNOWN = {"a", "b"}
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
days = st.frozensets(st.sampled_from(Weekday), min_size=1)
ids = st.sampled_from(sorted(KNOWN))
minutes = st.integers(1, 1440).map(lambda number: number * 60)
topics = st.sampled_from(["home/bath", "x"])
triggers = st.one_of(
    st.builds(TimeOfDay, clocks, days),
    st.builds(
        DeviceStateChange,
        ids,
        st.just("power"),
        st.one_of(st.none(), st.booleans()),
    ),
    st.builds(SensorReading, topics, st.sampled_from(["", "value"]), st.none() | st.just(65.5)),
)
conditions = st.tuples(
    st.lists(st.builds(TimeWindow, clocks, clocks, days), max_size=1),
    st.lists(st.builds(DeviceStateIs, ids, st.just("power"), st.booleans()), max_size=1),
    st.lists(st.builds(LevelAbove, ids, st.just(12.5)), max_size=1),
    st.lists(st.builds(Cooldown, minutes), max_size=1),
).map(lambda parts: tuple(one for part in parts for one in part))
actions = st.one_of(
    st.builds(
        SetDiffuser,
        diffuser_id=ids,
        power=st.just(True),
        intensity_percent=st.none() | st.just(60),
        for_s=st.none() | minutes,
    ),
    st.builds(SetDiffuser, diffuser_id=ids, intensity_percent=st.just(20)),
    st.builds(SetDiffuser, diffuser_id=ids, power=st.just(False)),
    st.builds(Wait, minutes),
    st.builds(StopEverything),
    st.builds(PublishMessage, topics, st.just("on")),
)
rules = st.builds(
    AutomationRule,
    id=st.just("r"),
    name=st.just("Rule"),
    trigger=triggers,
    actions=st.lists(actions, min_size=1, max_size=4).map(tuple),
    conditions=conditions,
    mode=st.sampled_from(RuleMode),
    enabled=st.booleans(),
)
plain = st.sampled_from(["on", "away", "é"])
words = plain | plain | st.sampled_from(["", "true", "60", " x ", "a\nb"])
anything = st.builds(
    AutomationRule,
    id=st.just("r"),
    name=st.just("Rule"),
    trigger=st.one_of(
        st.builds(TimeOfDay, st.builds(time, st.just(7), st.just(0), st.sampled_from([0, 30]))),
        st.builds(DeviceStateChange, ids, st.just("fault"), words),
        st.builds(SensorReading, topics, words),
    ),
    actions=st.lists(
        st.one_of(
            st.builds(
                SetDiffuser, diffuser_id=ids, power=st.booleans(), light=st.none() | st.booleans()
            ),
            st.builds(PublishMessage, topics, words),
            st.builds(Wait, st.integers(1, 86_400)),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    conditions=st.lists(
        st.one_of(
            st.builds(LevelAbove, ids, st.just(5.0), st.integers(1, 2)),
            st.builds(DeviceStateIs, ids, st.just("fault"), words),
            st.builds(Cooldown, st.integers(0, 10_000)),
        ),
        max_size=2,
    ).map(tuple),
)


def typed(rule):
    """Fill the form's fields as the template does, and send them."""
    fields = to_fields(rule)
    trigger, known = fields["trigger"], fields["conditions"]
    form = MultiDict({"name": rule["name"], "mode": rule["mode"], "trigger": trigger["kind"]})
    if rule["enabled"]:
        form["enabled"] = "on"
    form["at"] = trigger.get("at", "")
    form.extend(("trigger-days", str(day)) for day in trigger.get("days", []))
    form["state-diffuser"] = trigger.get("diffuser_id", "")
    form["state-attribute"] = trigger.get("attribute", "")
    form["state-to"] = shown(trigger.get("to"))
    for name in ("topic", "path", "above", "below"):
        form[name] = "" if trigger.get(name) is None else str(trigger[name])
    window, state = known.get("time_window", {}), known.get("device_state_is", {})
    level = known.get("level_above", {})
    form["window-start"], form["window-end"] = window.get("start", ""), window.get("end", "")
    form.extend(("window-days", str(day)) for day in window.get("days", []))
    form["is-diffuser"] = state.get("diffuser_id", "")
    form["is-attribute"] = state.get("attribute", "")
    form["is-value"] = shown(state.get("value"))
    form["level-diffuser"] = level.get("diffuser_id", "")
    form["level-percent"] = str(level.get("percent", ""))
    form["cooldown"] = fields["cooldown"]
    for number, row in enumerate(fields["actions"]):
        form[f"do-{number}"] = row["do"]
        form[f"diffuser-{number}"] = row.get("diffuser_id", "")
        form[f"intensity-{number}"] = str(row.get("intensity") or "")
        for name in ("minutes", "topic", "payload"):
            form[f"{name}-{number}"] = row.get(name) or ""
    return MultiDictProxy(form)


def shown(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


@given(rules)
def test_a_rule_shown_in_the_form_and_sent_unchanged_is_the_same_rule(rule):
    written = write_rule(rule)
    assert fits_form(written)

    again = read_rule(read_form(typed(written)), diffusers=KNOWN, rule_id="r")

    assert again == rule


@given(anything)
def test_no_rule_is_cut_down_to_what_the_form_can_say(rule):
    written = write_rule(rule)
    assume(fits_form(written))

    again = read_rule(read_form(typed(written)), diffusers=KNOWN, rule_id="r")

    # All conditions must hold, so their order says nothing.
    assert set(again.conditions) == set(rule.conditions)
    assert replace(again, conditions=()) == replace(rule, conditions=())


@given(rules)
def test_a_rule_shown_as_json_and_sent_unchanged_is_the_same_rule(rule):
    written = write_rule(rule)
    form = MultiDict({"name": "Rule", "edit": "json", "json": logic_json(written)})
    if rule.enabled:
        form["enabled"] = "on"

    assert read_rule(read_form(MultiDictProxy(form)), diffusers=KNOWN, rule_id="r") == rule


@pytest.mark.parametrize(
    "rule",
    [
        AutomationRule("r", "R", Wait, (), (Cooldown(1), Cooldown(2))),
        AutomationRule("r", "R", Wait, (SetDiffuser("a", light=True),)),
        AutomationRule("r", "R", Wait, (Wait(1),) * 20),
    ],
)
def test_a_rule_the_form_cannot_say_is_left_to_json(rule):
    whole = replace(rule, trigger=TimeOfDay(time(7)), actions=rule.actions or (StopEverything(),))

    assert not fits_form(write_rule(whole))


@pytest.mark.parametrize("text", ["", "[]", "{", "1", "[" * 100_000])
def test_text_that_is_no_object_comes_back_as_it_was_typed(text):
    form = MultiDictProxy(MultiDict({"edit": "json", "json": text}))

    assert read_form(form) == text


def test_a_time_that_is_no_number_is_left_to_be_refused_by_name():
    form = MultiDictProxy(MultiDict({"do-0": "wait", "minutes-0": "soon"}))

    assert read_form(form)["actions"] == [{"kind": "wait", "seconds": "soon"}]
