"""Writing down what happens to a subscription, and telling it: in the transaction that made it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue import service as catalogue
from cloud.foundation.events import emit
from cloud.orders.actors import Actor
from cloud.subscriptions.errors import SubscriptionMovedOn, SubscriptionRefused
from cloud.subscriptions.events import Change, SubscriptionChanged
from cloud.subscriptions.models import Subscription, SubscriptionStep
from cloud.subscriptions.states import ENDED, SubscriptionStatus, can_move


def take_turn(subscription: Subscription, seen: int | None) -> None:
    """Count a deed that is about to change a locked subscription.

    `seen` is the version that whoever decided looked at; None: they did not say, or nobody did.
    Raises SubscriptionMovedOn when it was changed since. Call it once what is asked for is known
    not to be there already: a second copy of a deed then finds it done, and a late one is refused.
    """
    if seen not in (None, subscription.version):
        raise SubscriptionMovedOn(subscription.version)
    subscription.version += 1


async def move(
    session: AsyncSession,
    subscription: Subscription,
    to: SubscriptionStatus,
    *,
    actor: Actor,
    now: datetime,
    what: str,
    reason: str = "",
) -> None:
    """Move a locked subscription along one edge, with its history.

    Raises SubscriptionRefused when there is no such edge or it is not this actor's to take.
    """
    previous = subscription.status
    if not can_move(previous, to, actor.kind):
        raise SubscriptionRefused(previous)
    subscription.status = to
    subscription.ended_at = now if to in ENDED else None
    subscription.end_reason = reason if to in ENDED else ""
    if to is not SubscriptionStatus.PAUSED:
        subscription.resume_on = None
        subscription.resume_told_at = None
    detail = {"reason": reason} if reason else {}
    session.add(_step(subscription, previous, what, detail, actor, now))
    await session.flush()


async def note(
    session: AsyncSession,
    subscription: Subscription,
    what: str,
    *,
    actor: Actor,
    now: datetime,
    **detail: Any,
) -> None:
    """Write down what happened without a change of status."""
    session.add(_step(subscription, subscription.status, what, detail, actor, now))
    await session.flush()


def _step(
    subscription: Subscription,
    previous: SubscriptionStatus | None,
    what: str,
    detail: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> SubscriptionStep:
    return SubscriptionStep(
        subscription_id=subscription.id,
        previous=previous,
        status=subscription.status,
        what=what,
        detail=detail,
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
        actor_name=actor.name,
        at=now,
    )


async def tell(
    session: AsyncSession,
    subscription: Subscription,
    change: Change,
    now: datetime,
    *,
    reason: str = "",
    next_billing_on: date | None = None,
) -> None:
    """Tell what changed of a subscription; `next_billing_on` None: as `planned` says."""
    await emit(
        session,
        SubscriptionChanged(
            **await facts(session, subscription, now),
            change=change,
            next_billing_on=next_billing_on or planned(subscription),
            total_minor=subscription.total_minor,
            currency=subscription.currency,
            reason=reason,
        ),
    )


async def facts(session: AsyncSession, subscription: Subscription, now: datetime) -> dict[str, Any]:
    """Return what all news of a subscription tells."""
    offers = await catalogue.offers(session, [subscription.variant_id], now)
    offer = offers.get(subscription.variant_id)
    return {
        "subscription_id": subscription.id,
        "user_id": subscription.user_id,
        "product_name": offer.product_name if offer else "",
        "variant_name": offer.variant_name if offer else "",
        "quantity": subscription.quantity,
        "at": now,
    }


def planned(subscription: Subscription) -> date | None:
    """Return the day of the next charge; None when none is planned as things stand."""
    is_on = subscription.status in (
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.PENDING_PAYMENT,
    )
    return subscription.next_billing_on if is_on and subscription.question is None else None
