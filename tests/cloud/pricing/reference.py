"""A slow second opinion on what a purchase costs: bottle by bottle, in decimals and fractions.

Written from the rules in `docs/decisions/0026`, sharing no arithmetic with `cloud.pricing`.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from cloud.pricing.reductions import (
    AmountOff,
    DeliveryOff,
    PercentOff,
    Reduction,
    UnitAmountOff,
    UnitsFree,
)


def half_even(value: Fraction) -> int:
    """The nearest whole number by Python's decimals."""
    # 60 digits are far more than any amount here has.
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def split(amount: int, worths: Sequence[int]) -> list[int]:
    """An amount over lines, the rest handed out unit by unit to the line worth most with room."""
    whole = sum(worths)
    amount = min(amount, whole)
    if whole == 0:
        return [0 for _ in worths]
    parts = [half_even(Fraction(amount * worth, whole)) for worth in worths]
    by_worth = sorted(range(len(worths)), key=lambda at: (-worths[at], at))
    while sum(parts) < amount:
        parts[next(at for at in by_worth if parts[at] < worths[at])] += 1
    while sum(parts) > amount:
        parts[next(at for at in by_worth if parts[at] > 0)] -= 1
    return parts


class Line:
    """Bottles of one variant, and what is left to pay for them."""

    def __init__(self, variant_id: int, quantity: int, unit: int) -> None:
        self.variant_id = variant_id
        self.quantity = quantity
        self.unit = unit
        self.left = quantity * unit


def expected(
    wanted: Sequence[tuple[int, int, int]],
    points: Sequence[int],
    delivery: int,
    reductions: Sequence[Reduction],
    *,
    is_included: bool,
) -> dict[str, object]:
    """What lines of (variant, quantity, unit price) cost at rates, as plain numbers by name.

    Delivery bears the rate of the line worth most, of equals that of the lowest variant.
    """
    lines = [Line(*one) for one in wanted]
    by_rank = sorted(lines, key=lambda line: (line.variant_id, line.quantity, line.unit))
    rest = delivery
    for reduction in reductions:
        if isinstance(reduction.effect, DeliveryOff):
            limit = reduction.effect.up_to
            rest -= rest if limit is None else min(rest, limit.minor)
        else:
            _reduce(reduction, by_rank)
    rates = [Fraction(one, 10_000) for one in points]
    taxes = [
        half_even(line.left * (rate / (1 + rate) if is_included else rate))
        for line, rate in zip(lines, rates, strict=True)
    ]
    by_worth = sorted(
        zip(wanted, rates, strict=True), key=lambda pair: (-pair[0][1] * pair[0][2], pair[0][0])
    )
    outer = by_worth[0][1]
    added = 0 if is_included else sum(taxes)
    return {
        "discounts": [line.quantity * line.unit - line.left for line in lines],
        "shipping_discount": delivery - rest,
        "taxes": taxes,
        "shipping_tax": half_even(rest * outer / (1 + outer)),
        "total": sum(line.left for line in lines) + rest + added,
    }


def _reduce(reduction: Reduction, lines: Sequence[Line]) -> None:
    ids, effect = reduction.variant_ids, reduction.effect
    meant = [line for line in lines if ids is None or line.variant_id in ids]
    if isinstance(effect, PercentOff | AmountOff):
        amount = (
            effect.amount.minor
            if isinstance(effect, AmountOff)
            else half_even(Fraction(sum(line.left for line in meant) * effect.basis_points, 10_000))
        )
        for line, part in zip(meant, split(amount, [one.left for one in meant]), strict=True):
            line.left -= part
    elif isinstance(effect, UnitAmountOff):
        for line in meant:
            line.left -= min(line.left, effect.amount.minor * line.quantity)
    elif isinstance(effect, UnitsFree):
        _give(effect, meant, lines)


def _give(effect: UnitsFree, meant: Sequence[Line], lines: Sequence[Line]) -> None:
    """Line up the bottles that may become cheaper, and find the longest run that is earned."""
    ids = effect.get_variant_ids
    got = [line for line in lines if (line in meant if ids is None else line.variant_id in ids)]
    queue = [line for line in got for _ in range(line.quantity)]
    queue.sort(key=lambda line: (line.unit, line in meant))
    best: list[Line] = []
    for times in range(1, (effect.most or 10_000) + 1):
        run = queue[: times * effect.get]
        paid = sum(line.quantity for line in meant) - sum(line in meant for line in run)
        if len(run) == len(best) or paid < times * effect.buy:
            break
        best = run
    for line in got:
        cheaper = Fraction(best.count(line) * line.unit * effect.basis_points, 10_000)
        line.left -= min(line.left, half_even(cheaper))
