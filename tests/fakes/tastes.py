"""Synthetic people with tastes, for measuring recommendations: a generative model with noise.

What is drawn for a person, in this order, from one seeded generator:

1. A taste. Each family, mood and note of the catalogue has a liking ~ N(0, 1), two families 1.5
   more; a liking for each of four hidden styles ~ N(0, 1), which no feature of a product shows
   (only who buys what with what does); a strength ~ U(1.5, 4.5).
2. How much they like each scent: 1.0 family + 0.7 mood (mean of its moods) + 0.5 note (mean)
   + 0.8 style - 0.5 |strength - intensity| + the scent's appeal ~ N(0, 0.7), the same for all
   + N(0, 0.7) of their own. The weights are ours; nothing of them is known to the model.
3. Purchases of 3 to 8 different scents at random moments of a year, each drawn by
   softmax(liking); with chance 0.25 it is a gift, drawn by appeal alone.
4. With chance 0.6 answers to the shop's own quiz, given at the start: families whose liking plus
   N(0, 0.8) is above 0.8 (at least the best), the best mood and the strength after noise of the
   same size, with chance 0.5 up to two families of liking below -1 as dislikes, with chance 0.3
   the most liked note as typed word; rooms and walks say nothing.
5. With chance 0.35 a hub and consent: what was bought for oneself runs in shares ~ exp(liking),
   gifts do not run, each times a factor ~ U(0.5, 1.5) for where the diffuser stands.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from cloud.recommendations import seed as quiz_seed
from cloud.recommendations.scents import Scent, scent_of
from cloud.recommendations.shapes import Answer, Choice, Choices, Options, Scale, Typing
from cloud.recommendations.taste import Asked, Taste, taste_of

_SHELF = Path(__file__).parents[2] / "config" / "demo_catalogue.toml"
_QUIZ = Path(quiz_seed.__file__).parent / "first_quiz.toml"
_STYLES = 4
_NOISE = 0.8
_FAMILY_KEYS = {
    "woods": "woody",
    "flowers": "floral",
    "citrus": "citrus",
    "herbs": "herbal",
    "air": "fresh",
    "fruit": "fruity",
    "amber": "amber",
    "spice": "spice",
    "sweet": "gourmand",
}
_DISLIKE_KEYS = {
    "not-sweet": "gourmand",
    "not-flowers": "floral",
    "not-spice": "spice",
    "not-resin": "amber",
    "not-herbs": "herbal",
}


@dataclass(frozen=True, slots=True)
class Purchase:
    """A scent bought at a day of the year, 0 to 365; a gift runs nowhere."""

    product_id: int
    day: float
    is_gift: bool


@dataclass(frozen=True, slots=True)
class Somebody:
    """One synthetic person; `purchases` in their order, `runs` how fast what they kept runs.

    `liked` is the truth that nothing measured may read: only the ceiling does.
    """

    purchases: tuple[Purchase, ...]
    taste: Taste | None
    runs: Mapping[int, float]
    has_consent: bool
    liked: Mapping[int, float]

    def bought_by(self, day: float) -> dict[int, float]:
        """Return what was bought before a day."""
        return {one.product_id: 1.0 for one in self.purchases if one.day < day}

    def ran_by(self, day: float) -> dict[int, float]:
        """Return the shares of what ran before a day; nothing without consent."""
        if not self.has_consent:
            return {}
        ran = {
            one.product_id: self.runs[one.product_id] * (day - one.day)
            for one in self.purchases
            if one.day < day and not one.is_gift
        }
        total = sum(ran.values())
        return {product_id: share / total for product_id, share in ran.items()}

    def next_after(self, day: float) -> int | None:
        """Return the first purchase from a day on."""
        return next((one.product_id for one in self.purchases if one.day >= day), None)


def demo_scents() -> list[Scent]:
    """Return the scents of the demo's shelf, numbered from 1."""
    entries = tomllib.loads(_SHELF.read_text("utf-8"))["scents"]
    return [
        scent_of(
            number,
            entry["family"],
            entry["intensity"],
            entry["moods"],
            entry["rooms"],
            [note for layer in entry["notes"].values() for note in layer],
            entry["aliases"],
        )
        for number, entry in enumerate(entries, start=1)
    ]


def draw_people(count: int, seed: int, scents: Sequence[Scent]) -> list[Somebody]:
    """Return synthetic people, the same for the same seed."""
    rng = Random(seed)
    appeal = {scent.product_id: rng.gauss(0, 0.7) for scent in scents}
    styles = {scent.product_id: rng.randrange(_STYLES) for scent in scents}
    quiz = _Quiz.read()
    return [_draw(rng, scents, appeal, styles, quiz) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class _Quiz:
    """The shop's own quiz, without its pictures."""

    options: Mapping[str, Options]
    numbers: Mapping[str, int]

    @classmethod
    def read(cls) -> "_Quiz":
        entries = tomllib.loads(_QUIZ.read_text("utf-8"))["questions"]
        return cls(
            {entry["key"]: _options(entry) for entry in entries},
            {entry["key"]: number for number, entry in enumerate(entries, start=1)},
        )

    def asked(self, key: str, answer: Answer) -> Asked:
        return Asked(self.numbers[key], self.options[key], answer)


def _options(entry: Mapping[str, Any]) -> Options:
    if "scale" in entry:
        return Scale(**entry["scale"], least_words="least", most_words="most")
    if "typing" in entry:
        return Typing(**entry["typing"])
    return Choices(
        choices=tuple(
            Choice(key=one["key"], text=one["text"]["en"], weights=one["weights"])
            for one in entry["choices"]
        )
    )


@dataclass(frozen=True, slots=True)
class _Liking:
    """A drawn taste."""

    families: Mapping[str, float]
    moods: Mapping[str, float]
    notes: Mapping[str, float]
    styles: tuple[float, ...]
    strength: float

    def of(self, scent: Scent, style: int) -> float:
        return (
            self.families[scent.family]
            + 0.7 * _mean(self.moods[mood] for mood in scent.moods)
            + 0.5 * _mean(self.notes[note] for note in scent.notes)
            + 0.8 * self.styles[style]
            - 0.5 * abs(self.strength - scent.intensity)
        )


def _draw(
    rng: Random,
    scents: Sequence[Scent],
    appeal: Mapping[int, float],
    styles: Mapping[int, int],
    quiz: _Quiz,
) -> Somebody:
    liking = _draw_liking(rng, scents)
    liked = {
        scent.product_id: liking.of(scent, styles[scent.product_id])
        + appeal[scent.product_id]
        + rng.gauss(0, 0.7)
        for scent in scents
    }
    days = sorted(rng.uniform(0, 365) for _ in range(rng.randint(3, 8)))
    purchases: list[Purchase] = []
    for day in days:
        is_gift = rng.random() < 0.25
        left = {
            product_id: worth
            for product_id, worth in (appeal if is_gift else liked).items()
            if all(one.product_id != product_id for one in purchases)
        }
        purchases.append(Purchase(_softmax(rng, left), day, is_gift))
    taste = _answer(rng, liking, quiz) if rng.random() < 0.6 else None
    runs = {
        one.product_id: math.exp(liked[one.product_id]) * rng.uniform(0.5, 1.5) for one in purchases
    }
    return Somebody(tuple(purchases), taste, runs, rng.random() < 0.35, liked)


def _draw_liking(rng: Random, scents: Sequence[Scent]) -> _Liking:
    families = _likings(rng, (scent.family for scent in scents))
    for family in rng.sample(sorted(families), 2):
        families[family] += 1.5
    return _Liking(
        families,
        _likings(rng, (mood for scent in scents for mood in scent.moods)),
        _likings(rng, (note for scent in scents for note in scent.notes)),
        tuple(rng.gauss(0, 1) for _ in range(_STYLES)),
        rng.uniform(1.5, 4.5),
    )


def _likings(rng: Random, words: Iterable[str]) -> dict[str, float]:
    return {word: rng.gauss(0, 1) for word in sorted(set(words))}


def _answer(rng: Random, liking: _Liking, quiz: _Quiz) -> Taste:
    felt = {family: worth + rng.gauss(0, _NOISE) for family, worth in liking.families.items()}
    best = max(felt, key=lambda family: felt[family])
    liked = [key for key, family in _FAMILY_KEYS.items() if felt[family] > 0.8 or family == best]
    moods = {mood: worth + rng.gauss(0, _NOISE) for mood, worth in liking.moods.items()}
    strength = round(min(5.0, max(1.0, liking.strength + rng.gauss(0, _NOISE))))
    asked = [
        quiz.asked("families", Answer(options=tuple(liked))),
        quiz.asked("mood", Answer(options=(max(moods, key=lambda mood: moods[mood]),))),
        quiz.asked("strength", Answer(value=strength)),
    ]
    shunned = [
        key
        for key, family in sorted(_DISLIKE_KEYS.items(), key=lambda one: felt[one[1]])
        if felt[family] < -1
    ][:2]
    if shunned and rng.random() < 0.5:
        asked.append(quiz.asked("dislikes", Answer(options=tuple(shunned))))
    if rng.random() < 0.3:
        loved = max(liking.notes, key=lambda note: liking.notes[note])
        asked.append(quiz.asked("loved-smell", Answer(text=loved)))
    return taste_of(asked)


def _softmax(rng: Random, worths: Mapping[int, float]) -> int:
    products = sorted(worths)
    return rng.choices(products, [math.exp(worths[one]) for one in products])[0]


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
