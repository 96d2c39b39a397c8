from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.plot import HEIGHT, MOST_POINTS, WIDTH, draw
from scentd.model.cartridge import RunOut
from tests.fakes.furniture import a_cartridge

NOW = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
HALF = a_cartridge("a", "Cedar", 50, 50, NOW)
BERLIN = ZoneInfo("Europe/Berlin")
UNUSED = RunOut(None, None, None)


def points(text):
    return [tuple(map(float, point.split(","))) for point in text.split()]


def falling(days):
    return [(NOW - timedelta(days=day), 25_000 + 500 * day, 1_000) for day in range(days, 0, -1)]


def test_the_line_falls_and_the_band_lies_around_it():
    plot = draw(HALF, falling(10), UNUSED, NOW, BERLIN)

    line, band = points(plot.line), points(plot.band)
    assert [y for _, y in line] == sorted(y for _, y in line)
    assert len(band) == 2 * len(line)
    assert all(upper <= y for (_, y), (_, upper) in zip(line, band, strict=False))


def test_the_forecast_goes_on_where_the_line_ends_and_reaches_the_ground():
    run_out = RunOut(NOW + timedelta(days=8), NOW + timedelta(days=10), NOW + timedelta(days=14))

    plot = draw(HALF, falling(10), run_out, NOW, BERLIN)

    ahead = points(plot.forecast)
    assert ahead[0] == points(plot.line)[-1]
    assert ahead[-1][1] == HEIGHT - 26
    assert plot.forecast_band


def test_a_cartridge_nobody_uses_has_no_forecast():
    plot = draw(HALF, [], UNUSED, NOW, BERLIN)

    assert (plot.forecast, plot.forecast_band) == ("", "")


@pytest.mark.parametrize(("days", "marks"), [(1, (5, 2)), (4, (6, 6)), (20, (7, 7)), (200, (7, 7))])
def test_the_days_are_marked_at_local_midnight_and_never_crowd(days, marks):
    history = [(NOW - timedelta(days=days), 30_000, 1_000)]

    ticks = draw(HALF, history, UNUSED, NOW, BERLIN).days

    midnights = [tick for tick in ticks if tick.is_midnight]
    assert all(tick.moment.astimezone(BERLIN).hour in {0, 12} for tick in ticks)
    assert len(ticks) <= marks[0]
    assert len(midnights) <= marks[1]
    gaps = [later.at - earlier.at for earlier, later in pairwise(ticks)]
    assert all(gap > 60 for gap in gaps)


@given(
    days=st.integers(0, 400),
    ahead=st.one_of(st.none(), st.integers(-5, 500)),
    left=st.integers(0, 50_000),
)
def test_every_point_lies_within_the_picture(days, ahead, left):
    cartridge = replace(HALF, remaining_ul=left)
    moment = None if ahead is None else NOW + timedelta(days=ahead)
    history = [(NOW - timedelta(hours=h), left, 900) for h in range(days * 3, 0, -1)]

    plot = draw(cartridge, history, RunOut(moment, moment, moment), NOW, BERLIN)

    assert len(points(plot.line)) <= MOST_POINTS
    assert all(0 <= tick.at <= WIDTH for tick in plot.days)
    for text in (plot.line, plot.band, plot.forecast, plot.forecast_band):
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points(text))
