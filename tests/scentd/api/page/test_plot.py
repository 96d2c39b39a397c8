from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.plot import BOTTOM, HEIGHT, MOST_POINTS, WIDTH, draw
from scentd.model.cartridge import FanPoint, FittedBy, Fitting, Forecast, RunOut
from tests.fakes.furniture import a_cartridge

NOW = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
HALF = a_cartridge("a", "Cedar", 50, 50, NOW)
BERLIN = ZoneInfo("Europe/Berlin")
UNUSED = Forecast(RunOut(None, None, None))


def ahead(early, middle, late):
    """A forecast that falls straight to its three ends, in days."""
    ends = [NOW + timedelta(days=days) for days in (early, middle, late)]
    left = HALF.remaining_ul
    fan = tuple(
        FanPoint(NOW + timedelta(days=day), *(left * (1 - day / e) for e in (early, middle, late)))
        for day in range(late + 1)
    )
    return Forecast(RunOut(*ends), fan)


def points(text):
    return [tuple(map(float, point.split(","))) for point in text.split()]


def falling(days):
    return [(NOW - timedelta(days=day), 25_000 + 500 * day, 1_000) for day in range(days, 0, -1)]


def test_the_line_falls_and_the_band_lies_around_it():
    plot = draw(HALF, falling(10), UNUSED, NOW, BERLIN)

    (line,), (band,) = map(points, plot.lines), map(points, plot.bands)
    assert [y for _, y in line] == sorted(y for _, y in line)
    assert len(band) == 2 * len(line)
    assert all(upper <= y for (_, y), (_, upper) in zip(line, band, strict=False))


def test_the_forecast_goes_on_where_the_line_ends_and_reaches_the_ground():
    plot = draw(HALF, falling(10), ahead(8, 10, 14), NOW, BERLIN)

    way = points(plot.forecast)
    assert way[0] == points(plot.lines[-1])[-1]
    assert way[-1][1] == HEIGHT - BOTTOM
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
    end=st.one_of(st.none(), st.integers(1, 500)),
    left=st.integers(0, 50_000),
)
def test_every_point_lies_within_the_picture(days, end, left):
    cartridge = replace(HALF, remaining_ul=left)
    forecast = UNUSED if end is None else ahead(end, end + 1, end + 2)
    history = [(NOW - timedelta(hours=h), left, 900) for h in range(days * 3, 0, -1)]

    plot = draw(cartridge, history, forecast, NOW, BERLIN)

    assert len(points(plot.lines[0])) <= MOST_POINTS
    assert all(0 <= tick.at <= WIDTH for tick in plot.days)
    for text in (*plot.lines, *plot.bands, plot.forecast, plot.forecast_band):
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points(text))


def test_a_refill_begins_a_new_line_and_is_marked():
    history = [
        *[(NOW - timedelta(days=day), 1_000 * day, 500) for day in range(20, 10, -1)],
        *[(NOW - timedelta(days=day), 25_000 + 2_000 * day, 500) for day in range(10, 0, -1)],
    ]
    refill = Fitting(NOW - timedelta(days=10), FittedBy.HOUSEHOLD, "Cedar")

    plot = draw(HALF, history, UNUSED, NOW, BERLIN, fittings=[refill])

    assert len(plot.lines) == len(plot.bands) == 2
    assert points(plot.lines[1])[0][0] == plot.fittings[0].at
    assert [row.is_fitting for row in plot.rows].count(True) == 1


def test_the_table_says_the_same_as_the_picture():
    plot = draw(HALF, falling(10), ahead(8, 10, 14), NOW, BERLIN)

    past = [row for row in plot.rows if not row.is_ahead]
    coming = [row for row in plot.rows if row.is_ahead]
    assert [row.percent for row in past][-1] == 50
    assert [row.moment for row in plot.rows] == sorted(row.moment for row in plot.rows)
    assert all(row.low <= row.percent <= row.high for row in plot.rows)
    assert coming[-1].percent == 0


def test_days_without_use_lie_flat_in_the_forecast():
    rest = [
        FanPoint(NOW + timedelta(days=day), *[25_000 - 5_000 * used] * 3)
        for day, used in enumerate([0, 1, 1, 1, 2, 3, 4, 5])
    ]
    forecast = Forecast(RunOut(*[NOW + timedelta(days=7)] * 3), tuple(rest))

    way = points(draw(HALF, [], forecast, NOW, BERLIN).forecast)

    assert way[1][1] == way[2][1] == way[3][1] > way[0][1]


def test_the_low_threshold_lies_where_it_is_set():
    plot = draw(HALF, falling(3), UNUSED, NOW, BERLIN, low_percent=25)

    assert plot.low_y == plot.percents[1].at
