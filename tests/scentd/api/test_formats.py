from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.api.formats import Formats
from scentd.api.words import Languages

FRIDAY = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
WORDS = Languages.load().of("en")
BERLIN = Formats(WORDS, ZoneInfo("Europe/Berlin"))


def test_moments_are_read_in_the_homes_zone():
    assert BERLIN.clock(FRIDAY) == "21:10"
    assert BERLIN.clock(time(7, 5)) == "07:05"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "21:10"),
        (timedelta(hours=21), "00:10"),
        (timedelta(hours=22), "Thu 23:10"),
        (timedelta(days=6), "Sat 21:10"),
        (timedelta(days=7), "27 February 21:10"),
    ],
)
def test_the_past_is_told_as_far_as_needed(ago, text):
    assert BERLIN.when(FRIDAY - ago, FRIDAY) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 3, 6), "today"),
        (date(2026, 3, 7), "tomorrow"),
        (date(2026, 3, 11), "Wednesday"),
        (date(2026, 3, 13), "13 March"),
        (date(2026, 3, 5), "5 March"),
    ],
)
def test_days_to_come_are_named(day, text):
    assert BERLIN.coming(day, FRIDAY) == text


def test_a_moment_soon_has_its_time():
    assert BERLIN.coming_at(FRIDAY + timedelta(hours=12), FRIDAY) == "tomorrow, 09:10"
    assert BERLIN.coming_at(FRIDAY + timedelta(days=4), FRIDAY) == "Tuesday"


def test_a_moment_today_is_its_time_alone():
    assert BERLIN.soon(FRIDAY + timedelta(hours=1), FRIDAY) == "22:10"
    assert BERLIN.soon(FRIDAY + timedelta(hours=3), FRIDAY) == "tomorrow, 00:10"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=-5), "under an hour"),
        (timedelta(minutes=59), "under an hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=17), "17 hours"),
        (timedelta(hours=36), "2 days"),
        (timedelta(days=14), "14 days"),
        (timedelta(days=21), "3 weeks"),
        (timedelta(days=120), "4 months"),
        (timedelta(days=364), "12 months"),
        (timedelta(days=366), "over a year"),
    ],
)
def test_spans_are_told_to_the_precision_people_plan_in(span, text):
    assert BERLIN.span(span) == text


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3000)))
def test_every_span_can_be_told(span):
    assert BERLIN.span(span)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1490, "EUR", "€14.90"),
        (5, "EUR", "€0.05"),
        (123456789, "USD", "$1,234,567.89"),
        (1490, "JPY", "¥1,490"),
        (1490, "KWD", "KWD1.490"),
    ],
)
def test_money_is_written_with_its_own_digits(minor, currency, text):
    assert BERLIN.money(minor, currency) == text


@pytest.mark.parametrize(
    ("microlitres", "text"), [(50_000, "50 ml"), (7_500, "7.5 ml"), (0, "0 ml")]
)
def test_oil_is_written_in_millilitres(microlitres, text):
    assert BERLIN.millilitres(microlitres) == text
