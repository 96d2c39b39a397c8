"""What time brings: reminders, charges, the end of pauses, another look at what was missing.

Level-triggered: `attend` does whatever is due of one subscription now, once, whoever calls it and
however long nobody did. A subscription's row lock makes two callers one after the other, and a
parcel's number is unique: what was billed is never billed again.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.checkout import service as checkout
from cloud.checkout.service import Buyer, Purchase, PurchaseLine
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.inventory.errors import OutOfStock
from cloud.orders.actors import SYSTEM
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderSource
from cloud.subscriptions import planning, repository
from cloud.subscriptions.errors import SubscriptionNotFound
from cloud.subscriptions.events import Change, SubscriptionDue
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription, SubscriptionCycle
from cloud.subscriptions.service.desk import Desk
from cloud.subscriptions.service.dunning import charge, retry
from cloud.subscriptions.service.ending import end_for_lost_account
from cloud.subscriptions.service.locking import lock
from cloud.subscriptions.service.passing import ask, pass_over, settle_question
from cloud.subscriptions.service.pausing import resume_by_itself
from cloud.subscriptions.service.pricing import Parcel, is_short, objection, price_next
from cloud.subscriptions.service.recording import facts, note, tell
from cloud.subscriptions.states import CycleStatus, Question, SubscriptionStatus
from cloud.subscriptions.terms import HOLD_FOR, LOOK_EVERY, NOTICE_DAYS, PAY_WITHIN, REMIND_DAYS

ATTEND = "subscriptions.attend"
_MANY = 500


async def find_due(session: AsyncSession, now: datetime) -> int:
    """Enqueue a job for every subscription with something due; return how many."""
    is_paused = await repository.is_shop_paused(session)
    due = await repository.due_ids(session, now, is_shop_paused=is_paused, limit=_MANY)
    for subscription_id in due:
        await attend_soon(session, subscription_id)
    return len(due)


async def attend_soon(session: AsyncSession, subscription_id: int) -> None:
    """Have a job do what is due of a subscription."""
    key = f"{ATTEND}:{subscription_id}"
    await defer(session, ATTEND, queueing_lock=key, subscription_id=subscription_id)


async def attend(session: AsyncSession, desk: Desk, subscription_id: int, now: datetime) -> None:
    """Do what is due of one subscription; a second time does nothing."""
    await repository.hold_owner(session, subscription_id)
    subscription = await lock(session, subscription_id)
    if await end_for_lost_account(session, desk, subscription, now):
        return
    if await repository.is_owner_blocked(session, subscription.user_id):
        # Whoever is let in no more could not stop it: nothing is charged until they are back.
        is_due = subscription.next_billing_at <= now
        if subscription.status is SubscriptionStatus.ACTIVE and is_due:
            await pass_over(session, subscription, "blocked", actor=SYSTEM, now=now)
        return
    await _attend(session, desk, subscription, now)


async def _attend(
    session: AsyncSession, desk: Desk, subscription: Subscription, now: datetime
) -> None:
    is_shop_paused = await repository.is_shop_paused(session)
    if subscription.status is SubscriptionStatus.PAUSED:
        await resume_by_itself(session, subscription, now, is_told=not is_shop_paused)
    if subscription.status is SubscriptionStatus.PENDING_PAYMENT and not is_shop_paused:
        await retry(session, desk, subscription, now)
    if subscription.status is not SubscriptionStatus.ACTIVE:
        return
    today = today_in(subscription.time_zone, now)
    is_due = subscription.next_billing_at <= now
    if is_shop_paused:
        if is_due:
            await pass_over(session, subscription, "shop_paused", actor=SYSTEM, now=now)
        return
    if subscription.question is not None:
        await _look_again(session, subscription, today, now)
    elif is_due:
        await _bill(session, desk, subscription, today, now)
    else:
        await _remind_if_near(session, subscription, today, now)


async def _look_again(
    session: AsyncSession, subscription: Subscription, today: date, now: datetime
) -> None:
    """See whether what was missing is there again; its owner hears the new day before it."""
    if subscription.asked_at is None or subscription.asked_at > now - LOOK_EVERY:
        return
    parcel = await price_next(session, subscription, now)
    if objection(subscription, parcel) is None and not is_short(parcel):
        settle_question(subscription)
        await announce(session, subscription, parcel, today, now)
        return
    subscription.asked_at = now
    following = planning.grid_day(subscription, subscription.next_number + 1)
    if following <= today:
        # Nobody answered for a whole turn: this parcel will not come, the question stands.
        await pass_over(session, subscription, "unanswered", actor=SYSTEM, now=now)
    await session.flush()


async def _remind_if_near(
    session: AsyncSession, subscription: Subscription, today: date, now: datetime
) -> None:
    is_near = (subscription.next_billing_on - today).days <= REMIND_DAYS
    if not is_near or subscription.told_on == subscription.next_billing_on:
        return
    parcel = await price_next(session, subscription, now)
    question = objection(subscription, parcel)
    if question is not None:
        await ask(session, subscription, question, now)
        return
    await announce(session, subscription, parcel, today, now)


async def announce(
    session: AsyncSession, subscription: Subscription, parcel: Parcel, today: date, now: datetime
) -> None:
    """Tell a charge's day and amount ahead; a day that is too near for it moves, and is told."""
    if parcel.quote is None or parcel.offer is None:
        return
    is_dearer = parcel.total_minor > subscription.total_minor
    soonest = today + timedelta(days=NOTICE_DAYS)
    if subscription.next_billing_on < soonest and (
        is_dearer or subscription.next_billing_on <= today
    ):
        planning.move(subscription, soonest)
    previous = subscription.total_minor
    subscription.unit_price_minor = parcel.offer.price.minor
    subscription.total_minor = parcel.total_minor
    subscription.told_on = subscription.next_billing_on
    await note(
        session,
        subscription,
        "reminded",
        actor=SYSTEM,
        now=now,
        day=subscription.next_billing_on.isoformat(),
        total_minor=subscription.total_minor,
    )
    if is_dearer:
        await tell(session, subscription, Change.PRICE_AHEAD, now)
    await emit(
        session,
        SubscriptionDue(
            **await facts(session, subscription, now),
            billing_on=subscription.next_billing_on,
            total_minor=subscription.total_minor,
            currency=subscription.currency,
            previous_total_minor=previous if previous != subscription.total_minor else None,
        ),
    )


async def _bill(
    session: AsyncSession, desk: Desk, subscription: Subscription, today: date, now: datetime
) -> None:
    if await repository.open_cycle(session, subscription.id) is not None:
        # One unpaid parcel at a time; its payment or its end lets the next one come.
        return
    parcel = await price_next(session, subscription, now)
    question = objection(subscription, parcel)
    if question is None and is_short(parcel):
        question = Question.OUT_OF_STOCK
    if question is not None:
        await ask(session, subscription, question, now)
        return
    if parcel.total_minor > subscription.total_minor:
        await announce(session, subscription, parcel, today, now)
        return
    made = await _placed(session, subscription, parcel, now)
    if isinstance(made, Question):
        await ask(session, subscription, made, now)
        return
    order, cycle = made
    subscription.last_billed_on = today
    subscription.total_minor = parcel.total_minor
    planning.plan_following(subscription, today)
    await note(session, subscription, "billed", actor=SYSTEM, now=now, order=order.number)
    await charge(session, desk, subscription, cycle, order, now)


async def _placed(
    session: AsyncSession, subscription: Subscription, parcel: Parcel, now: datetime
) -> tuple[Order, SubscriptionCycle] | Question:
    """Store a parcel with its order, both or neither; or why it could not be.

    A price that changed this very moment raises: the job begins anew, and prices anew.
    """
    user = await accounts.find_user(session, subscription.user_id)
    if user is None:
        raise SubscriptionNotFound
    cycle = SubscriptionCycle(
        subscription_id=subscription.id,
        number=subscription.next_number,
        status=CycleStatus.BILLED,
        due_on=subscription.next_billing_on,
        ships_on=planning.ships_on(subscription),
        variant_id=subscription.variant_id,
        quantity=subscription.quantity,
        total_minor=parcel.total_minor,
        currency=subscription.currency,
        tries=0,
        decided_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(cycle)
            await session.flush()
            purchase = Purchase(
                buyer=Buyer(user.id, user.email, user.language or "en"),
                lines=(PurchaseLine(subscription.variant_id, subscription.quantity),),
                shipping_address=PostalAddress.model_validate(subscription.address),
                seen_total_minor=parcel.total_minor,
                hold_for=HOLD_FOR,
                pay_within=PAY_WITHIN,
                source=OrderSource.SUBSCRIPTION,
                subscription_cycle_id=cycle.id,
            )
            return await checkout.place_order(session, purchase, actor=SYSTEM, now=now), cycle
    except OutOfStock:
        return Question.OUT_OF_STOCK
