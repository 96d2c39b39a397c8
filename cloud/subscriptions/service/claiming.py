"""A device that runs low, or is still full, and the parcel that comes anyway.

For `reorders`: a low bottle claims the next parcel of its home's subscription instead of ordering
one more, and a full one pushes it back; both only as far as the subscription's owner allowed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.actors import SYSTEM
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.subscriptions import planning, repository
from cloud.subscriptions.errors import SubscriptionNotFound
from cloud.subscriptions.events import Change
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription, SubscriptionClaim, SubscriptionCycle
from cloud.subscriptions.service.billing import announce
from cloud.subscriptions.service.locking import lock
from cloud.subscriptions.service.pricing import Parcel, is_short, objection, price_next
from cloud.subscriptions.service.recording import note, tell
from cloud.subscriptions.states import SubscriptionStatus
from cloud.subscriptions.terms import NOTICE_DAYS


@dataclass(frozen=True, slots=True)
class ClaimedParcel:
    """A bottle of a subscription's parcel that a device counts on.

    `number` names the parcel; `arrives_on` is when nine of ten such parcels are there, where it
    goes: from the day that it left, or leaves at the soonest. `is_moved`: it was pulled forward
    for this, and its owner is told. `is_charged`: it has an order. `left_at` and `delivered_at`
    None: it has not left the house, or no carrier said that it arrived.
    """

    subscription_id: int
    number: int
    billing_on: date
    arrives_on: date
    is_moved: bool
    is_charged: bool = False
    left_at: datetime | None = None
    delivered_at: datetime | None = None


async def claim_next_parcel(
    session: AsyncSession,
    *,
    household_id: int,
    variant_id: int,
    needed_at: datetime,
    key: str,
    now: datetime,
) -> ClaimedParcel | None:
    """Claim a bottle of the next parcel of a home's subscription; None: none is there in time.

    In time is by the day that `needed_at` falls on where the subscription is.
    A parcel that would come too late is pulled forward, at most `may_pull_forward_days` before
    its regular day and never to a charge without notice; where that is not enough, nothing moves
    and the answer is None. A parcel of `quantity` bottles can be claimed so often. `key` names
    the device's need: the same one gives the same parcel again, whatever was reported twice. The
    home's subscriptions are locked in the order of their ids, the next to come is asked first.
    """
    known = await repository.claim_of(session, key)
    if known is not None:
        return await _as_claimed(session, known, now)
    running = await repository.active_of_home(session, household_id, variant_id)
    held = [await lock(session, subscription_id) for subscription_id in sorted(running)]
    known = await repository.claim_of(session, key)
    if known is not None:
        return await _as_claimed(session, known, now)
    for subscription in sorted(held, key=lambda one: (one.next_billing_on, one.id)):
        if not _may_serve(subscription, household_id, variant_id):
            continue
        needed_by = today_in(subscription.time_zone, needed_at)
        claimed = await _claim(session, subscription, needed_by, key, now)
        if claimed is not None:
            return claimed
    return None


def _may_serve(subscription: Subscription, household_id: int, variant_id: int) -> bool:
    return (
        subscription.status is SubscriptionStatus.ACTIVE
        and subscription.question is None
        and subscription.household_id == household_id
        and subscription.variant_id == variant_id
    )


async def _claim(
    session: AsyncSession,
    subscription: Subscription,
    needed_by: date,
    key: str,
    now: datetime,
) -> ClaimedParcel | None:
    number = subscription.next_number
    if await repository.claims_standing(session, subscription.id, number) >= subscription.quantity:
        return None
    if await repository.is_shop_paused(session):
        return None
    parcel = await price_next(session, subscription, now)
    if objection(subscription, parcel) is not None or is_short(parcel) or parcel.quote is None:
        return None
    # On the day it is charged it leaves, or so many days later; then it is on its way.
    way = timedelta(days=subscription.ships_after_days + parcel.quote.delivery.p90_days)
    is_late = subscription.next_billing_on + way > needed_by
    if is_late and not await _pull(session, subscription, parcel, needed_by - way, now):
        return None
    session.add(
        SubscriptionClaim(subscription_id=subscription.id, number=number, key=key, claimed_at=now)
    )
    await note(session, subscription, "claimed", actor=SYSTEM, now=now, number=number)
    day = subscription.next_billing_on
    return ClaimedParcel(subscription.id, number, day, day + way, is_moved=is_late)


async def _pull(
    session: AsyncSession,
    subscription: Subscription,
    parcel: Parcel,
    latest: date,
    now: datetime,
) -> bool:
    """Pull the next parcel forward to a day, if that is allowed; tell whether it was."""
    today = today_in(subscription.time_zone, now)
    regular = planning.grid_day(subscription, subscription.next_number)
    allowed = regular - timedelta(days=subscription.may_pull_forward_days)
    soonest = max(allowed, today + timedelta(days=NOTICE_DAYS))
    if latest < soonest:
        return False
    planning.move(subscription, latest)
    await tell(session, subscription, Change.MOVED, now, reason="device_low")
    await announce(session, subscription, parcel, today, now)
    return True


async def _as_claimed(
    session: AsyncSession, claim: SubscriptionClaim, now: datetime
) -> ClaimedParcel | None:
    """Return what was claimed before; None when that parcel will not come any more."""
    subscription = await repository.fetch(session, claim.subscription_id)
    if subscription is None:
        return None
    sent = await repository.sent_parcel(session, claim.subscription_id, claim.number)
    if sent is not None:
        return _as_sent(subscription, *sent, now)
    day = await repository.day_of_parcel(session, subscription, claim.number)
    if day is None:
        return None
    parcel = await price_next(session, subscription, now)
    days = 0 if parcel.quote is None else parcel.quote.delivery.p90_days
    way = timedelta(days=subscription.ships_after_days + days)
    return ClaimedParcel(subscription.id, claim.number, day, day + way, is_moved=False)


def _as_sent(
    subscription: Subscription, cycle: SubscriptionCycle, order: Order, now: datetime
) -> ClaimedParcel | None:
    """Return a parcel that has its order; None when its money went back before it left."""
    left_at, delivered_at = cycle.shipped_at, order.delivered_at
    if left_at is None and order.status is OrderStatus.REFUNDED:
        return None
    soonest = max(cycle.ships_on, today_in(subscription.time_zone, now))
    leaves_on = soonest if left_at is None else today_in(subscription.time_zone, left_at)
    return ClaimedParcel(
        subscription.id,
        cycle.number,
        cycle.due_on,
        leaves_on + timedelta(days=order.p90_days),
        is_moved=False,
        is_charged=True,
        left_at=left_at,
        delivered_at=delivered_at,
    )


async def find_claim(session: AsyncSession, key: str, now: datetime) -> ClaimedParcel | None:
    """Return what a device's need claimed; None: nothing, or a parcel that does not come."""
    claim = await repository.claim_of(session, key)
    return None if claim is None else await _as_claimed(session, claim, now)


async def release_claim(session: AsyncSession, key: str) -> None:
    """Give a claimed bottle back: its need is gone. Nothing moves; a second time does nothing."""
    claim = await repository.claim_of(session, key)
    if claim is not None:
        await session.delete(claim)
        await session.flush()


async def subscription_of_order(session: AsyncSession, order_id: int) -> int | None:
    """Return the subscription that an order is a parcel of; None: of none."""
    return await repository.subscription_of_order(session, order_id)


async def day_there(session: AsyncSession, subscription_id: int, moment: datetime) -> date:
    """Return the calendar day of a moment where a subscription counts its days.

    Raises SubscriptionNotFound.
    """
    found = await repository.fetch(session, subscription_id)
    if found is None:
        raise SubscriptionNotFound
    return today_in(found.time_zone, moment)


async def find_subscription(
    session: AsyncSession, household_id: int, variant_id: int
) -> int | None:
    """Return the running subscription of a home for a bottle, the one that comes next first."""
    found = await repository.active_of_home(session, household_id, variant_id)
    return next(iter(found), None)


async def push_back(
    session: AsyncSession,
    subscription_id: int,
    until: date,
    now: datetime,
    *,
    household_id: int,
    variant_id: int,
) -> date | None:
    """Push the next parcel of a home back to a day, its bottle being full; return its new day.

    At most `may_push_back_days` after its regular day, and not into the one after it; None: it
    stays, as it does when it is another home's or of another bottle by now, claimed, asked about,
    or charged within the reminder's notice. Asking again for the same day changes nothing.
    """
    subscription = await lock(session, subscription_id)
    if not _may_serve(subscription, household_id, variant_id):
        return None
    number = subscription.next_number
    if await repository.claims_standing(session, subscription.id, number):
        return None
    regular = planning.grid_day(subscription, number)
    following = planning.grid_day(subscription, number + 1)
    limit = min(
        regular + timedelta(days=subscription.may_push_back_days), following - timedelta(days=1)
    )
    day = min(until, limit)
    if day <= subscription.next_billing_on:
        return None
    planning.move(subscription, day)
    await note(session, subscription, "pushed_back", actor=SYSTEM, now=now, day=day.isoformat())
    await tell(session, subscription, Change.MOVED, now, reason="device_full")
    return day
