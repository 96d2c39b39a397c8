"""How good recommendations are, on synthetic people: `python -m tests.bench.recommend [PEOPLE]`.

People come from the generative model of `tests.fakes.tastes`. Half of them teach the model what
they bought before the cut (day 250 of 365); a fifth teach it its weights, by what they bought
next after the cut; the rest are asked: is the first scent they buy after the cut, not bought
before, among the five that would have been suggested on the day of the cut? Nothing of the asked
people, and nothing after the cut, is known to what is measured. Intervals are the middle 95 % of
2,000 bootstrap samples of the asked people.
"""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random

from rich.console import Console
from rich.table import Table

from cloud.recommendations.blend import WEIGHTS, Person, Shop, Weights, rank, signals_of
from cloud.recommendations.likeness import Likeness
from cloud.recommendations.scents import Scent
from cloud.recommendations.service.learning import MOST_NEIGHBOURS
from cloud.recommendations.together import buying_of
from cloud.recommendations.variety import varied
from tests.fakes.tastes import Somebody, demo_scents, draw_people

CUT = 250.0
TOP = 5
_PEOPLE, _SEED = 4000, 6
_SAMPLES = 2000
_NAMES = tuple(one.name for one in fields(Weights))
# Pulls weights of what nobody has towards nothing.
_PRIOR = 0.5
# Puts those whom a signal says nothing about in the order of popularity, as the shop would.
_TIE_BREAK = 1e-6


@dataclass(frozen=True)
class Asked:
    """A person on the day of the cut, and what they bought next."""

    person: Person
    bought_next: int
    liked: Mapping[int, float]


@dataclass(frozen=True)
class Trial:
    """What was learnt, and who is asked."""

    scents: Sequence[Scent]
    shop: Shop
    likeness: Likeness
    fitting: Sequence[Asked]
    asked: Sequence[Asked]


def trial_of(people: Sequence[Somebody], scents: Sequence[Scent]) -> Trial:
    """Learn from the first half before the cut; the next fifth fits weights, the rest is asked."""
    learn, fit = len(people) // 2, len(people) * 7 // 10
    buying = buying_of(list(one.bought_by(CUT)) for one in people[:learn])
    likeness = Likeness(scents)
    ties = buying.ties(MOST_NEIGHBOURS)
    most = max(buying.buyers.values(), default=1)
    shop = Shop(
        along={one: {tie.product_id: tie.score for tie in found} for one, found in ties.items()},
        alike={
            scent.product_id: dict(likeness.nearest(scent.product_id, MOST_NEIGHBOURS))
            for scent in scents
        },
        loved={product_id: count / most for product_id, count in buying.buyers.items()},
    )
    return Trial(scents, shop, likeness, _asked(people[learn:fit]), _asked(people[fit:]))


def fit_weights(trial: Trial, rounds: int = 25) -> Weights:
    """Return the weights that make the fitting people's next purchases most likely.

    Conditional logit (McFadden 1974): the chance of a scent is softmax of the weighed signals
    over all that can be suggested. Concave, so Newton's steps find the one best point; a weight
    that would fall below nothing is held there.
    """
    cases = [case for one in trial.fitting if (case := _case(trial, one)) is not None]
    weights = [0.0] * len(_NAMES)
    for _ in range(rounds):
        slope, bend = _slope_and_bend(cases, weights)
        free = [at for at, weight in enumerate(weights) if weight > 0 or slope[at] > 0]
        step = _solve([[bend[i][j] for j in free] for i in free], [slope[i] for i in free])
        for at, change in zip(free, step, strict=True):
            weights[at] = max(0.0, weights[at] + change)
    return Weights(*weights)


def hits(trial: Trial, weights: Weights, *, is_varied: bool = False) -> list[bool]:
    """Tell of each asked person whether their next purchase is among the first five."""
    return [one.bought_next in _first(trial, one.person, weights, is_varied) for one in trial.asked]


def ceiling(trial: Trial) -> list[bool]:
    """Tell how often somebody would be right who knew how much each person likes each scent."""
    return [
        one.bought_next
        in sorted(
            (product_id for product_id in one.liked if product_id not in one.person.known),
            key=lambda product_id: -one.liked[product_id],
        )[:TOP]
        for one in trial.asked
    ]


def alone(*names: str) -> Weights:
    """Return weights of some signals alone, popularity in the place of what says nothing."""
    return Weights(**{name: 1.0 if name in names else 0.0 for name in _NAMES})


def interval(found: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """Return the middle 95 % of the means of bootstrap samples."""
    rng = Random(seed)
    means = sorted(sum(rng.choices(found, k=len(found))) / len(found) for _ in range(_SAMPLES))
    return means[int(0.025 * _SAMPLES)], means[int(0.975 * _SAMPLES) - 1]


def main(words: list[str]) -> int:
    """Draw people, learn, fit, ask, and print what came out."""
    people = int(words[0]) if words else _PEOPLE
    scents = demo_scents()
    trial = trial_of(draw_people(people, _SEED, scents), scents)
    fitted = fit_weights(trial)
    console = Console(width=100)
    console.print(
        f"{people} people, {len(scents)} scents, seed {_SEED}; {len(trial.asked)} are asked: "
        f"{_share(trial, lambda one: one.taste is not None):.0%} took the quiz, "
        f"{_share(trial, lambda one: bool(one.bought)):.0%} bought before, "
        f"{_share(trial, lambda one: bool(one.ran)):.0%} let us see what runs."
    )
    console.print("Fitted weights:", {name: round(getattr(fitted, name), 2) for name in _NAMES})
    console.print("Shipped weights:", {name: getattr(WEIGHTS, name) for name in _NAMES})
    console.print(_table(trial, fitted))
    return 0


def _table(trial: Trial, fitted: Weights) -> Table:
    base = hits(trial, alone("loved"))
    table = Table(title=f"Hit rate at {TOP}, with 95 % intervals, and against popularity")
    for heading in ("what is used", "hit rate", "95 %", "more than popularity", "95 %"):
        table.add_column(heading, justify="left" if heading == "what is used" else "right")
    for what, found in (
        ("popularity alone", base),
        ("quiz alone", hits(trial, alone("quiz"))),
        ("purchases alone", hits(trial, alone("along", "alike"))),
        ("use alone", hits(trial, alone("ran"))),
        ("all, weights fitted now", hits(trial, fitted)),
        ("all, weights as shipped", hits(trial, WEIGHTS)),
        ("all, as shipped and varied", hits(trial, WEIGHTS, is_varied=True)),
        ("(who knew every liking)", ceiling(trial)),
    ):
        more = [float(one) - float(other) for one, other in zip(found, base, strict=True)]
        low, high = interval([float(one) for one in found])
        least, most = interval(more)
        table.add_row(
            what,
            f"{sum(found) / len(found):.1%}",
            f"{low:.1%} to {high:.1%}",
            f"{sum(more) / len(more):+.1%}",
            f"{least:+.1%} to {most:+.1%}",
        )
    return table


def _asked(people: Sequence[Somebody]) -> list[Asked]:
    return [
        Asked(Person(one.bought_by(CUT), one.ran_by(CUT), one.taste), bought_next, one.liked)
        for one in people
        if (bought_next := one.next_after(CUT)) is not None
    ]


def _first(trial: Trial, person: Person, weights: Weights, is_varied: bool) -> set[int]:
    if is_varied:
        ranked = rank(person, trial.scents, trial.shop, weights)
        return {one.scent.product_id for one in varied(ranked, trial.likeness.between, TOP)}
    scored = []
    for scent in trial.scents:
        signals = signals_of(person, scent, trial.shop, weights)
        if signals is not None:
            scored.append((-signals.score(weights) - _TIE_BREAK * signals.loved, scent.product_id))
    return {product_id for _, product_id in sorted(scored)[:TOP]}


Case = tuple[list[list[float]], int]


def _case(trial: Trial, one: Asked) -> Case | None:
    """Return the signals of all that can be suggested, and which of them was bought next."""
    rows: list[list[float]] = []
    bought = None
    for scent in trial.scents:
        found = signals_of(one.person, scent, trial.shop, WEIGHTS)
        if found is None:
            continue
        if scent.product_id == one.bought_next:
            bought = len(rows)
        rows.append([float(getattr(found, name)) for name in _NAMES])
    return None if bought is None else (rows, bought)


def _slope_and_bend(
    cases: Sequence[Case], weights: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """Return the gradient of the log-likelihood and its (negative) second derivative."""
    size = range(len(weights))
    slope = [-_PRIOR * weight for weight in weights]
    bend = [[_PRIOR if i == j else 0.0 for j in size] for i in size]
    for rows, bought in cases:
        worth = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in rows]
        top = max(worth)
        chances = [math.exp(one - top) for one in worth]
        total = sum(chances)
        mean = [sum(c * row[i] for c, row in zip(chances, rows, strict=True)) / total for i in size]
        for i in size:
            slope[i] += rows[bought][i] - mean[i]
            for j in size:
                both = sum(c * row[i] * row[j] for c, row in zip(chances, rows, strict=True))
                bend[i][j] += both / total - mean[i] * mean[j]
    return slope, bend


def _solve(matrix: list[list[float]], values: list[float]) -> list[float]:
    """Return x of matrix · x = values (Gauss, with the largest pivot)."""
    size = len(values)
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            share = rows[below][at] / rows[at][at]
            rows[below] = [
                one - share * other for one, other in zip(rows[below], rows[at], strict=True)
            ]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][other] * found[other] for other in range(at + 1, size))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found


def _share(trial: Trial, has: Callable[[Person], bool]) -> float:
    return sum(has(one.person) for one in trial.asked) / len(trial.asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
