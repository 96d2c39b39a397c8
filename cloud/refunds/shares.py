"""What a refund is made of: which bottles, what of the delivery, what of the tax. Pure arithmetic.

A line's worth is what was paid for it, its discount taken off and tax that came on top added. What
refunds give back of a line, of the delivery and of the tax adds up to what was paid for them, to
the minor unit, whatever the steps are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cloud.foundation.money import rounded
from cloud.pricing.shares import allot, refundable


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line as it was paid: `worth_minor` for all its `quantity`, `tax_minor` of that is tax.

    The money of `returned` bottles went back before.
    """

    item_id: int
    quantity: int
    worth_minor: int
    tax_minor: int
    returned: int = 0

    @property
    def left(self) -> int:
        """Return how many bottles can still be given back."""
        return self.quantity - self.returned

    def worth(self, quantity: int) -> int:
        """Return what the next `quantity` bottles are worth."""
        return refundable(self.worth_minor, quantity, self.quantity, self.returned)

    def tax(self, quantity: int) -> int:
        """Return the tax of the next `quantity` bottles."""
        return refundable(self.tax_minor, quantity, self.quantity, self.returned)


@dataclass(frozen=True, slots=True)
class Paid:
    """A paid order and what went back of it; amounts in minor units, tax inside the others."""

    total_minor: int
    tax_minor: int
    lines: tuple[PaidLine, ...]
    shipping_minor: int
    shipping_tax_minor: int
    gift_card_minor: int = 0
    returned_minor: int = 0
    returned_tax_minor: int = 0
    returned_shipping_minor: int = 0
    returned_gift_card_minor: int = 0

    @property
    def left_minor(self) -> int:
        """Return what can still go back."""
        return self.total_minor - self.returned_minor

    @property
    def shipping_left_minor(self) -> int:
        """Return what of the delivery can still go back."""
        return max(0, min(self.shipping_minor - self.returned_shipping_minor, self.left_minor))

    def line(self, item_id: int) -> PaidLine | None:
        """Return a line; None when it is not this order's."""
        return next((line for line in self.lines if line.item_id == item_id), None)


@dataclass(frozen=True, slots=True)
class Share:
    """What a refund gives back of one line."""

    item_id: int
    quantity: int
    amount_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """A refund in its parts: what neither lines nor delivery explain is goodwill."""

    amount_minor: int
    lines: tuple[Share, ...]
    shipping_minor: int
    tax_minor: int
    gift_card_minor: int

    @property
    def card_minor(self) -> int:
        """Return what goes back where the payment came from."""
        return self.amount_minor - self.gift_card_minor


def everything(paid: Paid) -> dict[int, int]:
    """Return how many of which line can still be given back."""
    return {line.item_id: line.left for line in paid.lines if line.left}


def worth_of(paid: Paid, quantities: Mapping[int, int], shipping_minor: int) -> int:
    """Return what bottles and a part of the delivery are worth together."""
    chosen = [line for line in paid.lines if line.item_id in quantities]
    return sum(line.worth(quantities[line.item_id]) for line in chosen) + shipping_minor


def plan(
    paid: Paid, quantities: Mapping[int, int], shipping_minor: int, amount_minor: int
) -> RefundPlan:
    """Return the parts of a refund of `amount_minor`, which is at most what is left.

    Less than the bottles and the delivery are worth lowers each in proportion; more is goodwill.
    The quantities are known to be left.
    """
    chosen = [line for line in paid.lines if line.item_id in quantities]
    full = [line.worth(quantities[line.item_id]) for line in chosen]
    *parts, shipping = allot(amount_minor, [*full, shipping_minor])
    shares = tuple(
        Share(
            line.item_id,
            quantities[line.item_id],
            part,
            _of(line.tax(quantities[line.item_id]), part, whole),
        )
        for line, part, whole in zip(chosen, parts, full, strict=True)
    )
    return RefundPlan(
        amount_minor=amount_minor,
        lines=shares,
        shipping_minor=shipping,
        tax_minor=_tax(paid, shares, shipping, amount_minor),
        gift_card_minor=_gift_card(paid, amount_minor),
    )


def _tax(paid: Paid, shares: Sequence[Share], shipping_minor: int, amount_minor: int) -> int:
    left = max(0, paid.tax_minor - paid.returned_tax_minor)
    if amount_minor == paid.left_minor:
        return min(left, amount_minor)
    named = sum(share.amount_minor for share in shares) + shipping_minor
    before = paid.returned_shipping_minor
    shipping_tax = _of(paid.shipping_tax_minor, before + shipping_minor, paid.shipping_minor) - _of(
        paid.shipping_tax_minor, before, paid.shipping_minor
    )
    goodwill_tax = _of(paid.tax_minor, amount_minor - named, paid.total_minor)
    tax = sum(share.tax_minor for share in shares) + shipping_tax + goodwill_tax
    return max(0, min(tax, left, amount_minor))


def _gift_card(paid: Paid, amount_minor: int) -> int:
    """Return what of an amount goes back to gift cards, in proportion to what they paid."""
    fair = _of(paid.gift_card_minor, paid.returned_minor + amount_minor, paid.total_minor)
    left = paid.gift_card_minor - paid.returned_gift_card_minor
    card_left = paid.left_minor - left
    least = max(0, amount_minor - card_left)
    return max(least, min(fair - paid.returned_gift_card_minor, left, amount_minor))


def _of(whole_minor: int, part: int, of: int) -> int:
    return rounded(Fraction(whole_minor * part, of)) if of else 0
