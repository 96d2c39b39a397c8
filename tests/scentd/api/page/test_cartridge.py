"""The page of a cartridge: what it says of its level, what it asks, and what it keeps."""

import html
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scentd.api.formats import Formats
from scentd.api.page.knowledge import reasons
from scentd.api.words import Languages
from scentd.model.cartridge import Forecast, Knowledge, RunOut, SlotKey
from scentd.model.diffuser import LevelQuality
from tests.fakes.furniture import a_cartridge
from tests.fakes.parts import FRIDAY_EVENING
from tests.fakes.reading import text_of

PAGE = "/cartridges/native-c3/1"
SLOT = SlotKey("native-c3")
KNOWN = Knowledge(1.12, 0.06, 2, None, is_feeding=True)
FORMATS = Formats(Languages.load().of("en"), ZoneInfo("Europe/Berlin"))
NEVER = RunOut(None, None, None)


async def test_it_says_how_sure_the_level_is_and_why(member):
    _, page = await member.read(PAGE)

    words = html.unescape(text_of(page))
    assert "How sure is this, and why" in words
    assert "Nothing measures the level" in words
    assert "It uses 12 % more oil than its maker says." in words
    assert "Learnt from 2 readings and refills, give or take 6 %." in words


async def test_the_same_stands_in_a_table(member):
    _, page = await member.read(PAGE)

    assert '<table class="levels">' in page
    assert page.count('<th scope="row">') >= 6


async def test_what_was_left_in_the_old_one_is_kept(member, rig):
    await member.submit(
        PAGE, scent_name="Fig", capacity_ml="30", remaining_ml="", sku="", taken_out_ml="0"
    )
    await member.submit(
        PAGE, scent_name="Fig", capacity_ml="30", remaining_ml="", sku="", taken_out_ml=""
    )

    assert rig.cartridges.taken_out_ul == [0, None]


async def test_a_level_that_rose_is_asked_about_and_a_yes_is_a_refill(member, rig):
    rig.cartridges.known[SLOT] = replace(KNOWN, risen_ul=29_000)
    _, asked = await member.read(PAGE)

    _, page = await member.submit(f"{PAGE}/rise", refilled="yes")

    assert "Did somebody refill it?" in asked
    assert "A new cartridge is fitted." in page
    assert rig.cartridges.get(SLOT).remaining_ul == 29_000
    assert "Did somebody refill it?" not in page


async def test_an_answer_that_comes_too_late_says_so(member):
    _, page = await member.submit(f"{PAGE}/rise", refilled="no")

    assert "That question is answered already." in page


async def test_still_oil_lets_it_go_on(member, rig):
    rig.cartridges.known[SLOT] = replace(KNOWN, is_empty=True)
    _, asked = await member.read(PAGE)

    _, page = await member.submit(f"{PAGE}/still-oil")

    assert "Yes, there is still oil" in asked
    assert "Noted: it goes on." in page
    assert "Yes, there is still oil" not in page


async def test_a_bottle_somebody_sees_empty_lets_the_device_rest(member, rig):
    _, asked = await member.read(PAGE)

    _, page = await member.submit(f"{PAGE}/empty")

    assert "No, it is empty" in asked
    assert "Noted: the device rests until you refill it." in page
    assert "No, it is empty" not in page
    assert "Yes, there is still oil" in page
    assert rig.cartridges.knowledge(SLOT).is_empty


async def test_a_suspected_bottle_is_explained(member, rig):
    rig.cartridges.known[SLOT] = replace(KNOWN, is_suspected=True)

    _, page = await member.read(PAGE)

    assert "Nothing is ordered for that." in text_of(page)


@pytest.mark.parametrize(
    ("known", "forecast", "says"),
    [
        (replace(KNOWN, falls=0), Forecast(NEVER), "the maker's word so far"),
        (replace(KNOWN, rate_factor=1.01), Forecast(NEVER), "as fast as its maker says"),
        (replace(KNOWN, rate_factor=0.7), Forecast(NEVER), "30 % less oil"),
        (KNOWN, Forecast(NEVER), "no end in sight"),
        (KNOWN, Forecast(NEVER, (), 400, 0), "0.4 ml, all of it by your schedules"),
        (KNOWN, Forecast(NEVER, (), 0, 300), "switched on by hand"),
        (KNOWN, Forecast(NEVER, (), 400, 100), "0.4 ml by your schedules and 0.1 ml by hand"),
        (KNOWN, Forecast(NEVER, (), 400, -100), "0.1 ml of it is usually switched off early"),
        (replace(KNOWN, is_feeding=False), Forecast(NEVER), "The other cartridge is used first"),
        (replace(KNOWN, heard_s=60.0), Forecast(NEVER), "since then the hub reckons on"),
        (KNOWN, Forecast(NEVER, (), 400, 0, 30, 31.2), "31 hours of running"),
    ],
)
def test_each_reason_has_its_sentence(known, forecast, says):
    now = FRIDAY_EVENING

    told = reasons(a_cartridge("a", "Cedar", 50, 50, now), known, forecast, FORMATS, now)

    assert any(says in sentence for sentence in told)


def test_a_measured_level_says_when_it_was_heard():
    now = FRIDAY_EVENING
    measured = replace(a_cartridge("a", "Fig", 50, 50, now), quality=LevelQuality.MEASURED)
    known = replace(KNOWN, heard_s=timedelta(minutes=5).total_seconds())

    (first, *_) = reasons(measured, known, Forecast(NEVER), FORMATS, now)

    assert first.startswith("The device measures the level; last heard")
