"""Rules by form and by text, tried, run by hand, and what became of them."""

import html
import re
from dataclasses import replace

import pytest
from multidict import MultiDict

from scentd.api.page.ruleform import fill
from scentd.automation.reading import write_rule
from scentd.model.action import ActivateScene, SetDiffuser, WaitUntil
from scentd.model.condition import (
    AnyOf,
    DeviceStateIs,
    MemberIs,
    NotSo,
    SensorIs,
    SomeoneHome,
    SunWindow,
)
from scentd.model.diffuser import Availability
from scentd.model.presence import Member, Zone
from scentd.model.reasons import Reason
from scentd.model.rule import RuleTrace, TraceStep, Verdict
from scentd.model.trigger import (
    AppEvent,
    DeviceStateChange,
    SensorReading,
    Sunset,
    UserEntersLocation,
    VoiceCommand,
)
from scentd.store import documents
from tests.fakes.reading import text_of
from tests.fakes.rules import rule, say

NIGHT = {
    "name": "Good night",
    "enabled": "on",
    "edit": "form",
    "mode": "single",
    "t.kind": "time_of_day",
    "t.shown": "time_of_day",
    "t.at": "23:00",
    "t.days": ["0", "1", "2", "3", "4"],
    "c.0.kind": "cooldown",
    "c.0.shown": "cooldown",
    "c.0.seconds": "60",
    "a.0.kind": "set_diffuser",
    "a.0.shown": "set_diffuser",
    "a.0.diffuser_id": "native-a1",
    "a.0.power": "off",
    "a.1.kind": "wait",
    "a.1.shown": "wait",
    "a.1.seconds": "5",
}
LAMP = "native-a1"
EVERYTHING = (
    rule(Sunset("dusk", -30), say("t"), conditions=(SunWindow(before="sunrise"),)),
    rule(UserEntersLocation(first=True), SetDiffuser(LAMP, power=True, for_s=90)),
    rule(VoiceCommand(("Good night", "Night night"), "en"), say("t", "a\nb")),
    rule(AppEvent("bell", {"door": "front", "n": 1, "s": "1"}), say("t")),
    rule(
        SensorReading("air", "voc", above=21.5, unit="°C", sensor_unit="°F", for_s=60),
        WaitUntil(NotSo(SensorIs("air", "voc", above=20.0, unit="°C")), 30, go_on=False),
        conditions=(
            AnyOf((SomeoneHome(), NotSo(DeviceStateIs(LAMP, "power", value=True)))),
            DeviceStateIs(LAMP, "fault", value="true"),
        ),
    ),
    rule(DeviceStateChange(LAMP, "intensity_percent", 60, 30, 3600), say("t")),
)


def fields_of(page: str) -> MultiDict[str]:
    """What a browser would send of the rule's form, by its save button."""
    form = page[page.index('id="rule-form"') :].partition("</form>")[0]
    sent: MultiDict[str] = MultiDict()
    pattern = r"<(input|select|textarea)\b([^>]*)>(.*?)(?=<input|<select|<textarea|$)"
    for tag, attributes, rest in re.findall(pattern, form, re.DOTALL):
        named = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        name = html.unescape(named.get("name", ""))
        if tag == "select":
            options = re.findall(r'<option value="([^"]*)"( selected)?>', rest)
            chosen = [value for value, selected in options if selected] or [options[0][0]]
            sent.add(name, html.unescape(chosen[0]))
        elif tag == "textarea":
            text = html.unescape(rest.partition("</textarea>")[0])
            sent.add(name, re.sub(r"\r?\n", "\r\n", text))
        elif named.get("type") != "checkbox":
            sent.add(name, html.unescape(named.get("value", "")))
        elif " checked" in attributes:
            sent.add(name, html.unescape(named.get("value", "on")))
    return sent


async def test_a_rule_is_made_shown_and_deleted_by_plain_forms(member, rig):
    _, page = await member.submit("/rules/new", **NIGHT)
    (made,) = rig.house.rules.all()
    said = (
        "At 23:00 Monday to Friday, only if it has not run for 1 hour: "
        "switch Living room off, then wait 5 minutes."
    )
    assert said in html.unescape(page)

    _, form = await member.read(f"/rules/{made.id}")
    assert 'value="23:00"' in form

    await member.submit(f"/rules/{made.id}/enabled", enabled="off")
    assert not rig.house.rules.get(made.id).enabled

    await member.submit(f"/rules/{made.id}/delete")
    assert rig.house.rules.all() == ()


@pytest.mark.parametrize("kept", EVERYTHING, ids=lambda one: one.trigger.kind)
async def test_the_page_shows_what_the_form_means(member, rig, kept):
    await rig.house.rules.save(kept)

    _, page = await member.read("/rules/r")
    sent = fields_of(page)

    meant = fill(write_rule(kept))
    assert {name: sent.getall(name) for name in meant} == {
        name: meant.getall(name) for name in meant
    }
    await member.submit("/rules/r", **{name: sent.getall(name) for name in sent if name != "csrf"})
    assert rig.house.rules.get("r") == kept


async def test_a_part_is_added_changed_and_removed_without_a_script(member, rig):
    status, page = await member.submit("/rules/new", **NIGHT, add="c")
    assert status == 200
    assert 'name="c.1.kind"' in page
    assert 'id="c.1.kind" name="c.1.kind" data-reshapes autofocus' in page

    more = {**NIGHT, "c.1.kind": "sun_elevation", "c.1.shown": "time_window"}
    _, page = await member.submit("/rules/new", **more, refresh="c.1.kind")
    assert 'name="c.1.above"' in page
    assert 'name="c.1.start"' not in page

    _, page = await member.submit("/rules/new", **more, remove="c.0")
    assert 'name="c.1.kind"' not in page
    assert 'value="Good night"' in page
    assert rig.house.rules.all() == ()


async def test_what_is_refused_names_its_field_and_keeps_what_was_typed(member, rig):
    status, page = await member.submit("/rules/new", **{**NIGHT, "c.0.seconds": "a while"})

    assert status == 422
    assert 'role="alert"' in page
    assert "conditions[0].seconds" in page
    assert 'value="a while"' in page
    assert rig.house.rules.all() == ()


async def test_a_rule_turns_into_text_and_back(member, rig):
    _, page = await member.submit("/rules/new", **NIGHT, **{"as": "text"})
    text = fields_of(page)["text"]
    assert "kind: time_of_day" in text

    _, page = await member.submit("/rules/new", edit="text", text=text, **{"as": "form"})
    assert 'value="23:00"' in page

    await member.submit("/rules/new", edit="text", text=text.replace("23:00", "22:15"))
    (made,) = rig.house.rules.all()
    assert f"{made.trigger.at:%H:%M}" == "22:15"


@pytest.mark.parametrize("text", ["{", "name: x\ntrigger: 1", "- a\n", "name: on\nname: off"])
async def test_a_text_that_is_no_rule_is_shown_again_with_its_line(member, rig, text):
    status, page = await member.submit("/rules/new", edit="text", text=text)

    assert status == 422
    assert re.search(r'role="alert"><strong>Line \d', page)
    assert f"{html.escape(text, quote=False)}</textarea>" in page.replace("&#34;", '"')
    assert rig.house.rules.all() == ()


async def test_a_rule_no_form_can_hold_is_edited_as_text(member, rig):
    await rig.house.rules.save(rule(AppEvent("bell"), say("topic with\nline")))

    _, page = await member.read("/rules/r")

    assert '<textarea id="text"' in page


async def test_a_rule_is_tried_on_what_was_recorded(member, rig):
    await rig.house.rules.save(rule(SensorReading("bath", above=65), say("t")))
    for value in (b"60", b"70", b"50", b"80"):
        rig.topics.deliver("bath", value)
        await rig.clock.advance(60)
    _, form = await member.read("/rules/r")
    sent = {name: value for name, value in fields_of(form).items() if name != "csrf"}

    _, page = await member.submit("/rules/r", **{**sent, "t.above": "75"}, dry="yes")

    assert "It would have run 1 time, here. It was set off 1 time." in text_of(page)
    assert page.count("<circle") == 1
    assert rig.house.rules.get("r").trigger.above == 65


async def test_a_trial_says_what_it_cannot_know(member):
    spoken = {**NIGHT, "t.kind": "voice_command", "t.shown": "voice_command", "t.phrases": "Hi"}
    _, page = await member.submit("/rules/new", **spoken, dry="yes")
    assert "What people say is never recorded" in page

    heard = {**NIGHT, "t.kind": "sensor_reading", "t.shown": "sensor_reading", "t.topic": "attic"}
    _, page = await member.submit("/rules/new", **heard, dry="yes")
    assert "Nothing is recorded on attic" in page


async def test_the_last_runs_of_a_rule_are_told_with_the_value_of_each_condition(member, rig):
    await rig.house.rules.save(rule(SensorReading("bath"), say("t")))
    now = rig.clock.now()
    friday = (Reason("weekday", {"weekday": "Friday"}),)
    steps = (TraceStep("time window", friday, now, held=False),)
    bath = Reason("reading", {"topic": "bath", "value": "71"})
    rig.house.rules.trace_log.add(RuleTrace("r", now, bath, Verdict.CONDITION_FAILED, steps))

    _, page = await member.read("/rules/r")
    _, listed = await member.read("/rules")

    assert "did not run: a condition did not hold" in text_of(page)
    assert "<td>time window</td><td>does not hold: it is Friday</td>" in page
    assert "bath: 71: did not run: a condition did not hold" in text_of(listed)


async def test_members_and_places_go_by_their_names(member, rig):
    await rig.house.roster.save_member(Member("m1", "Ada"))
    await rig.house.roster.save_zone(Zone("z1", "Work", 52.5, 13.4, 200))
    kept = rule(UserEntersLocation("m1", "z1"), say("t"), conditions=(MemberIs("m1", "away"),))
    await rig.house.rules.save(kept)

    _, listed = await member.read("/rules")
    _, form = await member.read("/rules/r")

    assert "When Ada comes to Work, only if Ada is away" in text_of(listed)
    assert '<option value="m1" selected>Ada</option>' in form
    assert '<option value="z1" selected>Work</option>' in form


async def test_a_rule_is_run_by_hand(member, rig):
    await rig.house.rules.save(rule(AppEvent("bell"), say("t"), enabled=False))

    await member.submit("/rules/r/run")

    assert [message.topic for message in rig.topics.published] == ["t"]


async def test_a_scene_is_made_set_and_called_by_a_rule(member, rig):
    fields = {f"power-{LAMP}": "on", f"intensity-{LAMP}": "60"}
    _, page = await member.submit("/scenes/new", name="Guests", **fields)
    (scene,) = rig.house.scenes.all()
    assert "switch Living room on at 60 %" in text_of(page)

    await member.submit(f"/scenes/{scene.id}/activate")
    assert rig.devices.state(LAMP).reported.power

    calling = {**NIGHT, "a.0.kind": "scene", "a.0.shown": "scene", "a.0.scene_id": scene.id}
    _, page = await member.submit("/rules/new", **calling)
    (made,) = rig.house.rules.all()
    assert made.actions[0] == ActivateScene(scene.id)
    assert "set the scene Guests" in page

    status, page = await member.submit(f"/scenes/{scene.id}", name="Guests")
    assert (status, "a scene sets 1 to 64 diffusers" in page) == (422, True)
    await member.submit(f"/scenes/{scene.id}/delete")
    assert rig.house.scenes.all() == ()


async def test_a_scene_says_which_diffuser_did_not_take_it_on(member, rig):
    fields = {f"power-{one.id}": "on" for one in rig.house.diffusers.all()}
    await member.submit("/scenes/new", name="Guests", **fields)
    (scene,) = rig.house.scenes.all()
    before = rig.devices.state(LAMP)
    rig.devices.put(LAMP, replace(before, availability=Availability.OFFLINE))

    status, page = await member.submit(f"/scenes/{scene.id}/activate")

    assert status == 409
    assert "Not every diffuser took the scene on. Living room:" in text_of(page)
    others = [one.id for one in rig.house.diffusers.all() if one.id != LAMP]
    assert all(rig.devices.state(one).reported.power for one in others)


async def test_a_rule_from_the_account_that_cannot_be_used_is_shown_with_its_fault(member, rig):
    logic = {"trigger": {"kind": "full_moon"}, "conditions": [], "actions": [], "mode": "single"}

    def work(connection):
        documents.record_edit(connection, "rule", "moon", "name", "Moon")
        documents.record_edit(connection, "rule", "moon", "logic", logic)

    await rig.house.database.write(work)
    await rig.house.rules.reload()

    _, page = await member.read("/rules")

    assert "Needs a look" in page
    assert "full_moon" in page
    assert "Update the hub" in page
