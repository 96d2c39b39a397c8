"""Leaving a parcel out, and asking about one."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.actors import SYSTEM, Actor
from cloud.subscriptions import planning
from cloud.subscriptions.events import Change
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription, SubscriptionCycle
from cloud.subscriptions.service.recording import note, tell
from cloud.subscriptions.states import CycleStatus, MissingRule, Question
from cloud.subscriptions.terms import NOTICE_DAYS


async def pass_over(
    session: AsyncSession,
    subscription: Subscription,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Leave the next parcel of a locked subscription out; the one after it comes on its day."""
    today = today_in(subscription.time_zone, now)
    left_out = subscription.next_billing_on
    session.add(
        SubscriptionCycle(
            subscription_id=subscription.id,
            number=subscription.next_number,
            status=CycleStatus.SKIPPED,
            reason=reason,
            due_on=left_out,
            ships_on=planning.ships_on(subscription),
            variant_id=subscription.variant_id,
            quantity=subscription.quantity,
            currency=subscription.currency,
            decided_at=now,
        )
    )
    after = max(today, left_out) + timedelta(days=1)
    planning.plan_from(subscription, subscription.next_number + 1, after)
    await note(
        session,
        subscription,
        "skipped",
        actor=actor,
        now=now,
        day=left_out.isoformat(),
        reason=reason,
    )
    await tell(session, subscription, Change.SKIPPED, now, reason=reason)


async def ask(
    session: AsyncSession, subscription: Subscription, question: Question, now: datetime
) -> None:
    """Charge nothing until the owner decided; or leave the parcel out, where they said so."""
    is_short = question is Question.OUT_OF_STOCK
    if is_short and subscription.when_missing is MissingRule.SKIP:
        await pass_over(session, subscription, question.value, actor=SYSTEM, now=now)
        return
    subscription.question = question
    subscription.asked_at = now
    await note(session, subscription, "asked", actor=SYSTEM, now=now, reason=question.value)
    await tell(session, subscription, Change.QUESTION, now, reason=question.value)


def answer(subscription: Subscription, today: date) -> None:
    """Take back what was asked because its owner decided; a day that is due or past moves.

    Nobody named that day to them while they were asked, so another one is told before it.
    """
    if subscription.question is None:
        return
    settle_question(subscription)
    if subscription.next_billing_on <= today:
        planning.move(subscription, today + timedelta(days=NOTICE_DAYS))


def settle_question(subscription: Subscription) -> None:
    """Take back what was asked: its owner decided, or it is moot."""
    subscription.question = None
    subscription.asked_at = None
