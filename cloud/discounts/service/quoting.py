"""What a purchase costs with everything that makes it cheaper: the one entry for whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.offers import Offer
from cloud.discounts.errors import CardsInOtherCurrency
from cloud.discounts.refusals import Refusal
from cloud.discounts.repository import candidates as rows
from cloud.discounts.rules import Price, choose, reduction_of
from cloud.discounts.service.funds import find_funds
from cloud.discounts.terms import ANYBODY, Basket, Candidate, Shopper
from cloud.foundation.money import Money
from cloud.pricing.quotes import Quote, price
from cloud.pricing.reductions import Reduction
from cloud.pricing.reverse_charge import is_reverse_charge, without_tax
from cloud.pricing.service import Wanted, offered
from cloud.site.schemas import Site
from cloud.site.service import read_site


@dataclass(frozen=True, slots=True)
class Entered:
    """The codes that a buyer entered, by id; gift cards pay in the order given."""

    coupon_ids: Sequence[int] = ()
    gift_card_ids: Sequence[int] = ()


NOTHING_ENTERED = Entered()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote, what it counts, and why entered codes do not count (one entry a code)."""

    quote: Quote
    used: tuple[Candidate, ...] = ()
    refusals: tuple[Refusal, ...] = field(default=())


async def quote(
    session: AsyncSession,
    lines: Sequence[Wanted],
    country: str,
    now: datetime,
    *,
    method: str | None = None,
    shopper: Shopper = ANYBODY,
    entered: Entered = NOTHING_ENTERED,
    instead_of: int | None = None,
    postcode: str = "",
    currency: str | None = None,
    sold_cards: Sequence[Money] = (),
    vat_country: str | None = None,
    granted: Sequence[Reduction] = (),
) -> Quoted:
    """Return what lines cost at a moment, delivered to a country (ISO 3166 alpha-2).

    `method` is the code of a way of delivery; None takes the cheapest. Lines stay in order, and
    stock does not count. `instead_of` is an unpaid order that this purchase would replace: what
    it uses and holds is free. `postcode` "" is not known yet. `currency` is one on offer, None the
    shop's own. `sold_cards` are the amounts of gift cards that are bought. `vat_country` is where
    the buyer's VAT number comes from, known to be in force; None: there is none. `granted` is what
    staff take off what promotions leave. Raises NothingToPrice, NotSellable, NotDelivered,
    TooHeavy, UnknownShippingMethod, CurrencyNotOffered, CardsInOtherCurrency or MixedCurrency; a
    code that does not count is no error.
    """
    conversion = None
    if currency is not None:
        conversion = (await read_site(session)).conversion_to(currency)
    return await quote_offers(
        session,
        await offered(session, lines, now, conversion, user_id=shopper.user_id),
        country,
        now,
        method=method,
        shopper=shopper,
        entered=entered,
        instead_of=instead_of,
        postcode=postcode,
        currency=currency,
        sold_cards=sold_cards,
        vat_country=vat_country,
        granted=granted,
    )


async def quote_offers(
    session: AsyncSession,
    wanted: Sequence[tuple[Offer, int]],
    country: str,
    now: datetime,
    *,
    method: str | None = None,
    shopper: Shopper = ANYBODY,
    entered: Entered = NOTHING_ENTERED,
    instead_of: int | None = None,
    postcode: str = "",
    currency: str | None = None,
    sold_cards: Sequence[Money] = (),
    vat_country: str | None = None,
    granted: Sequence[Reduction] = (),
) -> Quoted:
    """Return what offers in a currency, with their quantities, cost; otherwise as `quote`."""
    own = await read_site(session)
    site = own.in_currency(currency)
    if any(one.currency != site.currency for one in sold_cards):
        raise CardsInOtherCurrency(own.currency)
    is_reverse = is_reverse_charge(own, country, vat_country)
    if is_reverse:
        wanted, site = without_tax(wanted, site, country)
    basket = Basket(wanted, country, site.currency, own.currency, own.conversion_to(currency))
    found = await rows.find_candidates(
        session, basket, shopper, entered.coupon_ids, now, instead_of=instead_of
    )
    choice = choose(
        found, basket, shopper, now, _total_of(basket, site, method, postcode, sold_cards)
    )
    reductions = [*(reduction_of(one) for one in choice.chosen), *granted]
    funds = await find_funds(
        session, entered.gift_card_ids, site.currency, now, instead_of=instead_of
    )
    made = price(
        wanted,
        site,
        country,
        method,
        postcode=postcode,
        reductions=reductions,
        gift_cards=funds.usable,
        sold_cards=sold_cards,
    )
    return Quoted(
        quote=replace(made, is_reverse_charge=True) if is_reverse else made,
        used=choice.chosen,
        refusals=(*choice.refusals, *funds.refusals, *funds.not_needed(made)),
    )


def _total_of(
    basket: Basket, site: Site, method: str | None, postcode: str, sold: Sequence[Money]
) -> Price:
    def total(reductions: Sequence[Reduction]) -> int:
        quoted = price(
            basket.wanted,
            site,
            basket.country,
            method,
            postcode=postcode,
            reductions=reductions,
            sold_cards=sold,
        )
        return quoted.total.minor

    return total
