"""What is done to one parcel that is named: left out, moved, agreed to, charged again.

A form that comes twice names the same parcel twice, so the second time finds it done.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.actors import Actor
from cloud.subscriptions import planning, repository
from cloud.subscriptions.errors import (
    ChargedToday,
    NothingToAnswer,
    ParcelChanged,
    ParcelNotNext,
    SubscriptionRefused,
)
from cloud.subscriptions.events import Change
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription, SubscriptionCycle
from cloud.subscriptions.schemas import DayAsked, PriceAccepted, RetryAsked
from cloud.subscriptions.service.billing import attend_soon
from cloud.subscriptions.service.passing import answer, pass_over, settle_question
from cloud.subscriptions.service.pricing import price_next
from cloud.subscriptions.service.recording import note, take_turn, tell
from cloud.subscriptions.service.requiring import SKIPPABLE, require, require_day, require_sold
from cloud.subscriptions.states import CycleStatus, Question, SubscriptionStatus
from cloud.subscriptions.terms import REMIND_DAYS

_S = SubscriptionStatus


async def skip(
    session: AsyncSession,
    subscription: Subscription,
    number: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Leave a parcel of a locked subscription out, which is the next one.

    One that is left out already stays so. Raises SubscriptionRefused, ParcelNotNext.
    """
    parcel = await repository.cycle_numbered(session, subscription.id, number)
    if parcel is not None and parcel.status is CycleStatus.SKIPPED:
        return
    require(subscription, SKIPPABLE)
    if number != subscription.next_number:
        raise ParcelNotNext(subscription.next_billing_on)
    settle_question(subscription)
    await pass_over(session, subscription, actor.kind.value, actor=actor, now=now)


async def choose_day(
    session: AsyncSession,
    subscription: Subscription,
    asked: DayAsked,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Move the next charge of a locked subscription to a day, today at the soonest.

    A day of today is charged at once, unless a parcel was charged today. Of a parcel that was
    charged on that day nothing changes. Raises ChargedToday, DayRefused, ParcelNotNext,
    SubscriptionMovedOn, SubscriptionRefused.
    """
    if await _was_charged_on(session, subscription, asked):
        return
    require(subscription, SKIPPABLE)
    if asked.number != subscription.next_number:
        raise ParcelNotNext(subscription.next_billing_on)
    today = today_in(subscription.time_zone, now)
    day = require_day(asked.day, today)
    if day == subscription.last_billed_on:
        raise ChargedToday
    if _moves(subscription, asked):
        take_turn(subscription, asked.version)
        if asked.counts_from_there:
            planning.anchor_at(subscription, day)
        else:
            planning.move(subscription, day)
        if (day - today).days <= REMIND_DAYS:
            # Whoever chose a day this near has just read of it.
            subscription.told_on = day
        await note(session, subscription, "moved", actor=actor, now=now, day=day.isoformat())
        await tell(session, subscription, Change.MOVED, now, reason=actor.kind.value)
    elif asked.version not in (None, subscription.version):
        # It was moved there before: a late copy does not hurry a charge that is due later today.
        return
    if day == today:
        subscription.next_billing_at = min(now, subscription.next_billing_at)
        await session.flush()
        await attend_soon(session, subscription.id)


async def _was_charged_on(
    session: AsyncSession, subscription: Subscription, asked: DayAsked
) -> bool:
    parcel = await repository.cycle_numbered(session, subscription.id, asked.number)
    if parcel is None or parcel.status is CycleStatus.SKIPPED:
        return False
    return parcel.due_on == asked.day


def _moves(subscription: Subscription, asked: DayAsked) -> bool:
    anchor = (subscription.anchor_on, subscription.anchor_number)
    is_anchored = anchor == (asked.day, subscription.next_number)
    is_there = subscription.next_billing_on == asked.day
    return not is_there or (asked.counts_from_there and not is_anchored)


async def accept_price(
    session: AsyncSession,
    subscription: Subscription,
    asked: PriceAccepted,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Agree to a price above the limit, which rises to it; the charge follows on its day.

    A day that is past by now moves, and is told. What was agreed to already changes nothing.
    Raises NothingToAnswer when no price is asked about, ParcelChanged when it is another by now,
    SubscriptionMovedOn.
    """
    seen_total_minor = asked.seen_total_minor
    require(subscription, frozenset({_S.ACTIVE}))
    if subscription.question is None and subscription.total_minor == seen_total_minor:
        return
    if subscription.question is not Question.PRICE_ABOVE_LIMIT:
        raise NothingToAnswer
    parcel = await price_next(session, subscription, now)
    offer, quoted = require_sold(parcel)
    if quoted.total.minor != seen_total_minor:
        raise ParcelChanged(seen_total_minor, quoted.total)
    take_turn(subscription, asked.version)
    # A limit in other money was never one in this.
    limit = subscription.max_total_minor if subscription.currency == quoted.currency else 0
    subscription.max_total_minor = max(limit, quoted.total.minor)
    subscription.unit_price_minor = offer.price.minor
    subscription.total_minor = quoted.total.minor
    subscription.currency = quoted.currency
    answer(subscription, today_in(subscription.time_zone, now))
    await note(
        session, subscription, "price_accepted", actor=actor, now=now, total_minor=seen_total_minor
    )
    await attend_soon(session, subscription.id)


async def try_again(
    session: AsyncSession, subscription: Subscription, asked: RetryAsked, now: datetime
) -> None:
    """Have a locked subscription's unpaid parcel charged again, now; SubscriptionRefused.

    A parcel that was tried since it was looked at, or is paid, is not tried once more.
    """
    parcel = await repository.cycle_numbered(session, subscription.id, asked.number)
    if parcel is None or parcel.tries < asked.tries:
        raise SubscriptionRefused(subscription.status)
    if parcel.status is CycleStatus.PAID or parcel.tries > asked.tries:
        return
    require(subscription, frozenset({_S.PENDING_PAYMENT}))
    if parcel.status is not CycleStatus.BILLED:
        raise SubscriptionRefused(subscription.status)
    await charge_soon(session, parcel, now)


async def charge_soon(session: AsyncSession, unpaid: SubscriptionCycle, now: datetime) -> None:
    """Have an unpaid parcel's card asked again by a job, now."""
    unpaid.next_try_at = now if unpaid.next_try_at is None else min(now, unpaid.next_try_at)
    await session.flush()
    await attend_soon(session, unpaid.subscription_id)
