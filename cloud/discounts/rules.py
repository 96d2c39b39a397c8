"""Which promotions count on a purchase. Pure: candidates in, a choice and refusals out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from cloud.discounts.models import PromotionKind
from cloud.discounts.refusals import Refusal, Why
from cloud.discounts.terms import Basket, Candidate, Shopper, Terms, normal_email
from cloud.pricing.reductions import (
    AmountOff,
    DeliveryOff,
    Effect,
    PercentOff,
    Reduction,
    UnitAmountOff,
    UnitsFree,
)

# More codes than this nobody enters; every choice among them is priced.
MOST_CODES = 5

# What a purchase costs with some reductions, in minor units.
Price = Callable[[Sequence[Reduction]], int]


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates that count, in the order in which they do, and why the codes left do not."""

    chosen: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]


def choose(
    candidates: Sequence[Candidate], basket: Basket, shopper: Shopper, now: datetime, price: Price
) -> Choice:
    """Choose what counts: of all choices among the codes, the cheapest purchase.

    Within a choice the highest priority is taken first, then what saves most alone, then the
    lowest id, each if it goes with those taken. A code more never makes the purchase dearer, and
    one that does not lower it is not used. The order in which codes were entered changes nothing.
    """
    if not candidates:
        return Choice((), ())
    usable, refusals = [], []
    for candidate in sorted(candidates, key=lambda one: one.key):
        refusal = refuse(candidate, basket, shopper, now)
        if refusal is None:
            usable.append(candidate)
        elif candidate.code:
            refusals.append(refusal)
    ranked = _ranked(usable, price)
    codes = [one for one in ranked if one.code][:MOST_CODES]
    free = [one for one in ranked if not one.code]
    best = min(
        (
            _stack([one for one in ranked if one in free or one in picked])
            for picked in _sets(codes)
        ),
        key=lambda stack: (price([reduction_of(one) for one in stack]), len(stack)),
    )
    unused = [one for one in usable if one.code and one not in best]
    return Choice(tuple(best), (*refusals, *(_left_out(one, best, ranked) for one in unused)))


def refuse(candidate: Candidate, basket: Basket, shopper: Shopper, now: datetime) -> Refusal | None:
    """Return why a candidate does not count whatever else does; None when it may."""
    terms, code = candidate.terms, candidate.code
    if not (terms.is_active and candidate.is_coupon_active):
        return Refusal(code, Why.SWITCHED_OFF)
    if terms.starts_at is not None and now < terms.starts_at:
        return Refusal(code, Why.NOT_YET, at=terms.starts_at)
    if any(end is not None and now >= end for end in (terms.ends_at, candidate.coupon_ends_at)):
        return Refusal(code, Why.EXPIRED)
    if candidate.coupon_user_id not in (None, shopper.user_id):
        return Refusal(code, Why.OTHER_MEMBER)
    why = _misfit(terms, basket) or _stranger(terms, shopper) or _used(candidate)
    if why is None:
        return None
    return Refusal(code, why, amount=terms.worth if why is Why.MINIMUM else None)


def reduction_of(candidate: Candidate) -> Reduction:
    """Return what a candidate does to a price."""
    terms = candidate.terms
    return Reduction(
        promotion_id=terms.promotion_id,
        code=candidate.code,
        name=terms.name,
        effect=_effect(terms),
        variant_ids=terms.variant_ids,
    )


def _effect(terms: Terms) -> Effect:
    if terms.kind is PromotionKind.PERCENT and terms.basis_points is not None:
        return PercentOff(terms.basis_points)
    if terms.kind is PromotionKind.AMOUNT and terms.off is not None:
        return AmountOff(terms.off)
    if terms.kind is PromotionKind.UNIT_AMOUNT and terms.off is not None:
        return UnitAmountOff(terms.off)
    if terms.kind is PromotionKind.UNITS_FREE and terms.get_units:
        return UnitsFree(
            buy=terms.buy_units or 0,
            get=terms.get_units,
            get_variant_ids=terms.get_variant_ids,
            basis_points=terms.basis_points or 0,
            most=terms.most_times,
        )
    return DeliveryOff(up_to=terms.off)


def _misfit(terms: Terms, basket: Basket) -> Why | None:
    needs_amount = terms.kind in (PromotionKind.AMOUNT, PromotionKind.UNIT_AMOUNT)
    if not terms.is_in_currency or (needs_amount and terms.off is None):
        return Why.OTHER_CURRENCY
    if terms.countries and basket.country not in terms.countries:
        return Why.OTHER_COUNTRY
    if terms.variant_ids is not None and not terms.variant_ids:
        return Why.OTHER_GOODS
    if terms.worth is not None and basket.worth < terms.worth:
        return Why.MINIMUM
    return None


def _stranger(terms: Terms, shopper: Shopper) -> Why | None:
    if terms.is_personal and not shopper.is_known:
        return Why.NOT_FOR_YOU
    if terms.is_first_order and shopper.has_ordered:
        return Why.FIRST_ORDER
    if terms.emails and not _is_meant(terms.emails, shopper.email):
        return Why.NOT_FOR_YOU
    return None


def _is_meant(emails: frozenset[str], email: str) -> bool:
    whole = normal_email(email)
    return any(
        whole.endswith(one) if one.startswith("@") else whole == normal_email(one) for one in emails
    )


def _used(candidate: Candidate) -> Why | None:
    terms = candidate.terms
    if terms.most_uses is not None and terms.uses >= terms.most_uses:
        return Why.USED_UP
    if (
        candidate.coupon_most_uses is not None
        and candidate.coupon_uses >= candidate.coupon_most_uses
    ):
        return Why.USED_UP
    if terms.most_uses_each is not None and terms.uses_by_buyer >= terms.most_uses_each:
        return Why.ONCE_EACH
    return None


def _ranked(usable: Sequence[Candidate], price: Price) -> list[Candidate]:
    """Return the candidates that save something alone, in the order in which they are taken."""
    whole = price([])
    saved = {one.key: whole - price([reduction_of(one)]) for one in usable}
    return sorted(
        (one for one in usable if saved[one.key] > 0),
        key=lambda one: (-one.terms.priority, -saved[one.key], one.key),
    )


def _sets(codes: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    for size in range(len(codes) + 1):
        yield from combinations(codes, size)


def _stack(ranked: Sequence[Candidate]) -> list[Candidate]:
    stack: list[Candidate] = []
    for one in ranked:
        if all(_go_together(one.terms, other.terms) for other in stack):
            stack.append(one)
    return stack


def _go_together(one: Terms, other: Terms) -> bool:
    if one.is_exclusive or other.is_exclusive or one.promotion_id == other.promotion_id:
        return False
    return one.stacking_group is None or one.stacking_group != other.stacking_group


def _left_out(
    candidate: Candidate, best: Sequence[Candidate], ranked: Sequence[Candidate]
) -> Refusal:
    if candidate in ranked:
        for other in best:
            if not _go_together(candidate.terms, other.terms):
                name = other.terms.name
                return Refusal(candidate.code, Why.DOES_NOT_COMBINE, other=name)
    return Refusal(candidate.code, Why.SAVES_NOTHING)
