"""Why something went as it did, in each language."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scentd.api.formats import Formats
from scentd.api.reasonwords import tell_now, tell_then
from scentd.api.words import Languages
from scentd.model.errors import DiffuserUnknown
from scentd.model.reasons import CODES, Reason, pack, unpack
from tests.fakes.parts import FRIDAY_EVENING

LANGUAGES = Languages.load()
FACTS = {
    "limit": 60,
    "minutes": 12,
    "scent": "Cedar",
    "error": "empty",
    "text": "",
    "until": (FRIDAY_EVENING + timedelta(hours=1)).isoformat(),
}
WORDLESS = {"said"}
"""Its text comes from elsewhere, whole."""


def formats(tag):
    return Formats(LANGUAGES.of(tag), ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("tag", ["de", "es"])
@pytest.mark.parametrize("tell", [tell_now, tell_then])
@pytest.mark.parametrize("code", sorted(CODES - WORDLESS))
def test_every_reason_is_said_in_every_language(code, tell, tag):
    reason = Reason(code, FACTS)

    said = tell(reason, formats(tag), FRIDAY_EVENING)

    assert said != tell(reason, formats("en"), FRIDAY_EVENING)
    assert said != str(reason)


def test_a_moment_is_said_in_the_homes_zone():
    said = tell_now(Reason("by_hand", FACTS), formats("de"), FRIDAY_EVENING)

    assert said == "Jemand hat es von Hand gestellt; das gilt bis 22:10."


def test_what_an_error_stood_in_the_way_of_is_said_with_its_words():
    reason = DiffuserUnknown("attic").as_reason()
    kept = unpack(pack((reason,)))[0]

    said = tell_then(kept, formats("de"), FRIDAY_EVENING)

    assert str(reason) == "There is no diffuser “attic”."
    assert said == "Einen Diffuser „attic“ gibt es nicht."


def test_why_a_device_refused_is_said_as_its_fault_is():
    said = tell_then(Reason("device_refused", {"error": "tilt"}), formats("es"), FRIDAY_EVENING)

    assert said.startswith("El aparato se negó: ")
    assert "tilt" not in said


def test_what_comes_from_elsewhere_is_said_as_it_is():
    assert tell_then(Reason("said", {"text": "Odd."}), formats("de"), FRIDAY_EVENING) == "Odd."
