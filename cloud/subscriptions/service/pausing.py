"""Pausing a subscription, and going on with it."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor
from cloud.subscriptions import planning, repository
from cloud.subscriptions.errors import DayRefused, PaymentOpen
from cloud.subscriptions.events import Change
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.schemas import PauseAsked, Seen
from cloud.subscriptions.service.passing import settle_question
from cloud.subscriptions.service.recording import move, take_turn, tell
from cloud.subscriptions.states import SubscriptionStatus
from cloud.subscriptions.terms import FURTHEST_DAYS, NOTICE_DAYS, REMIND_DAYS


async def pause(
    session: AsyncSession,
    subscription: Subscription,
    asked: PauseAsked,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Charge nothing of a locked subscription until it is resumed, or by itself on a day.

    What is being charged at this moment stays an order. The same pause once more changes nothing.
    Raises PaymentOpen while a parcel waits for its money, DayRefused, SubscriptionMovedOn,
    SubscriptionRefused.
    """
    resume_on = asked.resume_on
    is_paused = subscription.status is SubscriptionStatus.PAUSED
    if is_paused and subscription.resume_on == resume_on:
        return
    today = today_in(subscription.time_zone, now)
    if resume_on is not None and not today < resume_on <= today + timedelta(days=FURTHEST_DAYS):
        raise DayRefused
    if subscription.status is SubscriptionStatus.PENDING_PAYMENT:
        await _refuse_open(session, subscription)
    take_turn(subscription, asked.version)
    if not is_paused:
        paused = SubscriptionStatus.PAUSED
        await move(session, subscription, paused, actor=actor, now=now, what="paused")
    subscription.resume_on = resume_on
    subscription.resume_told_at = None
    await session.flush()
    await tell(session, subscription, Change.PAUSED, now)


async def _refuse_open(session: AsyncSession, subscription: Subscription) -> None:
    order_id = await repository.open_order_id(session, subscription.id)
    if order_id is not None:
        raise PaymentOpen((await orders.read_order(session, order_id)).number)


async def resume(
    session: AsyncSession, subscription: Subscription, asked: Seen, *, actor: Actor, now: datetime
) -> None:
    """Go on with a locked subscription; the next charge is a regular day, never at once.

    One that runs already stays as it is. Raises SubscriptionMovedOn when another pause holds than
    the one that this answers, SubscriptionRefused.
    """
    active = SubscriptionStatus.ACTIVE
    if subscription.status is active:
        return
    take_turn(subscription, asked.version)
    await move(session, subscription, active, actor=actor, now=now, what="resumed")
    settle_question(subscription)
    plan_after(subscription, today_in(subscription.time_zone, now))
    await session.flush()
    await tell(session, subscription, Change.RESUMED, now)


def plan_after(subscription: Subscription, day: date) -> None:
    """Plan the next charge so that a reminder can go before it, counted from a day."""
    soonest = day + timedelta(days=NOTICE_DAYS)
    if subscription.next_billing_on < soonest:
        planning.plan_from(subscription, subscription.next_number, soonest)


async def resume_by_itself(
    session: AsyncSession, subscription: Subscription, now: datetime, *, is_told: bool
) -> None:
    """End a pause whose day has come, or tell that it is near if `is_told`; a locked row."""
    day = subscription.resume_on
    if day is None:
        return
    today = today_in(subscription.time_zone, now)
    if day <= today:
        await resume(session, subscription, Seen(), actor=SYSTEM, now=now)
        return
    is_near = (day - today).days <= REMIND_DAYS
    if not (is_told and is_near) or subscription.resume_told_at is not None:
        return
    subscription.resume_told_at = now
    plan_after(subscription, day)
    await session.flush()
    await tell(
        session, subscription, Change.RESUMING, now, next_billing_on=subscription.next_billing_on
    )
