"""What firings of rules are told as, in each language."""

from zoneinfo import ZoneInfo

import pytest

from scentd.api.formats import Formats
from scentd.api.rulewords import RuleWords
from scentd.api.tracewords import TraceWords
from scentd.api.words import Languages
from scentd.model.english import TRACES
from scentd.model.reasons import Reason, pack, unpack
from scentd.model.rule import TraceStep
from tests.fakes.parts import FRIDAY_EVENING

LANGUAGES = Languages.load()
FACTS = {
    "diffuser": "native-a1",
    "attribute": "power",
    "value": "True",
    "button": "top",
    "topic": "bath",
    "member": "ada",
    "zone": "home",
    "name": "doorbell",
    "text": "Guten Abend",
    "seconds": 90,
    "time": "07:30",
    "weekday": "Friday",
    "date": "2026-03-06",
    "point": "sunset",
    "degrees": "4.5",
    "where": "unknown",
    "reading": "71 %",
    "percent": "12.5",
    "scene": "Calm",
    "rules": "“a” → “b”",
}
ALIKE = {"reading", "event", "scene"}
"""Nothing in them but names and numbers."""


@pytest.fixture
def say(rig):
    """Give how traces are worded in a language."""

    def words(tag):
        formats, names = Formats(LANGUAGES.of(tag), ZoneInfo("Europe/Berlin")), rig.house.activity
        rule_words = RuleWords(formats, names.names, rig.house.roster)
        return TraceWords(formats, names.names, rule_words, FRIDAY_EVENING)

    return words


@pytest.mark.parametrize("tag", ["de", "es"])
async def test_every_line_of_a_trace_is_said_in_every_language(say, tag):
    told = {code: say(tag).trigger(Reason(code, FACTS)) for code in TRACES}
    english = {code: say("en").trigger(Reason(code, FACTS)) for code in TRACES}

    assert {code for code, said in told.items() if said == english[code]} <= ALIKE


async def test_what_a_condition_was_judged_by_is_said_with_its_values(say):
    bath = Reason("measures_for", {"reading": "71 %", "seconds": 120})
    light = Reason("is", {"attribute": "power", "value": "False"})
    step = TraceStep("a, or b", (bath, light), FRIDAY_EVENING, held=False)

    said = say("de").outcome(step)

    assert said == "gilt nicht: Wert: 71 %, seit 2 Minuten; Strom: aus"


async def test_what_lasted_says_how_long(say):
    trigger = Reason("reading", {"topic": "bath", "value": "71", "for_s": 3600})

    assert say("en").trigger(trigger) == "bath: 71 for 1 hour"
    assert str(trigger) == "bath: 71, for 3600 s"


def test_reasons_are_kept_and_read_again():
    reasons = (
        Reason("never_ran"),
        Reason("ran_ago", {"seconds": 3}),
        Reason("said", {"text": "é"}),
    )

    assert unpack(pack(reasons)) == reasons


async def test_a_firing_of_before_there_were_codes_says_what_it_said(say):
    (old,) = unpack("holds: it is 60")

    assert say("de").trigger(old) == "holds: it is 60"
