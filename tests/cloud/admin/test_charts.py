"""What charts put where."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.admin.charts import HEIGHT, WIDTH, Band, Bars, Line, Mark, draw

values = st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=60)


def _drawn(names, *series):
    return draw("c", "A chart", "All of it.", names, series, label="{:g}".format)


@given(values)
def test_everything_lies_within_the_drawing(numbers):
    line, bars = Line(numbers, "line-main"), Bars(numbers, "fill-main")
    pairs = Band([None if one is None else (0, one) for one in numbers], "fill-band")
    chart = _drawn(["x"] * len(numbers), line, bars, pairs, Mark(3, "line-limit"))

    for shape in chart.shapes:
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", shape.path):
            assert -0.1 <= float(x) <= WIDTH + 0.1
            assert -0.1 <= float(y) <= HEIGHT + 0.1
    assert 2 <= len(chart.lines) <= 8
    assert len(chart.names) <= 5


def test_the_scale_has_round_steps_and_holds_nought():
    chart = _drawn(["a", "b", "c"], Line([3, 47, 12], "line-main"))

    assert [label for _, label in chart.lines] == ["0", "10", "20", "30", "40", "50"]
    heights = [y for y, _ in chart.lines]
    assert heights == sorted(heights, reverse=True)


@given(st.lists(st.integers(-2000, 2000), min_size=1), st.sampled_from([1, 100]))
def test_each_line_of_the_scale_is_another_whole_number(counts, least):
    chart = draw(
        "c", "A chart", "", ["x"] * len(counts), [Bars(counts, "")], label=str, least=least
    )
    ticks = [float(label) / least for _, label in chart.lines]

    assert all(tick.is_integer() for tick in ticks)
    assert len(set(ticks)) == len(ticks) >= 2


def test_a_bar_reaches_from_nought_to_its_value():
    chart = _drawn(["a", "b"], Bars([0, 10], "fill-main"))
    (bars,) = chart.shapes

    assert bars.path.count("M") == 1
    top = {label: y for y, label in chart.lines}["10"]
    ground = {label: y for y, label in chart.lines}["0"]
    assert f" {ground}V{top}" in bars.path


def test_a_line_breaks_where_there_is_nothing():
    (line,) = _drawn(["a"] * 5, Line([1, 2, None, 3, 4], "line-main")).shapes

    assert line.path.count("M") == 2


def test_nothing_at_all_is_a_chart_too():
    chart = _drawn(["a"], Line([None], "line-main"), Mark(0, "line-limit"))

    assert chart.lines
    assert chart.names == ((pytest.approx(268), "a", "middle"),)
