"""Lists of subscriptions, and what hangs on one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import User
from cloud.catalogue.models import Product, Variant
from cloud.orders.models import Order
from cloud.subscriptions.models import (
    Subscription,
    SubscriptionClaim,
    SubscriptionStep,
)
from cloud.subscriptions.states import ENDED, SubscriptionStatus

# Cancelled and long ended ones are history.
_ON = tuple(status for status in SubscriptionStatus if status not in ENDED)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the staff's list."""

    subscription: Subscription
    email: str
    name: str


async def live_of_user(session: AsyncSession, user_id: int) -> Sequence[int]:
    """Return a member's subscriptions that have not ended, by id."""
    found = await session.scalars(
        select(Subscription.id)
        .where(Subscription.user_id == user_id, Subscription.status.in_(_ON))
        .order_by(Subscription.id)
    )
    return found.all()


async def list_of_user(session: AsyncSession, user_id: int) -> Sequence[Subscription]:
    """Return a member's subscriptions, those that go on first, of each the newest first."""
    found = await session.scalars(
        select(Subscription)
        .where(Subscription.user_id == user_id)
        .order_by(Subscription.ended_at.is_not(None), Subscription.id.desc())
        .limit(100)
    )
    return found.all()


async def active_of_home(
    session: AsyncSession, household_id: int, variant_id: int
) -> Sequence[int]:
    """Return a home's running subscriptions for a bottle, the next to come first; unlocked."""
    found = await session.scalars(
        select(Subscription.id)
        .where(
            Subscription.household_id == household_id,
            Subscription.variant_id == variant_id,
            Subscription.status == SubscriptionStatus.ACTIVE,
        )
        .order_by(Subscription.next_billing_on, Subscription.id)
    )
    return found.all()


async def claims_standing(session: AsyncSession, subscription_id: int, number: int) -> int:
    """Return how many bottles of a parcel devices count on."""
    found = await session.scalar(
        select(func.count()).where(
            SubscriptionClaim.subscription_id == subscription_id,
            SubscriptionClaim.number == number,
        )
    )
    return found or 0


async def drop_claims(
    session: AsyncSession, subscription_id: int, number: int, *, beyond: int = 0
) -> None:
    """Let no more than so many devices count on a parcel, those that claimed it first."""
    parcel = (
        SubscriptionClaim.subscription_id == subscription_id,
        SubscriptionClaim.number == number,
    )
    kept = select(SubscriptionClaim.id).where(*parcel).order_by(SubscriptionClaim.id).limit(beyond)
    await session.execute(
        delete(SubscriptionClaim).where(*parcel, SubscriptionClaim.id.not_in(kept))
    )


async def orders_of(session: AsyncSession, cycle_ids: Sequence[int]) -> dict[int, Order]:
    """Return the orders of parcels, by parcel."""
    if not cycle_ids:
        return {}
    found = await session.scalars(select(Order).where(Order.subscription_cycle_id.in_(cycle_ids)))
    return {order.subscription_cycle_id or 0: order for order in found}


async def steps_of(
    session: AsyncSession, subscription_id: int, limit: int
) -> Sequence[SubscriptionStep]:
    """Return the history of a subscription, newest first."""
    found = await session.scalars(
        select(SubscriptionStep)
        .where(SubscriptionStep.subscription_id == subscription_id)
        .order_by(SubscriptionStep.id.desc())
        .limit(limit)
    )
    return found.all()


async def last_step(
    session: AsyncSession, subscription_id: int, what: str
) -> SubscriptionStep | None:
    """Return the last time that something happened to a subscription."""
    found: SubscriptionStep | None = await session.scalar(
        select(SubscriptionStep)
        .where(SubscriptionStep.subscription_id == subscription_id, SubscriptionStep.what == what)
        .order_by(SubscriptionStep.id.desc())
        .limit(1)
    )
    return found


async def list_page(
    session: AsyncSession,
    *,
    status: SubscriptionStatus | None,
    text: str,
    after: int | None,
    limit: int,
) -> list[Listed]:
    """Return some subscriptions of all members, newest first, below the id `after`."""
    query = select(Subscription, User.email, User.name).join(User, User.id == Subscription.user_id)
    if status is not None:
        query = query.where(Subscription.status == status)
    if after is not None:
        query = query.where(Subscription.id < after)
    if text:
        like = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        query = query.where(or_(User.email.ilike(f"%{like}%"), User.name.ilike(f"%{like}%")))
    found = await session.execute(query.order_by(Subscription.id.desc()).limit(limit))
    return [Listed(*row) for row in found]


async def choice_ids(session: AsyncSession, variant_id: int, limit: int) -> Sequence[int]:
    """Return variants that are switched on, those of the same product first, then by name."""
    own = select(Variant.product_id).where(Variant.id == variant_id).scalar_subquery()
    found = await session.scalars(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.is_active, Product.deleted_at.is_(None))
        .order_by((Variant.product_id == own).desc(), Product.name, Variant.capacity_ul, Variant.id)
        .limit(limit)
    )
    return found.all()
