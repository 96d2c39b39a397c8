"""What has to be there first: a status, a price, an address, a card, a day, a home."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.kinds import AddressKind
from cloud.accounts.models import Address
from cloud.catalogue.offers import Offer
from cloud.hubs import service as hubs
from cloud.hubs.models import HouseholdRole
from cloud.orders.schemas import PostalAddress
from cloud.payments import service as payments
from cloud.pricing.quotes import Quote
from cloud.subscriptions.errors import (
    AddressNeeded,
    CannotSubscribe,
    CardNeeded,
    CeilingTooLow,
    DayRefused,
    HomeUnknown,
    SubscriptionRefused,
)
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.service.pricing import Parcel
from cloud.subscriptions.states import Question, SubscriptionStatus
from cloud.subscriptions.terms import FURTHEST_DAYS, usual_ceiling

_S = SubscriptionStatus
_SPENDERS = (HouseholdRole.OWNER, HouseholdRole.ADULT)
# A suspended one is its staff's to lift; an ended one is begun again, not changed.
CHANGEABLE = frozenset({_S.ACTIVE, _S.PAUSED, _S.PENDING_PAYMENT})
SKIPPABLE = frozenset({_S.ACTIVE, _S.PENDING_PAYMENT})


def require(subscription: Subscription, statuses: frozenset[SubscriptionStatus]) -> None:
    """Raise SubscriptionRefused unless a subscription stands at one of some statuses."""
    if subscription.status not in statuses:
        raise SubscriptionRefused(subscription.status)


def require_sold(parcel: Parcel) -> tuple[Offer, Quote]:
    """Return what a parcel holds and costs; CannotSubscribe when it cannot be had."""
    if parcel.offer is None or not parcel.offer.is_sellable:
        raise CannotSubscribe(Question.NOT_SOLD.value)
    if parcel.quote is None:
        raise CannotSubscribe(Question.NOT_DELIVERED.value)
    return parcel.offer, parcel.quote


async def require_address(
    session: AsyncSession, user_id: int, address_id: int | None
) -> PostalAddress:
    """Return an address of a member, None the default one; AddressNeeded."""
    found: Address | None
    if address_id is None:
        found = await accounts.find_default_address(session, user_id, AddressKind.SHIPPING)
    else:
        found = await accounts.find_address(session, user_id, address_id)
    if found is None:
        raise AddressNeeded
    return PostalAddress(
        recipient=found.recipient,
        line1=found.line1,
        line2=found.line2,
        city=found.city,
        region=found.region,
        postcode=found.postcode,
        country=found.country,
        phone=found.phone,
    )


async def require_card(
    session: AsyncSession, user_id: int, card_id: int | None, now: datetime
) -> int:
    """Return a member's card that can be charged, None the default one; CardNeeded."""
    if card_id is None:
        card = await payments.default_card(session, user_id, now)
    else:
        card = await payments.find_card(session, user_id, card_id, now)
    if card is None:
        raise CardNeeded
    return card.id


async def require_home(session: AsyncSession, user_id: int, household_id: int | None) -> None:
    """Raise HomeUnknown unless a member may spend for a home; None is none."""
    if household_id is None:
        return
    if await hubs.role_in(session, household_id, user_id) not in _SPENDERS:
        raise HomeUnknown


def require_day(day: date, today: date) -> date:
    """Return a day that a charge may be on; DayRefused."""
    if not today <= day <= today + timedelta(days=FURTHEST_DAYS):
        raise DayRefused
    return day


def ceiling(asked_minor: int | None, total_minor: int) -> int:
    """Return the amount above which to ask first; CeilingTooLow when it is below the total."""
    if asked_minor is None:
        return usual_ceiling(total_minor)
    if asked_minor < total_minor:
        raise CeilingTooLow
    return asked_minor
