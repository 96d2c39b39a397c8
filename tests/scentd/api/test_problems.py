"""What is wrong with a rule, a scene or a schedule, told in the reader's language."""

from zoneinfo import ZoneInfo

import pytest

from scentd.api.formats import Formats
from scentd.api.refusals import refusal
from scentd.api.words import Languages
from scentd.automation.errors import RuleInvalid, RuleNeedsUpdate, SceneInvalid
from scentd.automation.reading import read_rule
from scentd.automation.scenes import read_scene
from scentd.automation.text import read_text
from scentd.model.parsing import Problem
from scentd.schedules.errors import ScheduleInvalid
from scentd.schedules.reading import read_schedule
from tests.fakes.parts import FRIDAY_EVENING

LANGUAGES = Languages.load()
LAMP = {"kind": "set_diffuser", "diffuser_id": "lamp", "power": True}
BATH = {"kind": "sensor_reading", "topic": "bath"}
MORNING = {"kind": "time_of_day", "at": "07:30"}
WINDOW = {"id": "a", "start": "07:00", "end": "08:00", "days": [0]}


def rule(**parts):
    return {"name": "Nest", "trigger": BATH, "actions": [LAMP], **parts}


def asking(**condition):
    return rule(conditions=[condition])


RULES = (
    rule(name=" "),
    rule(actions=[]),
    rule(actions=[{"kind": "set_diffuser", "diffuser_id": "lamp"}]),
    rule(actions=[{**LAMP, "diffuser_id": "gone"}]),
    rule(actions=[{**LAMP, "intensity_percent": 101}]),
    rule(actions=[{"kind": "wait", "seconds": 0}]),
    rule(actions=[{"kind": "notify", "text": " "}]),
    rule(actions=[{"kind": "scene", "scene_id": "gone"}]),
    rule(trigger={**BATH, "topic": ""}),
    rule(trigger={**BATH, "topic": "a/#"}),
    rule(trigger={"kind": "voice_command", "phrases": []}),
    rule(trigger={"kind": "time_of_day"}),
    rule(trigger={"kind": "moonrise"}),
    rule(trigger={**MORNING, "at": "late"}),
    rule(colour="blue"),
    rule(trigger={**MORNING, "days": []}),
    asking(kind="sensor_is", topic="bath"),
    asking(kind="sensor_is", topic="bath", above=5, below=4),
    asking(kind="level_above", diffuser_id="lamp", percent=101),
)
SCENES = (
    {"name": "", "states": []},
    {"name": "Calm", "states": []},
    {"name": "Calm", "states": [{"diffuser_id": "lamp"}]},
    {"name": "Calm", "states": [{"diffuser_id": "gone", "power": True}]},
)
SCHEDULES = (
    {"name": "", "diffuser_id": "lamp", "entries": []},
    {"name": "Nest", "diffuser_id": "gone", "entries": []},
    {"name": "Nest", "diffuser_id": "lamp", "entries": [{**WINDOW, "days": []}]},
    {"name": "Nest", "diffuser_id": "lamp", "entries": [{**WINDOW, "start": "07:00:30"}]},
    {"name": "Nest", "diffuser_id": "lamp", "entries": [{**WINDOW, "intensity_percent": 0}]},
)
KNOWN = {"diffusers": {"lamp"}}


def refused(kind, read, raw):
    with pytest.raises(kind) as caught:
        read(raw)
    return caught.value


FOUND = (
    *(
        refused(RuleInvalid, lambda raw: read_rule(raw, **KNOWN, scenes=set(), rule_id="r"), raw)
        for raw in RULES
    ),
    RuleNeedsUpdate(Problem("trigger.kind", "odd", "Odd."), {"trigger": {"kind": "full_moon"}}),
    *(refused(SceneInvalid, lambda raw: read_scene(raw, **KNOWN, scene_id="s"), r) for r in SCENES),
    *(
        refused(ScheduleInvalid, lambda raw: read_schedule(raw, **KNOWN, schedule_id="s"), raw)
        for raw in SCHEDULES
    ),
)


def told(error, tag):
    return refusal(error, Formats(LANGUAGES.of(tag), ZoneInfo("Europe/Berlin")), FRIDAY_EVENING)


@pytest.mark.parametrize("tag", ["de", "es"])
def test_each_problem_is_told_in_every_language(tag):
    alike = [
        str(error)
        for error in FOUND
        if told(error, tag).message == error.message or told(error, tag).hint == error.hint
    ]

    assert alike == []


def test_a_problem_names_its_field_and_what_it_is_of():
    said = told(FOUND[0], "de")

    assert said.message == (
        "Die Regel ist so nicht zu gebrauchen (name): Ein Name hat 1 bis 120 Zeichen."
    )
    assert (said.code, said.field) == ("rule_invalid", "name")


def test_a_problem_of_a_text_names_its_line():
    text = "name: ''\ntrigger: {kind: sensor_reading, topic: bath}\nactions: []\n"
    error = refused(RuleInvalid, lambda raw: read_text(raw, **KNOWN, rule_id="r"), text)

    assert told(error, "es").message.startswith("Línea ")
    assert told(error, "en").message == error.message
