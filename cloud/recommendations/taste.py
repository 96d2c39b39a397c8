"""What the answers of a quiz say about a taste, and how a scent fits it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cloud.recommendations.reasons import Reason, ReasonKind
from cloud.recommendations.scents import Scent, kind_of, note_words
from cloud.recommendations.shapes import NEVER, Answer, Choices, Options, Scale, Typing

# How much each kind of feature counts when several were asked about.
_SHARES = {"family": 1.0, "note": 0.8, "mood": 0.6, "room": 0.4, "intensity": 0.5}
_SCALE_SHARE = 0.5
_MOST_OF_KIND = 1.5
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """A feature that somebody likes (above 0) or not (below), and the answer that says so."""

    feature: str
    weight: int
    cause: Reason


@dataclass(frozen=True, slots=True)
class Taste:
    """All wishes; `strength` is how strong a scent should be, 1 to 5, None for whatever."""

    wishes: tuple[Wish, ...] = ()
    strength: float | None = None
    strength_cause: Reason | None = None

    @property
    def never(self) -> frozenset[str]:
        """Return the features that rule a scent out."""
        return frozenset(one.feature for one in self.wishes if one.weight <= NEVER)

    @property
    def liked(self) -> frozenset[str]:
        """Return the features that are liked."""
        return frozenset(one.feature for one in self.wishes if one.weight > 0)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a scent fits, from -1.5 to 1.5, and the answers that speak for it."""

    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was answered."""

    question_id: int
    options: Options
    answer: Answer


def taste_of(answered: Iterable[Asked]) -> Taste:
    """Return what answers say; their order says nothing."""
    wishes: list[Wish] = []
    strength, cause = None, None
    for one in sorted(answered, key=lambda asked: asked.question_id):
        match one.options:
            case Choices():
                wishes += _chosen(one, one.options)
            case Scale() if one.answer.value is not None:
                strength = _strength(one.options, one.answer.value)
                cause = Reason(ReasonKind.ANSWER, one.question_id)
            case Typing():
                wishes += _typed(one, one.options)
            case _:
                pass
    return Taste(tuple(wishes), strength, cause)


def fit(taste: Taste, scent: Scent) -> Fit | None:
    """Return how a scent fits a taste; None when it has something that is not wanted at all."""
    if taste.never & scent.features:
        return None
    parts: list[tuple[float, float, Sequence[Reason]]] = []
    for kind, wishes in _by_kind(taste.wishes).items():
        met = [one for one in wishes if one.feature in scent.features]
        most = max((one.weight for one in wishes), default=0)
        share = sum(one.weight for one in met) / max(1, most)
        bounded = max(-_MOST_OF_KIND, min(_MOST_OF_KIND, share))
        liked = [one.cause for one in sorted(met, key=_heaviest) if one.weight > 0]
        parts.append((_SHARES[kind], bounded, liked))
    if taste.strength is not None and taste.strength_cause is not None:
        near = 1 - abs(taste.strength - scent.intensity) / 2
        is_meant = near >= _SCALE_SHARE
        parts.append((_SCALE_SHARE, near, [taste.strength_cause] if is_meant else []))
    if not parts:
        return Fit(0.0, ())
    score = sum(share * part for share, part, _ in parts) / sum(share for share, _, _ in parts)
    weightiest = sorted(parts, key=lambda one: -one[0] * one[1])
    reasons = dict.fromkeys(cause for _, part, causes in weightiest if part > 0 for cause in causes)
    return Fit(score, tuple(reasons)[:_MOST_REASONS])


def _by_kind(wishes: Iterable[Wish]) -> Mapping[str, list[Wish]]:
    found: dict[str, list[Wish]] = {}
    for one in wishes:
        # What rules out says nothing about the rest.
        if one.weight > NEVER:
            found.setdefault(kind_of(one.feature), []).append(one)
    return dict(sorted(found.items()))


def _heaviest(wish: Wish) -> tuple[int, str]:
    return -wish.weight, wish.feature


def _chosen(one: Asked, options: Choices) -> list[Wish]:
    return [
        Wish(feature, weight, Reason(ReasonKind.ANSWER, one.question_id, choice.key))
        for choice in options.choices
        if choice.key in one.answer.options
        for feature, weight in sorted(choice.weights.items())
    ]


def _strength(scale: Scale, value: int) -> float:
    """Return a mark on a scale as a strength from 1 to 5."""
    return 1 + 4 * (value - scale.least) / (scale.most - scale.least)


def _typed(one: Asked, options: Typing) -> list[Wish]:
    words = note_words([one.answer.text, *one.answer.text.split(","), *one.answer.text.split()])
    return [
        Wish(
            f"note:{word}",
            options.weight,
            Reason(ReasonKind.ANSWER, one.question_id, word=word),
        )
        for word in sorted(words)
    ]
