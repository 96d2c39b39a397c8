"""How far off the forecast is, against naive ones, and what the fleet adds to it.

Made-up demand (`tests.fakes.demand`, seeded): two years are known, then the forecast is asked every
four weeks for half a year, each time knowing all that was sold until then. The error is WAPE over
four weeks: the absolute errors of four weeks together, by what was sold in them.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from cloud.inventory.forecast.backtest import AHEAD, choose
from cloud.inventory.forecast.fleet import Window, expected_units
from cloud.inventory.forecast.methods import naive, project, seasonal_naive
from cloud.inventory.forecast.outlook import foresee
from cloud.inventory.forecast.series import Week
from cloud.inventory.forecast.spread import quantile
from tests.bench.report import Aim, Row, Section
from tests.fakes.demand import FIRST_DAY, FleetHistory, rare, regular, with_fleet

_KNOWN, _WEEKS = 104, 130
_LEARNING = 56
_ORIGINS = range(_KNOWN, _WEEKS - AHEAD + 1, AHEAD)
_SHARES = (0.15, 0.40, 0.70)


class _Tally:
    """What was said beside what came, by who said it."""

    def __init__(self) -> None:
        self._errors: dict[str, float] = defaultdict(float)
        self._came: dict[str, float] = defaultdict(float)

    def add(self, who: str, said: float, came: float) -> None:
        self._errors[who] += abs(said - came)
        self._came[who] += came

    def wape(self, who: str) -> float:
        return 100 * self._errors[who] / self._came[who]


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Ask for forecasts of made-up bottles."""
    many = 15 if is_quick else 120
    rows, aims = [], []
    for title, kind in (("bottles that sell every week", regular), ("rare bottles", rare)):
        found, aim = _kind(title, kind, many)
        rows += found
        aims.append(aim)
    fleet_rows, gain = _fleets(many // 3)
    aims.append(Aim("points off the error at 40 % refills, by the fleet", 0, gain, "{:.1f}", True))
    return Section(f"forecast of four weeks, {many} bottles a kind", (*rows, *fleet_rows), (*aims,))


def _kind(title: str, kind: Callable[[int, int], list[float]], many: int) -> tuple[list[Row], Aim]:
    tally, chosen = _Tally(), defaultdict(int)
    inside = served = asked = 0
    began = time.process_time()
    for seed in range(many):
        series = kind(seed, _WEEKS)
        for known in _ORIGINS:
            past, came = series[:known], sum(series[known : known + AHEAD])
            outlook = foresee([Week(int(one), 7) for one in past])
            chosen[outlook.method.value] += 1
            tally.add("ours", 4 * outlook.weekly_units, came)
            tally.add("naive", sum(naive(past, AHEAD)), came)
            tally.add("seasonal naive", sum(seasonal_naive(past, AHEAD)), came)
            asked += 1
            inside += series[known] <= outlook.bands()[0].high
            served += sum(series[known : known + 3]) <= quantile(*outlook.over(21), 0.95)
    each_us = (time.process_time() - began) / asked * 1e6
    ways = ", ".join(f"{name} {count}" for name, count in sorted(chosen.items()))
    rows = [
        Row(title, cpu_us=each_us, note=f"WAPE {tally.wape('ours'):.1f} %"),
        *(
            Row(f"  {who}", note=f"WAPE {tally.wape(who):.1f} %")
            for who in ("naive", "seasonal naive")
        ),
        Row("  chosen", note=ways),
        Row("  next week within the 90 % band's upper end", note=f"{100 * inside / asked:.0f} %"),
        Row("  three weeks within the reorder point", note=f"{100 * served / asked:.0f} %"),
    ]
    best = min(tally.wape("naive"), tally.wape("seasonal naive"))
    return rows, Aim(f"{title}: WAPE below both naive ones", best, tally.wape("ours"), "{:.1f} %")


def _fleets(many: int) -> tuple[list[Row], float]:
    rows, gains = [], {}
    for share in _SHARES:
        tally, weights, shares = _Tally(), [], []
        for seed in range(many):
            _one_fleet(with_fleet(1000 + seed, _WEEKS, share), tally, weights, shares)
        alone, both = tally.wape("alone"), tally.wape("with the fleet")
        gains[share] = alone - both
        rows.append(
            Row(
                f"{100 * share:.0f} % refills ({100 * sum(shares) / len(shares):.0f} % came out)",
                note=f"WAPE {alone:.1f} % alone, {both:.1f} % with the fleet,"
                f" believed {sum(weights) / len(weights):.2f}",
            )
        )
    return rows, gains[0.40]


def _one_fleet(
    told: FleetHistory, tally: _Tally, weights: list[float], shares: list[float]
) -> None:
    series = told.series
    windows: dict[int, tuple[float, float]] = {}
    for known in range(_LEARNING, _WEEKS - AHEAD + 1, AHEAD):
        day = FIRST_DAY + timedelta(days=7 * known)
        coming = expected_units(told.seen[known], day, 26)
        if known < _KNOWN:
            base = sum(_base(series[:known]))
        else:
            outlook = foresee(
                [Week(int(one), 7) for one in series[:known]],
                refilled=sum(told.refills[known - 26 : known]),
                fleet=coming,
                windows=_over(windows, series, known),
            )
            came = sum(series[known : known + AHEAD])
            base = sum(outlook.base[:AHEAD])
            tally.add("alone", base, came)
            tally.add("with the fleet", 4 * outlook.weekly_units, came)
            weights.append(outlook.fleet_weight)
            shares.append(outlook.refill_share)
        windows[known] = (base, sum(coming[:AHEAD]))


def _over(
    windows: dict[int, tuple[float, float]], series: Sequence[float], known: int
) -> list[Window]:
    return [
        Window(base, fleet, sum(series[begun : begun + AHEAD]))
        for begun, (base, fleet) in windows.items()
        if begun + AHEAD <= known
    ]


def _base(past: Sequence[float]) -> tuple[float, ...]:
    return project(choose(past)[0], past, AHEAD).means
