"""What an owner changes of a subscription: what comes, how often, where to, paid how."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.actors import Actor
from cloud.subscriptions import planning, repository
from cloud.subscriptions.errors import ParcelChanged
from cloud.subscriptions.events import Change
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.schemas import Home, SubscriptionChange
from cloud.subscriptions.service.one_parcel import charge_soon
from cloud.subscriptions.service.passing import answer
from cloud.subscriptions.service.pricing import price_next
from cloud.subscriptions.service.recording import note, take_turn, tell
from cloud.subscriptions.service.requiring import (
    CHANGEABLE,
    ceiling,
    require,
    require_address,
    require_card,
    require_home,
    require_sold,
)
from cloud.subscriptions.states import SubscriptionStatus


async def change(
    session: AsyncSession,
    subscription: Subscription,
    asked: SubscriptionChange,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what was asked of a locked subscription; parcels that are billed stay as they are.

    Raises ParcelChanged when a parcel would cost something else than was shown, and what the
    parts raise: AddressNeeded, CardNeeded, CannotSubscribe, CeilingTooLow, SubscriptionMovedOn,
    SubscriptionRefused. Then the unit of work has to be given up.
    """
    require(subscription, CHANGEABLE)
    before = _facts(subscription)
    is_swapped = asked.variant_id not in (None, subscription.variant_id)
    if asked.card_id is not None:
        await _take_card(session, subscription, asked.card_id, now)
    if asked.frequency not in (None, subscription.frequency):
        subscription.frequency = asked.frequency
        planning.anchor_at(subscription, subscription.next_billing_on)
    for name in (
        "ships_after_days",
        "when_missing",
        "may_pull_forward_days",
        "may_push_back_days",
    ):
        if (value := getattr(asked, name)) is not None:
            setattr(subscription, name, value)
    await _change_parcel(session, subscription, asked, now)
    await session.flush()
    after = _facts(subscription)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return
    take_turn(subscription, asked.version)
    what = "swapped" if is_swapped else "changed"
    await note(session, subscription, what, actor=actor, now=now, **changed)
    await tell(session, subscription, Change.SWAPPED if is_swapped else Change.EDITED, now)


def _facts(subscription: Subscription) -> dict[str, object]:
    return {
        "variant_id": subscription.variant_id,
        "quantity": subscription.quantity,
        "frequency": subscription.frequency.value,
        "address": subscription.address,
        "card_id": subscription.card_id,
        "total_minor": subscription.total_minor,
        "max_total_minor": subscription.max_total_minor,
        "ships_after_days": subscription.ships_after_days,
        "when_missing": subscription.when_missing.value,
        "may_pull_forward_days": subscription.may_pull_forward_days,
        "may_push_back_days": subscription.may_push_back_days,
    }


async def _take_card(
    session: AsyncSession, subscription: Subscription, card_id: int, now: datetime
) -> None:
    """Charge another card from now on; an unpaid parcel is tried with it at once.

    The card that it has already is no other: whoever sends the same form twice wants one try.
    """
    chosen = await require_card(session, subscription.user_id, card_id, now)
    if chosen == subscription.card_id:
        return
    subscription.card_id = chosen
    unpaid = await repository.open_cycle(session, subscription.id)
    if unpaid is not None and subscription.status is SubscriptionStatus.PENDING_PAYMENT:
        await charge_soon(session, unpaid, now)


async def _change_parcel(
    session: AsyncSession, subscription: Subscription, asked: SubscriptionChange, now: datetime
) -> None:
    touched = (asked.variant_id, asked.quantity, asked.address_id)
    if touched == (None, None, None):
        if asked.max_total_minor is not None:
            subscription.max_total_minor = ceiling(asked.max_total_minor, subscription.total_minor)
        return
    if asked.address_id is not None:
        address = await require_address(session, subscription.user_id, asked.address_id)
        subscription.address = address.model_dump()
    if asked.variant_id not in (None, subscription.variant_id):
        subscription.variant_id = asked.variant_id
        # What devices counted on is not what comes.
        await repository.drop_claims(session, subscription.id, subscription.next_number)
    if asked.quantity is not None:
        subscription.quantity = asked.quantity
        number = subscription.next_number
        await repository.drop_claims(session, subscription.id, number, beyond=asked.quantity)
    with session.no_autoflush:
        parcel = await price_next(session, subscription, now)
    offer, quoted = require_sold(parcel)
    if asked.seen_total_minor != quoted.total.minor:
        raise ParcelChanged(asked.seen_total_minor or 0, quoted.total)
    is_same_money = subscription.currency == quoted.currency
    keeps = is_same_money and subscription.max_total_minor >= quoted.total.minor
    if asked.max_total_minor is not None or not keeps:
        subscription.max_total_minor = ceiling(asked.max_total_minor, quoted.total.minor)
    subscription.unit_price_minor = offer.price.minor
    subscription.total_minor = quoted.total.minor
    subscription.currency = quoted.currency
    answer(subscription, today_in(subscription.time_zone, now))


async def choose_home(
    session: AsyncSession,
    subscription: Subscription,
    asked: Home,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Say for which home a locked subscription is, None for none; HomeUnknown, SubscriptionMovedOn.

    Devices of the home that it was for count on its next parcel no more, and hear it.
    """
    require(subscription, CHANGEABLE)
    household_id = asked.household_id
    await require_home(session, subscription.user_id, household_id)
    if subscription.household_id == household_id:
        return
    take_turn(subscription, asked.version)
    subscription.household_id = household_id
    await repository.drop_claims(session, subscription.id, subscription.next_number)
    await note(session, subscription, "changed", actor=actor, now=now, household_id=household_id)
    await tell(session, subscription, Change.EDITED, now)
