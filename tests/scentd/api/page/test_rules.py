"""Rules by plain forms."""

import html
import json

import pytest

from scentd.model.action import SetDiffuser
from scentd.model.rule import RuleTrace, TraceStep, Verdict
from scentd.store import documents
from tests.fakes.reading import text_of


async def test_a_rule_is_made_shown_and_deleted_by_plain_forms(member, rig):
    _, page = await member.submit(
        "/rules/new",
        name="Good night",
        enabled="on",
        edit="form",
        trigger="time_of_day",
        at="23:00",
        mode="single",
        cooldown="60",
        trigger__days=["0", "1", "2", "3", "4"],
        do__0="off",
        diffuser__0="native-a1",
        do__1="wait",
        minutes__1="5",
    )
    (rule,) = rig.house.rules.all()
    said = (
        "At 23:00 Monday to Friday, only if it has not run for 1 hour: "
        "switch Living room off, then wait 5 minutes."
    )
    assert said in html.unescape(page)

    _, form = await member.read(f"/rules/{rule.id}")
    assert 'value="23:00"' in form

    await member.submit(f"/rules/{rule.id}/enabled", enabled="off")
    assert not rig.house.rules.get(rule.id).enabled

    await member.submit(f"/rules/{rule.id}/delete")
    assert rig.house.rules.all() == ()


async def test_a_rule_is_made_from_json(member, rig):
    logic = {
        "trigger": {"kind": "time_of_day", "at": "07:00", "days": [0]},
        "actions": [{"kind": "set_diffuser", "diffuser_id": "native-a1", "light": True}],
    }
    await member.submit(
        "/rules/new", name="Light", enabled="on", edit="json", json=json.dumps(logic)
    )

    (rule,) = rig.house.rules.all()
    assert rule.actions == (SetDiffuser("native-a1", light=True),)
    _, form = await member.read(f"/rules/{rule.id}")
    assert "says more than the form can show" in form


@pytest.mark.parametrize("text", ["{", "[]", '{"trigger": 1}', '{"trigger": {"kind": "x"}}'])
async def test_json_that_is_no_rule_is_shown_again_with_its_fault(member, rig, text):
    status, page = await member.submit("/rules/new", name="Light", edit="json", json=text)

    assert status == 422
    assert 'role="alert"' in page
    assert f"{html.escape(text, quote=False)}</textarea>" in page.replace("&#34;", '"')
    assert rig.house.rules.all() == ()


async def test_the_last_runs_of_a_rule_are_told(member, rig):
    await member.submit(
        "/rules/new",
        name="Fresh",
        edit="form",
        trigger="sensor_reading",
        topic="home/bath",
        above="65",
        do__0="stop_all",
    )
    (rule,) = rig.house.rules.all()
    steps = (TraceStep("time window", "does not hold", rig.clock.now()),)
    rig.house.rules.trace_log.add(
        RuleTrace(rule.id, rig.clock.now(), "home/bath 71", Verdict.CONDITION_FAILED, steps)
    )

    _, page = await member.read(f"/rules/{rule.id}")

    assert "home/bath 71 did not run: a condition did not hold" in text_of(page)
    assert "time window: does not hold" in page


async def test_a_rule_from_the_account_that_cannot_be_used_is_shown_with_its_fault(member, rig):
    logic = {"trigger": {"kind": "full_moon"}, "conditions": [], "actions": [], "mode": "single"}

    def work(connection):
        documents.record_edit(connection, "rule", "moon", "name", "Moon")
        documents.record_edit(connection, "rule", "moon", "logic", logic)

    await rig.house.database.write(work)
    await rig.house.rules.reload()

    _, page = await member.read("/rules")

    assert "Needs a look" in page
    assert "this kind is not known here" in page
