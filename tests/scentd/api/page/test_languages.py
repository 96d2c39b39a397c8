"""The hub in each of its languages: nothing is missing, and nothing stays English."""

import re
import string
from pathlib import Path

import pytest

import scentd.api
from scentd.api.words import Languages, read_texts
from scentd.automation.text import write_text
from scentd.model.action import Notify, StopEverything
from scentd.model.condition import AnyOf, Cooldown, OnDays, SomeoneHome
from scentd.model.diffuser import Availability, DiffuserState
from scentd.model.events import ScheduleMissed
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule, RuleTrace, TraceStep, Verdict
from scentd.model.schedule import RestReason, Weekday
from scentd.model.trigger import SensorReading
from scentd.store import schedules
from scentd.store.schedules import LogRow, What
from tests.fakes.reading import PAGES, text_of

TEXTS = read_texts(Path(scentd.api.__file__).parent / "languages")
OTHERS = sorted(set(TEXTS) - {"en"})
# Words that stand in nearly every English sentence, and in none of the other languages.
ENGLISH = re.compile(
    r"\b(?:the|and|is|are|with|this|that|your|when|has|have|of|it|not|to)\b", re.IGNORECASE
)
NAMES = ("The Scent",)


def facts(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_three_languages_are_offered():
    assert Languages.load().tags == ("en", "de", "es")


@pytest.mark.parametrize("tag", OTHERS)
def test_a_language_has_every_text_and_no_other(tag):
    assert sorted(TEXTS["en"].keys() - TEXTS[tag].keys()) == []
    assert sorted(TEXTS[tag].keys() - TEXTS["en"].keys()) == []


@pytest.mark.parametrize("tag", OTHERS)
def test_a_text_tells_the_same_facts_in_every_language(tag):
    differing = [
        key for key, text in TEXTS["en"].items() if facts(text) != facts(TEXTS[tag].get(key, text))
    ]

    assert differing == []


@pytest.mark.parametrize("tag", OTHERS)
async def test_no_page_keeps_an_english_sentence(member, tag):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )

    left = {}
    for path in PAGES:
        _, page = await member.read(path)
        assert f'<html lang="{tag}"' in page
        left[path] = english_in(page)
    assert {path: found for path, found in left.items() if found} == {}


@pytest.mark.parametrize("tag", OTHERS)
async def test_what_a_device_does_not_do_is_explained_without_english(member, rig, tag):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )
    rig.devices.put("native-a1", DiffuserState(availability=Availability.OFFLINE))

    status, page = await member.submit("/diffusers/native-a1/power", power="on")

    assert status == 409
    assert english_in(page) == []


@pytest.mark.parametrize("tag", OTHERS)
async def test_what_became_of_the_plan_is_told_without_english(member, rig, clock, tag):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )
    end = clock.now()
    reasons = (
        (What.STARTED, Reason("asked")),
        (What.ENDED, Reason("replanned")),
        (What.MISSED, Reason("hub_off")),
        (What.MISSED, Reason("by_hand", {"until": end.isoformat()})),
        *((What.SKIPPED, Reason(f"plan_{why.value}")) for why in RestReason),
    )
    for what, reason in reasons:
        await keep_log(rig, LogRow(end, what, "native-a1", "wake", "a", end, end, reason))
    missed = ScheduleMissed(end, "native-a1", "wake", "a", end, Reason("clock_over"))
    rig.house.bus.publish(missed)

    for path in ("/", "/schedules/wake"):
        _, page = await member.read(path)
        assert english_in(page) == []


@pytest.mark.parametrize("tag", OTHERS)
async def test_lost_connections_are_told_without_english(member, rig, tag):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )
    rig.lose_broker(Reason("broker_silent", {"where": "broker.example:1883"}))
    rig.cloud.reason = Reason("cloud_silent")
    rig.lose_cloud(3)

    for path in ("/", "/settings", "/status"):
        _, page = await member.read(path)
        assert english_in(page) == []


@pytest.mark.parametrize("tag", OTHERS)
async def test_what_rules_did_is_told_without_english(member, rig, clock, tag):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )
    asked = (OnDays(frozenset({Weekday.MONDAY})), AnyOf((Cooldown(60), SomeoneHome())))
    actions = (StopEverything(), Notify("Ah."))
    rule = AutomationRule("r", "Nest", SensorReading("bath"), actions, asked)
    await rig.house.rules.save(rule)
    rig.house.automations.run_now(rule)
    rig.topics.deliver("bath", b"71")
    late = (TraceStep("", (Reason("hub_late"),), clock.now()),)
    missed = RuleTrace("r", clock.now(), Reason("clock", {"time": "07:30"}), Verdict.MISSED, late)
    rig.house.rules.trace_log.add(missed)

    told = [await member.read(path) for path in ("/rules", "/rules/r")]
    told.append(await member.submit("/rules/r", edit="text", text=write_text(rule), dry="yes"))

    assert len(await rig.house.rules.traces("r")) == 3
    for _, page in told:
        assert english_in(page) == []


@pytest.mark.parametrize("tag", OTHERS)
async def test_forms_are_refused_without_english(member, rig, tag):
    await member.submit(
        "/settings/household", name="Lindenweg 4", zone="Europe/Berlin", language=tag
    )
    nameless = {"name": "", "t.kind": "time_of_day", "t.shown": "time_of_day", "t.at": "07:30"}
    forms = (
        ("/schedule/new", {"name": "", "diffuser_id": "native-a1"}),
        ("/schedule/new", {"name": "Abend", "diffuser_id": "none"}),
        ("/rules/new", nameless),
        ("/scenes/new", {"name": ""}),
    )

    for path, form in forms:
        status, page = await member.submit(path, **form)
        assert (path, status) == (path, 422)
        alert = re.search(r'role="alert">(.*?)</p>', page, re.DOTALL)
        assert english_in(alert[1]) == []


async def keep_log(rig, row):
    await rig.house.database.write(lambda connection: schedules.log(connection, row))


def english_in(page):
    """Give each English word there with what stands around it."""
    words = " ".join((text_of(without_choices(page)), *spoken(page)))
    for name in NAMES:
        words = words.replace(name, "")
    return [words[max(0, m.start() - 40) : m.end() + 40] for m in ENGLISH.finditer(words)]


def without_choices(page):
    """Zones and other lists of names are no sentences."""
    return re.sub(r"<(select|datalist|textarea|pre|code)\b.*?</\1>", " ", page, flags=re.DOTALL)


def spoken(page):
    return re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page)
