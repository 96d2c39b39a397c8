"""What staff do to a member's subscription, with its entry in the audit log."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.orders.actors import Actor, staff_actor
from cloud.subscriptions import repository
from cloud.subscriptions.events import Change
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.schemas import PauseAsked, RetryAsked, Seen, SuspensionAsked
from cloud.subscriptions.service import ending, one_parcel, pausing
from cloud.subscriptions.service.desk import Desk
from cloud.subscriptions.service.locking import lock
from cloud.subscriptions.service.recording import move, take_turn, tell
from cloud.subscriptions.service.requiring import require
from cloud.subscriptions.states import SubscriptionStatus

_Deed = Callable[[Subscription, Actor], Awaitable[None]]


async def pause_by_staff(
    session: AsyncSession, staff: SignedIn, subscription_id: int, asked: Seen, now: datetime
) -> None:
    """Pause a member's subscription; its owner can resume it."""

    async def deed(subscription: Subscription, actor: Actor) -> None:
        until_resumed = PauseAsked(version=asked.version)
        await pausing.pause(session, subscription, until_resumed, actor=actor, now=now)

    await _do(session, staff, subscription_id, "pause", deed)


async def resume_by_staff(
    session: AsyncSession, staff: SignedIn, subscription_id: int, asked: Seen, now: datetime
) -> None:
    """Go on with a paused subscription."""

    async def deed(subscription: Subscription, actor: Actor) -> None:
        await pausing.resume(session, subscription, asked, actor=actor, now=now)

    await _do(session, staff, subscription_id, "resume", deed)


async def suspend(
    session: AsyncSession,
    staff: SignedIn,
    subscription_id: int,
    asked: SuspensionAsked,
    now: datetime,
) -> None:
    """Stop a subscription so that only staff can let it go on; its owner can still cancel."""

    async def deed(subscription: Subscription, actor: Actor) -> None:
        await stop(session, subscription, asked, actor=actor, now=now)

    await _do(session, staff, subscription_id, "suspend", deed)


async def unsuspend(
    session: AsyncSession, staff: SignedIn, subscription_id: int, asked: Seen, now: datetime
) -> None:
    """Let a suspended subscription go on; the next charge is a regular day, never at once."""

    async def deed(subscription: Subscription, actor: Actor) -> None:
        await lift(session, subscription, asked, actor=actor, now=now)

    await _do(session, staff, subscription_id, "unsuspend", deed)


async def stop(
    session: AsyncSession,
    subscription: Subscription,
    asked: SuspensionAsked,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Suspend a locked subscription; SubscriptionMovedOn, SubscriptionRefused.

    One that is suspended for the same reason stays as it is.
    """
    suspended, reason = SubscriptionStatus.ADMIN_SUSPENDED, asked.reason
    if subscription.status is suspended:
        last = await repository.last_step(session, subscription.id, "suspended")
        if last is not None and last.detail.get("reason") == reason:
            return
    take_turn(subscription, asked.version)
    await move(
        session, subscription, suspended, actor=actor, now=now, what="suspended", reason=reason
    )
    await tell(session, subscription, Change.SUSPENDED, now, reason=reason)


async def lift(
    session: AsyncSession, subscription: Subscription, asked: Seen, *, actor: Actor, now: datetime
) -> None:
    """Let a locked, suspended subscription go on; SubscriptionMovedOn, SubscriptionRefused.

    One that runs already stays as it is.
    """
    active = SubscriptionStatus.ACTIVE
    if subscription.status is active:
        return
    require(subscription, frozenset({SubscriptionStatus.ADMIN_SUSPENDED}))
    take_turn(subscription, asked.version)
    await move(session, subscription, active, actor=actor, now=now, what="unsuspended")
    pausing.plan_after(subscription, today_in(subscription.time_zone, now))
    await session.flush()
    await tell(session, subscription, Change.UNSUSPENDED, now)


async def skip_by_staff(
    session: AsyncSession, staff: SignedIn, subscription_id: int, number: int, now: datetime
) -> None:
    """Leave the next parcel, which is named, out; see `one_parcel.skip`."""

    async def deed(subscription: Subscription, actor: Actor) -> None:
        await one_parcel.skip(session, subscription, number, actor=actor, now=now)

    await _do(session, staff, subscription_id, "skip", deed)


async def retry_by_staff(
    session: AsyncSession, staff: SignedIn, subscription_id: int, asked: RetryAsked, now: datetime
) -> None:
    """Have the unpaid parcel charged again, now; see `one_parcel.try_again`."""

    async def deed(subscription: Subscription, _actor: Actor) -> None:
        await one_parcel.try_again(session, subscription, asked, now)

    await _do(session, staff, subscription_id, "retry", deed)


async def cancel_by_staff(
    session: AsyncSession, desk: Desk, staff: SignedIn, subscription_id: int, now: datetime
) -> None:
    """End a member's subscription."""

    async def deed(subscription: Subscription, actor: Actor) -> None:
        await ending.cancel(session, desk, subscription, actor=actor, now=now, reason="staff")

    await _do(session, staff, subscription_id, "cancel", deed)


async def _do(
    session: AsyncSession, staff: SignedIn, subscription_id: int, action: str, deed: _Deed
) -> None:
    subscription = await lock(session, subscription_id)
    before = await _state(session, subscription)
    await deed(subscription, staff_actor(staff))
    after = await _state(session, subscription)
    await audit.note(
        session, staff, action, "subscriptions", subscription_id, before=before, after=after
    )


async def _state(session: AsyncSession, subscription: Subscription) -> dict[str, str | None]:
    unpaid = await repository.open_cycle(session, subscription.id)
    try_at = None if unpaid is None else unpaid.next_try_at
    resume_on = subscription.resume_on
    return {
        "status": subscription.status.value,
        "next_billing_on": subscription.next_billing_on.isoformat(),
        "next_try_at": try_at.isoformat() if try_at else None,
        "resume_on": resume_on.isoformat() if resume_on else None,
    }
