"""What can make a purchase cheaper, and by how much each line and the delivery become so. Pure.

Whether somebody may have a reduction is not decided here: it is handed in by who knows. Each one
counts on what the ones before it left, so nothing is ever taken off twice and no line falls
below nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cloud.catalogue.offers import Offer
from cloud.foundation.money import Money, rounded
from cloud.pricing.shares import allot

_WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class PercentOff:
    """A share of what the lines cost, in hundredths of a percent; rounded once, then split."""

    basis_points: int


@dataclass(frozen=True, slots=True)
class AmountOff:
    """A fixed amount off all the lines together, split over them by what they cost."""

    amount: Money


@dataclass(frozen=True, slots=True)
class UnitAmountOff:
    """A fixed amount off each bottle."""

    amount: Money


@dataclass(frozen=True, slots=True)
class UnitsFree:
    """Whoever pays for `buy` bottles gets `get` others cheaper, as often as the cart allows.

    The cheapest ones are the cheaper ones. `get_variant_ids` None: any of the same bottles
    (three for two). `basis_points` is how much cheaper, 10,000 free. `most` bounds how often,
    None as often as it goes.
    """

    buy: int
    get: int
    get_variant_ids: frozenset[int] | None = None
    basis_points: int = _WHOLE
    most: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryOff:
    """Delivery for nothing, or for `up_to` less; `methods` None: whichever way is chosen."""

    up_to: Money | None = None
    methods: frozenset[str] | None = None


Effect = PercentOff | AmountOff | UnitAmountOff | UnitsFree | DeliveryOff


@dataclass(frozen=True, slots=True)
class Reduction:
    """One promotion as it works on one purchase, or what a member of staff grants for one.

    `promotion_id` None: staff grant it, and `name` is their reason. `code` is the coupon's, "" for
    one that works by itself. `variant_ids` are the bottles it is for, None all of them.
    """

    promotion_id: int | None
    code: str
    name: str
    effect: Effect
    variant_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Reduced:
    """What reductions take off: from each line, from the delivery, and each one altogether.

    Minor units, in the order of the lines and of the reductions that were handed in.
    """

    lines: tuple[int, ...]
    delivery: int
    each: tuple[int, ...]


def reduce(
    wanted: Sequence[tuple[Offer, int]],
    delivery_minor: int,
    method: str,
    reductions: Sequence[Reduction],
) -> Reduced:
    """Return what reductions, one after another, take off some lines and their delivery.

    The order of the lines changes nothing about what each of them costs.
    """
    order = sorted(range(len(wanted)), key=lambda at: _rank(*wanted[at]))
    lines = [wanted[at] for at in order]
    left = [(offer.price * quantity).minor for offer, quantity in lines]
    off = [0] * len(lines)
    off_delivery = 0
    each: list[int] = []
    for reduction in reductions:
        if isinstance(reduction.effect, DeliveryOff):
            parts = [0] * len(lines)
            free = _delivery_off(reduction.effect, delivery_minor - off_delivery, method)
        else:
            parts, free = _parts(reduction, reduction.effect, lines, left), 0
        left = [rest - part for rest, part in zip(left, parts, strict=True)]
        off = [sum(pair) for pair in zip(off, parts, strict=True)]
        off_delivery += free
        each.append(sum(parts) + free)
    by_line = dict(zip(order, off, strict=True))
    return Reduced(tuple(by_line[at] for at in range(len(wanted))), off_delivery, tuple(each))


def _rank(offer: Offer, quantity: int) -> tuple[int, int, int]:
    return offer.variant_id, quantity, offer.price.minor


def _delivery_off(effect: DeliveryOff, left_minor: int, method: str) -> int:
    if effect.methods is not None and method not in effect.methods:
        return 0
    return left_minor if effect.up_to is None else min(left_minor, effect.up_to.minor)


def _parts(
    reduction: Reduction,
    effect: PercentOff | AmountOff | UnitAmountOff | UnitsFree,
    lines: Sequence[tuple[Offer, int]],
    left: Sequence[int],
) -> list[int]:
    """Return what one reduction takes off each line, never more than is left of it."""
    ids = reduction.variant_ids
    is_meant = [ids is None or offer.variant_id in ids for offer, _ in lines]
    limits = [rest if meant else 0 for rest, meant in zip(left, is_meant, strict=True)]
    match effect:
        case PercentOff(basis_points):
            return allot(rounded(Fraction(sum(limits) * basis_points, _WHOLE)), limits)
        case AmountOff(amount):
            return allot(amount.minor, limits)
        case UnitAmountOff(amount):
            wishes = [amount.minor * quantity for _, quantity in lines]
            return [min(pair) for pair in zip(wishes, limits, strict=True)]
        case UnitsFree():
            wishes = _free(effect, lines, is_meant)
            return [min(pair) for pair in zip(wishes, left, strict=True)]


def _free(
    effect: UnitsFree, lines: Sequence[tuple[Offer, int]], is_bought: Sequence[bool]
) -> list[int]:
    got = effect.get_variant_ids
    is_got = [
        bought if got is None else offer.variant_id in got
        for (offer, _), bought in zip(lines, is_bought, strict=True)
    ]
    cheapest = sorted(
        (at for at in range(len(lines)) if is_got[at]),
        key=lambda at: (lines[at][0].price.minor, is_bought[at]),
    )
    taken = _most_free(effect, lines, is_bought, cheapest)
    return [
        rounded(Fraction(offer.price.minor * taken[at] * effect.basis_points, _WHOLE))
        for at, (offer, _) in enumerate(lines)
    ]


def _most_free(
    effect: UnitsFree,
    lines: Sequence[tuple[Offer, int]],
    is_bought: Sequence[bool],
    cheapest: Sequence[int],
) -> list[int]:
    """Return how many bottles of each line are cheaper, those left being enough to earn them."""
    bought = sum(quantity for (_, quantity), is_one in zip(lines, is_bought, strict=True) if is_one)
    best = [0] * len(lines)
    times = 0
    while effect.most is None or times < effect.most:
        times += 1
        taken = _take(times * effect.get, lines, cheapest)
        used = sum(count for count, is_one in zip(taken, is_bought, strict=True) if is_one)
        if taken == best or bought - used < times * effect.buy:
            break
        best = taken
    return best


def _take(count: int, lines: Sequence[tuple[Offer, int]], cheapest: Sequence[int]) -> list[int]:
    taken = [0] * len(lines)
    for at in cheapest:
        taken[at] = min(count, lines[at][1])
        count -= taken[at]
    return taken
