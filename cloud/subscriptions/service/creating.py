"""From an offer that somebody saw and agreed to, to a subscription."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue import service as catalogue
from cloud.catalogue.offers import Offer
from cloud.foundation.events import emit
from cloud.orders.actors import Actor
from cloud.orders.schemas import PostalAddress
from cloud.site.service import read_site
from cloud.subscriptions import repository
from cloud.subscriptions.errors import ParcelChanged, SubscriptionNotFound
from cloud.subscriptions.events import SubscriptionCreated
from cloud.subscriptions.frequencies import moment_of, today_in
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.schemas import NewSubscription, ParcelAsked, ParcelQuote
from cloud.subscriptions.service.billing import attend_soon
from cloud.subscriptions.service.pricing import is_short, price_parcel
from cloud.subscriptions.service.recording import facts, note
from cloud.subscriptions.service.requiring import (
    ceiling,
    require_address,
    require_card,
    require_day,
    require_home,
    require_sold,
)
from cloud.subscriptions.states import SubscriptionStatus
from cloud.subscriptions.terms import REMIND_DAYS, TEXT_VERSION, usual_ceiling

_ONE_CLICK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def quote(
    session: AsyncSession, user_id: int, asked: ParcelAsked, now: datetime
) -> ParcelQuote:
    """Return what a parcel costs at a member's address; AddressNeeded, CannotSubscribe."""
    address = await require_address(session, user_id, asked.address_id)
    return await _quoted(session, asked, address, now)


async def quote_change(
    session: AsyncSession,
    user_id: int,
    subscription_id: int,
    asked: ParcelAsked,
    now: datetime,
) -> ParcelQuote:
    """Return what a parcel of a member's subscription would cost with another content or address.

    `address_id` None: where it goes now. Raises SubscriptionNotFound, AddressNeeded,
    CannotSubscribe.
    """
    found = await repository.fetch(session, subscription_id)
    if found is None or found.user_id != user_id:
        raise SubscriptionNotFound
    address = PostalAddress.model_validate(found.address)
    if asked.address_id is not None:
        address = await require_address(session, user_id, asked.address_id)
    return await _quoted(session, asked, address, now)


async def list_choices(session: AsyncSession, variant_id: int, now: datetime) -> list[Offer]:
    """Return what a subscription could be for: the bottles of its own scent first; 60 at most."""
    ids = await repository.choice_ids(session, variant_id, 60)
    found = await catalogue.offers(session, ids, now)
    return [found[one] for one in ids if one in found and found[one].is_sellable]


async def _quoted(
    session: AsyncSession, asked: ParcelAsked, address: PostalAddress, now: datetime
) -> ParcelQuote:
    parcel = await price_parcel(session, asked.variant_id, asked.quantity, address, now)
    offer, made = require_sold(parcel)
    return ParcelQuote(
        variant_id=offer.variant_id,
        product_name=offer.product_name,
        variant_name=offer.variant_name,
        slug=offer.slug,
        quantity=asked.quantity,
        unit_price_minor=offer.price.minor,
        shipping_minor=made.shipping.minor,
        discount_minor=made.discount.minor,
        tax_minor=made.tax.minor,
        total_minor=made.total.minor,
        currency=made.currency,
        p50_days=made.delivery.p50_days,
        p90_days=made.delivery.p90_days,
        is_in_stock=not is_short(parcel),
        usual_ceiling_minor=usual_ceiling(made.total.minor),
        ships_to=address,
    )


async def create(
    session: AsyncSession,
    user_id: int,
    asked: NewSubscription,
    *,
    key: str,
    actor: Actor,
    now: datetime,
) -> Subscription:
    """Subscribe a member to what they saw; a first day that is today is charged at once.

    `key` names the click: a second time it gives the same subscription. Raises AddressNeeded,
    CannotSubscribe, ParcelChanged (it costs something else than was shown), CardNeeded,
    CeilingTooLow, DayRefused, HomeUnknown.
    """
    key = f"{user_id}:{key}"
    await session.execute(_ONE_CLICK, {"key": f"subscription:{key}"})
    made = await repository.fetch_made(session, key)
    if made is not None:
        return made
    address = await require_address(session, user_id, asked.address_id)
    parcel = await price_parcel(session, asked.variant_id, asked.quantity, address, now)
    offer, quoted = require_sold(parcel)
    if quoted.total.minor != asked.seen_total_minor:
        raise ParcelChanged(asked.seen_total_minor, quoted.total)
    card_id = await require_card(session, user_id, asked.card_id, now)
    await require_home(session, user_id, asked.household_id)
    zone = asked.time_zone or (await read_site(session)).time_zone
    today = today_in(zone, now)
    first_on = require_day(asked.first_on or today, today)
    subscription = Subscription(
        user_id=user_id,
        household_id=asked.household_id,
        variant_id=offer.variant_id,
        quantity=asked.quantity,
        frequency=asked.frequency,
        status=SubscriptionStatus.ACTIVE,
        time_zone=zone,
        anchor_on=first_on,
        anchor_number=0,
        next_number=0,
        next_billing_on=first_on,
        next_billing_at=moment_of(first_on, zone),
        ships_after_days=asked.ships_after_days,
        address=address.model_dump(),
        card_id=card_id,
        unit_price_minor=offer.price.minor,
        total_minor=quoted.total.minor,
        max_total_minor=ceiling(asked.max_total_minor, quoted.total.minor),
        currency=quoted.currency,
        # Whoever chose a day this near has just read of it.
        told_on=first_on if (first_on - today).days <= REMIND_DAYS else None,
        when_missing=asked.when_missing,
        may_pull_forward_days=asked.may_pull_forward_days,
        may_push_back_days=asked.may_push_back_days,
        made_by_key=key,
        text_version=TEXT_VERSION,
        agreed_at=now,
    )
    if first_on == today:
        # Not at six in the morning: now.
        subscription.next_billing_at = min(now, subscription.next_billing_at)
    session.add(subscription)
    await session.flush()
    await note(session, subscription, "created", actor=actor, now=now)
    await emit(
        session,
        SubscriptionCreated(
            **await facts(session, subscription, now),
            next_billing_on=first_on,
            total_minor=subscription.total_minor,
            currency=subscription.currency,
        ),
    )
    if first_on == today:
        await attend_soon(session, subscription.id)
    return subscription
