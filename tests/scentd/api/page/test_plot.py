from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.plot import HEIGHT, MOST_POINTS, WIDTH, draw
from scentd.model.cartridge import RunOut
from tests.fakes.furniture import a_cartridge

NOW = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
HALF = a_cartridge("a", "Cedar", 50, 50, NOW)
UNUSED = RunOut(None, None, None)


def points(text):
    return [tuple(map(float, point.split(","))) for point in text.split()]


def falling(days):
    return [(NOW - timedelta(days=day), 25_000 + 500 * day, 1_000) for day in range(days, 0, -1)]


def test_the_line_falls_and_the_band_lies_around_it():
    plot = draw(HALF, falling(10), UNUSED, NOW)

    line, band = points(plot.line), points(plot.band)
    assert [y for _, y in line] == sorted(y for _, y in line)
    assert len(band) == 2 * len(line)
    assert all(upper <= y for (_, y), (_, upper) in zip(line, band, strict=False))


def test_the_forecast_goes_on_where_the_line_ends_and_reaches_the_ground():
    run_out = RunOut(NOW + timedelta(days=8), NOW + timedelta(days=10), NOW + timedelta(days=14))

    plot = draw(HALF, falling(10), run_out, NOW)

    ahead = points(plot.forecast)
    assert ahead[0] == points(plot.line)[-1]
    assert ahead[-1][1] == HEIGHT - 26
    assert plot.forecast_band


def test_a_cartridge_nobody_uses_has_no_forecast():
    plot = draw(HALF, [], UNUSED, NOW)

    assert (plot.forecast, plot.forecast_band) == ("", "")


@given(
    days=st.integers(0, 400),
    ahead=st.one_of(st.none(), st.integers(-5, 500)),
    left=st.integers(0, 50_000),
)
def test_every_point_lies_within_the_picture(days, ahead, left):
    cartridge = replace(HALF, remaining_ul=left)
    moment = None if ahead is None else NOW + timedelta(days=ahead)
    history = [(NOW - timedelta(hours=h), left, 900) for h in range(days * 3, 0, -1)]

    plot = draw(cartridge, history, RunOut(moment, moment, moment), NOW)

    assert len(points(plot.line)) <= MOST_POINTS
    for text in (plot.line, plot.band, plot.forecast, plot.forecast_band):
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points(text))
