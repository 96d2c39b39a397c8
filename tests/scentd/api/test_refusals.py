"""What is refused is told in the reader's language, with the facts of the case."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scentd.api import errors
from scentd.api.formats import Formats
from scentd.api.refusals import refusal
from scentd.api.words import Languages
from scentd.automation.errors import RuleUnknown, SceneUnknown
from scentd.cartridges.errors import CartridgeInvalid, NothingToAnswer
from scentd.cartridges.fitting import check_fitting
from scentd.devices.errors import BrokerAway, NameUnusable, ProfileUnknown
from scentd.model.cartridge import SlotKey
from scentd.model.errors import CartridgeNotFitted, DiffuserUnknown, ScentdError
from scentd.model.reasons import Reason
from scentd.presence.errors import (
    HomeZoneFixed,
    MemberUnknown,
    TooManyPlaces,
    TrackerUnknown,
    ZoneUnknown,
)
from scentd.schedules.errors import NothingToSkip, ScheduleUnknown
from scentd.store.errors import EditsFull, EditTooLarge, StoreClosed, StoreFull
from scentd.sync.errors import (
    CloudRefused,
    CloudTooSlow,
    CloudUnreachable,
    HubNotPaired,
    NoCloudConfigured,
)
from tests.fakes.parts import FRIDAY_EVENING

LANGUAGES = Languages.load()
LONG = "x" * 300
UNFIT = (
    {"sku": "x" * 300},
    {"scent_name": " "},
    {"capacity_ul": 0},
    {"remaining_ul": -1},
)


def unfit_cartridge(**unfit):
    said = {"sku": None, "scent_name": "Cedar", "capacity_ul": 30_000, "remaining_ul": None}
    with pytest.raises(CartridgeInvalid) as refused:
        check_fitting(**{**said, **unfit})
    return refused.value


MET = (
    errors.BadRequest(),
    errors.SignInNeeded(),
    errors.TokenRefused(),
    errors.ScopeMissing("control"),
    errors.MembersOnly(),
    errors.PinWrong(),
    errors.PinUnfit(),
    errors.PinTooPlain(),
    errors.TooManyTries(90),
    errors.LinkRefused(),
    errors.NotAllowedHere("203.0.113.9"),
    errors.SceneInPart("Study: …"),
    errors.HostUnknown(LONG),
    errors.OriginRefused(LONG),
    errors.CsrfRefused(),
    errors.NotFound(f"/{LONG}"),
    errors.MethodUnfit("PUT", "GET, POST"),
    errors.BodyTooLarge(65_536),
    errors.BodyNotJson(),
    errors.InternalFault(),
    errors.NoCloud(),
    errors.WishRefused(Reason("unreachable")),
    errors.TokenUnknown(LONG),
    errors.ReorderUnknown("native-a1:1"),
    errors.EventNameRefused("hub.on"),
    errors.BodyInvalid("This is no date.", "Write it as 2026-12-24.", Reason("no_date")),
    errors.BodyInvalid(
        "The light cannot be set to “x”.",
        "Use the fields on the device's page.",
        Reason("no_light", {"said": "x"}),
    ),
    ProfileUnknown("tasmota-b2", "gd30w"),
    BrokerAway(),
    NameUnusable("name", 80),
    NameUnusable("room", 80),
    EditTooLarge("name", 70_000, 65_536),
    *(unfit_cartridge(**unfit) for unfit in UNFIT),
    NoCloudConfigured(),
    CloudUnreachable("silent", "nothing answers there"),
    CloudTooSlow(10.0),
    CloudRefused(409, "too_many", "", ""),
    HubNotPaired(),
    DiffuserUnknown("native-a1"),
    CartridgeNotFitted("native-a1", 2),
    ScheduleUnknown("evening"),
    RuleUnknown("rain"),
    SceneUnknown("dinner"),
    MemberUnknown("ada"),
    ZoneUnknown("work"),
    TrackerUnknown("phone"),
    HomeZoneFixed(),
    TooManyPlaces(50),
    StoreFull(Path("hub.db")),
    StoreClosed(Path("hub.db")),
    EditsFull(500),
    NothingToAnswer(SlotKey("native-a1", 2)),
    NothingToSkip("evening"),
)


def in_language(error, tag):
    return refusal(error, Formats(LANGUAGES.of(tag), ZoneInfo("Europe/Berlin")), FRIDAY_EVENING)


def ids(error):
    because = error.because
    return error.code if because is None else f"{error.code}-{because.code}"


@pytest.mark.parametrize("error", MET, ids=ids)
def test_english_says_what_the_error_says_itself(error):
    told = in_language(error, "en")

    assert (told.message, told.hint) == (error.message, error.hint)


@pytest.mark.parametrize("tag", ["de", "es"])
@pytest.mark.parametrize("error", MET, ids=ids)
def test_other_languages_tell_it_in_their_own_words(error, tag):
    told = in_language(error, tag)

    assert told.code == error.code
    assert told.field == error.field
    assert told.message != error.message
    assert told.hint != error.hint
    assert len(told.message) < 300


def test_every_code_the_page_has_a_status_for_has_words():
    assert {error.code for error in MET} >= set(errors.STATUS)


def test_what_has_no_words_keeps_its_own():
    class Odd(ScentdError):
        code = "odd"

    told = in_language(Odd("Odd.", "Look.", field="name"), "de")

    assert (str(told), told.field) == ("Odd. Look.", "name")


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("de", "de"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en;q=0.3, de;q=0.7", "de"),
        ("fr, DE-at;q=0.5", "de"),
        ("fr", None),
        ("de;q=0, en;q=0.1", "en"),
        ("de;q=nan", None),
        ("", None),
        (";;;,q=,=", None),
    ],
)
def test_a_browser_is_answered_in_the_language_it_likes_best(accepted, spoken):
    words = LANGUAGES.preferred(accepted)

    assert (words.language if words else None) == spoken


async def test_who_is_not_known_yet_signs_in_in_the_browsers_language(nobody):
    german = {"Accept": "text/html", "Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}

    async with nobody.session.get("/sign-in", headers=german) as answer:
        page = await answer.text()

    assert '<html lang="de"' in page


async def test_a_member_reads_refusals_in_the_households_language(member):
    await member.submit("/settings/household", name="Casa", zone="Europe/Madrid", language="es")
    english = {"Accept": "text/html", "Accept-Language": "en"}

    async with member.session.get("/nowhere", headers=english) as answer:
        page = await answer.text()
    async with member.session.get("/api/v1/diffusers/none") as answer:
        told = await answer.json()

    assert "No hay nada en /nowhere." in page
    assert told["code"] == "diffuser_unknown"
    assert told["message"] == "No hay ningún difusor «none»."
