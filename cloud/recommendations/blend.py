"""The ranked mix: what speaks for each scent, weighed and added up. Pure.

Every signal is 0 to 1 (the quiz's -1.5 to 1.5), and an absent one is 0 for every scent, so a
guest with a quiz and a buyer without one are ranked by what there is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cloud.recommendations.reasons import Reason, ReasonKind
from cloud.recommendations.scents import Scent
from cloud.recommendations.taste import Taste, fit
from cloud.recommendations.variety import Ranked

_MOST_REASONS = 3
# Less than this is chance, and no reason to name.
_WORTH_SAYING = 0.02

# Of a product: how strongly it is tied to others.
Ties = Mapping[int, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts.

    Fitted by `tests.bench.recommend` (conditional logit on the training people's next purchase);
    of 12,000 synthetic people; see docs/decisions/0045.
    """

    loved: float
    quiz: float
    along: float
    alike: float
    ran: float


WEIGHTS = Weights(loved=1.1, quiz=1.4, along=3.6, alike=1.2, ran=1.1)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody.

    `bought` and `ran` are products with how much they count (above 0); `taste` is what the quiz
    says. What was bought or is run is not recommended: it is known, and refills look after it.
    """

    bought: Mapping[int, float] = field(default_factory=dict)
    ran: Mapping[int, float] = field(default_factory=dict)
    taste: Taste | None = None

    @property
    def known(self) -> frozenset[int]:
        """Return the products that are no news."""
        return frozenset(self.bought) | frozenset(self.ran)


@dataclass(frozen=True, slots=True)
class Shop:
    """What is known of products: ties by buyers and by likeness, and `loved` from 0 to 1."""

    along: Ties
    alike: Ties
    loved: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a scent, with the reasons in words."""

    loved: float
    quiz: float
    along: float
    alike: float
    ran: float
    reasons: tuple[tuple[float, Reason], ...] = ()

    def score(self, weights: Weights) -> float:
        """Return the weighed sum."""
        return (
            weights.loved * self.loved
            + weights.quiz * self.quiz
            + weights.along * self.along
            + weights.alike * self.alike
            + weights.ran * self.ran
        )


def rank(person: Person, scents: Iterable[Scent], shop: Shop, weights: Weights) -> list[Ranked]:
    """Return the scents that something speaks for, the best first, each with its reasons.

    What the person knows or never wants is left out. Only `scents` can be in it.
    """
    ranked = []
    for scent in scents:
        signals = signals_of(person, scent, shop, weights)
        if signals is not None and signals.reasons:
            reasons = dict.fromkeys(reason for _, reason in signals.reasons)
            kept = tuple(reasons)[:_MOST_REASONS]
            ranked.append(Ranked(scent, signals.score(weights), kept))
    return sorted(ranked, key=lambda one: (-one.score, one.scent.product_id))


def signals_of(person: Person, scent: Scent, shop: Shop, weights: Weights) -> Signals | None:
    """Return what speaks for a scent; None for one that is not to be recommended."""
    if scent.product_id in person.known:
        return None
    fitted = fit(person.taste, scent) if person.taste else None
    if person.taste and fitted is None:
        return None
    quiz = fitted.score if fitted else 0.0
    along, along_from = _pull(person.bought, shop.along, scent.product_id)
    alike, alike_from = _pull(person.bought, shop.alike, scent.product_id)
    ran, ran_from = _pull(person.ran, shop.alike, scent.product_id)
    loved = shop.loved.get(scent.product_id, 0.0)
    told = [
        *((weights.quiz * quiz, reason) for reason in (fitted.reasons if fitted else ())),
        *_told(weights.along * along, ReasonKind.BOUGHT_ALONG, along_from),
        *_told(weights.alike * alike, ReasonKind.BOUGHT_ALIKE, alike_from),
        *_told(weights.ran * ran, ReasonKind.RUNS_ALIKE, ran_from),
    ]
    told = sorted((one for one in told if one[0] > _WORTH_SAYING), key=lambda one: -one[0])
    if not told and weights.loved * loved > _WORTH_SAYING:
        told = [(weights.loved * loved, Reason(ReasonKind.LOVED))]
    return Signals(loved, quiz, along, alike, ran, tuple(told))


def _pull(held: Mapping[int, float], ties: Ties, product_id: int) -> tuple[float, int | None]:
    """Return how strongly what somebody holds pulls a product, and which of it does most."""
    total, best, which = 0.0, 0.0, None
    for other, weight in sorted(held.items()):
        pull = weight * ties.get(other, {}).get(product_id, 0.0)
        total += pull
        if pull > best:
            best, which = pull, other
    return total / max(1e-9, sum(held.values())) if held else 0.0, which


def _told(worth: float, kind: ReasonKind, product_id: int | None) -> list[tuple[float, Reason]]:
    return [(worth, Reason(kind, product_id=product_id))] if product_id is not None else []
