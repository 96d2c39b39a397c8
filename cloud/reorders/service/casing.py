"""Gathering everything that a decision rests on, as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.kinds import AddressKind
from cloud.accounts.models import Address
from cloud.catalogue import service as catalogue
from cloud.catalogue.offers import Offer
from cloud.discounts import service as discounts
from cloud.foundation.money import MixedCurrency
from cloud.hubs import service as hubs
from cloud.hubs.models import HouseholdRole, Slot
from cloud.inventory import service as inventory
from cloud.orders.schemas import PostalAddress
from cloud.pricing.errors import NotDelivered, TooHeavy
from cloud.pricing.quotes import Quote
from cloud.reorders import repository
from cloud.reorders.cases import (
    Case,
    Consent,
    Evidence,
    History,
    Look,
    Mode,
    ReorderRules,
    Standing,
    Supply,
)
from cloud.reorders.errors import SlotNotFound
from cloud.reorders.models import Reorder, ReorderConsent, ReorderHousehold
from cloud.site.service import read_site
from cloud.subscriptions.service import find_subscription
from scentd.contracts.bodies import LevelV1, RunningLowV1

_SPENDERS = (HouseholdRole.OWNER, HouseholdRole.ADULT)
_FORMER_ORDERS = 12
# Fewer parcels to an address say less than the way of delivery promises.
_FEWEST_PARCELS = 3


@dataclass(frozen=True, slots=True)
class Refill:
    """What the shop would send for a slot: the bottle, the whole price, and how many there are."""

    offer: Offer
    quantity: int
    quote: Quote
    available: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """A case with the rows it was made of. `refill` None: the shop cannot name a price."""

    case: Case
    slot: Slot
    consent: ReorderConsent | None
    refill: Refill | None


async def gather(
    session: AsyncSession,
    rules: ReorderRules,
    reorder: Reorder,
    household: ReorderHousehold,
    now: datetime,
    *,
    country: str | None = None,
) -> Gathered:
    """Return the case of a locked reorder; the household's row is locked too.

    `country` is where the refill goes when a certain person pays; None: as `find_refill` finds.
    """
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    if slot is None:
        raise SlotNotFound
    consent = await repository.live_consent(session, reorder.household_id, slot.id)
    refill = await find_refill(session, slot, consent, now, country=country)
    case = Case(
        evidence=_evidence(reorder, slot),
        standing=await _standing(session, slot, household, refill),
        consent=None if consent is None else _agreed(consent),
        supply=None if refill is None else await _supply(session, slot, consent, refill),
        history=await _history(session, reorder, refill, now),
        rules=rules,
        now=now,
    )
    return Gathered(case, slot, consent, refill)


def _evidence(reorder: Reorder, slot: Slot) -> Evidence:
    report = RunningLowV1.model_validate(reorder.evidence)
    return Evidence(
        install_id=reorder.cartridge_install_id,
        occurred_at=reorder.low_at,
        received_at=reorder.received_at,
        observations=tuple(_look(level) for level in report.observations),
        present_install_id=slot.cartridge_install_id,
        fitted_at=slot.fitted_at,
        joined_at=slot.joined_at,
        present=Look(
            remaining_ul=slot.remaining_ul,
            capacity_ul=slot.capacity_ul,
            error_ul=slot.error_ul,
            quality=slot.level_quality,
            at=slot.level_at,
        ),
        runs_out_at=slot.runs_out_at,
    )


def _look(level: LevelV1) -> Look:
    return Look(
        remaining_ul=level.remaining_ul,
        capacity_ul=level.capacity_ul,
        error_ul=level.error_ul,
        quality=level.quality,
        at=level.at,
    )


async def _standing(
    session: AsyncSession, slot: Slot, household: ReorderHousehold, refill: Refill | None
) -> Standing:
    # The hub that speaks of the slot now, which may have taken it over since the report.
    hub = await repository.hub_of(session, slot.household_id, slot.hub_id)
    wish = await repository.wish_of(session, slot.household_id, slot.id)
    is_gone = hub is None or hub.revoked_at is not None
    is_capped = refill is not None and refill.quote.currency == household.month_cap_currency
    return Standing(
        mode=Mode.ASK if wish is None else wish.mode,
        is_frozen=is_gone or (wish is not None and wish.frozen_at is not None),
        is_refilled_elsewhere=wish is not None and wish.is_refilled_elsewhere,
        is_hub_duplicated=hub is not None and hub.duplicated_at is not None,
        snoozed_until=None if wish is None else wish.snoozed_until,
        paused_until=household.paused_until,
        most_orders=None if wish is None else wish.most_orders,
        month_cap_minor=household.month_cap_minor if is_capped else None,
    )


def _agreed(consent: ReorderConsent) -> Consent:
    return Consent(
        mode=consent.mode,
        variant_id=consent.variant_id,
        quantity=consent.quantity,
        currency=consent.currency,
        shipping_minor=consent.shipping_minor,
        tax_basis_points=consent.tax_basis_points,
        max_total_minor=consent.max_total_minor,
    )


async def _supply(
    session: AsyncSession, slot: Slot, consent: ReorderConsent | None, refill: Refill
) -> Supply:
    quote = refill.quote
    subscription = await find_subscription(session, slot.household_id, refill.offer.variant_id)
    address = await _destination(session, slot.household_id, consent)
    members = await spenders(session, slot.household_id)
    lived = (
        await repository.delivery_days(session, members, address.country, address.postcode)
        if address
        else ()
    )
    return Supply(
        variant_id=refill.offer.variant_id,
        is_sellable=refill.offer.is_sellable,
        available=refill.available,
        quantity=refill.quantity,
        currency=quote.total.currency,
        shipping_minor=quote.shipping.minor,
        tax_basis_points=quote.tax_basis_points,
        total_minor=quote.total.minor,
        p90_days=max(quote.delivery.p90_days, slow_days(lived)),
        is_subscribed=subscription is not None,
    )


async def _history(
    session: AsyncSession, reorder: Reorder, refill: Refill | None, now: datetime
) -> History:
    wish = await repository.wish_of(session, reorder.household_id, reorder.slot_id)
    currency = refill.quote.total.currency if refill else ""
    members = [user_id for user_id, _ in await hubs.members_of(session, reorder.household_id)]
    bought = (
        await repository.bought_by_hand(session, members, refill.offer.variant_id) if refill else 0
    )
    return History(
        has_open_reorder=await repository.has_other_open(session, reorder),
        last_shipped_at=await repository.last_shipped_at(session, reorder),
        ordered_at=await repository.ordered_moments(session, reorder, _FORMER_ORDERS),
        spent_this_month_minor=await repository.spent_since(
            session, reorder.household_id, currency, start_of_month(now)
        ),
        bottles_on_hand=0 if wish is None else wish.bottles_on_hand,
        bottles_on_the_way=bought,
    )


def start_of_month(now: datetime) -> datetime:
    """Return the first moment of a moment's calendar month, in UTC."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


async def find_refill(
    session: AsyncSession,
    slot: Slot,
    consent: ReorderConsent | None,
    now: datetime,
    *,
    country: str | None = None,
) -> Refill | None:
    """Return what the shop would send for a slot: what is in it, else what was agreed to.

    None when the scent is unknown here or nothing is delivered to the country, which is that of
    the consent, else of the owner's address, else of the shop.
    """
    variant_id = await variant_in(session, slot, consent)
    if variant_id is None:
        return None
    is_agreed = consent is not None and consent.variant_id == variant_id
    quantity = consent.quantity if consent is not None and is_agreed else 1
    return await price_refill(
        session,
        variant_id,
        quantity,
        country or await _country(session, slot.household_id, consent),
        now,
    )


async def price_refill(
    session: AsyncSession, variant_id: int, quantity: int, country: str, now: datetime
) -> Refill | None:
    """Return a bottle with its whole price to a country; None when it cannot be had there."""
    offer = (await catalogue.offers(session, [variant_id], now)).get(variant_id)
    if offer is None:
        return None
    # What was taken out of sale is priced too: a person shall see what it is about.
    priced = replace(offer, is_sellable=True)
    try:
        quoted = await discounts.quote_offers(session, [(priced, quantity)], country, now)
    except (NotDelivered, TooHeavy, MixedCurrency):
        return None
    return Refill(
        offer=offer,
        quantity=quantity,
        quote=quoted.quote,
        available=await inventory.available(session, variant_id, now),
    )


async def variant_in(
    session: AsyncSession, slot: Slot, consent: ReorderConsent | None
) -> int | None:
    """Return the bottle that is in a slot, or was agreed to where its hub cannot tell."""
    if slot.scent_sku is None:
        return None if consent is None else consent.variant_id
    variant = await catalogue.find_variant_by_sku(session, slot.scent_sku)
    return None if variant is None else variant.id


async def _country(session: AsyncSession, household_id: int, consent: ReorderConsent | None) -> str:
    address = await _destination(session, household_id, consent)
    return address.country if address else (await read_site(session)).store_address.country


async def _destination(
    session: AsyncSession, household_id: int, consent: ReorderConsent | None
) -> PostalAddress | None:
    if consent is not None:
        return PostalAddress.model_validate(consent.address)
    for user_id in await spenders(session, household_id):
        address = await shipping_address(session, user_id)
        if address is not None:
            return address
    return None


def slow_days(days: Sequence[int]) -> int:
    """Return within how many days nine of ten parcels came; 0 while too few are known."""
    if len(days) < _FEWEST_PARCELS:
        return 0
    return sorted(days)[ceil(0.9 * len(days)) - 1]


async def spenders(session: AsyncSession, household_id: int) -> list[int]:
    """Return the accounts that may spend for a household, owners first."""
    members = await hubs.members_of(session, household_id)
    allowed = [(user_id, role) for user_id, role in members if role in _SPENDERS]
    return [user_id for user_id, _ in sorted(allowed, key=lambda member: member[1] != "OWNER")]


async def spenders_of(session: AsyncSession, reorder_id: int) -> list[int]:
    """Return the accounts that may decide about a reorder, owners first."""
    reorder = await repository.fetch(session, reorder_id)
    return [] if reorder is None else await spenders(session, reorder.household_id)


async def shipping_address(session: AsyncSession, user_id: int) -> PostalAddress | None:
    """Return a member's default shipping address."""
    found = await accounts.find_default_address(session, user_id, AddressKind.SHIPPING)
    return None if found is None else postal(found)


def postal(address: Address) -> PostalAddress:
    """Return a stored address as orders keep it."""
    return PostalAddress(
        recipient=address.recipient,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        region=address.region,
        postcode=address.postcode,
        country=address.country,
        phone=address.phone,
    )


def likely_arrival(quote: Quote, leaves_at: datetime) -> datetime:
    """Return when a parcel would likely be at the door."""
    return leaves_at + timedelta(days=quote.delivery.p50_days)
