"""Single rows of subscriptions."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import Erasure, User
from cloud.hubs.models import Household
from cloud.orders.models import Order
from cloud.subscriptions.models import (
    Subscription,
    SubscriptionClaim,
    SubscriptionCycle,
    SubscriptionShop,
)
from cloud.subscriptions.states import CycleStatus, SubscriptionStatus


async def fetch(session: AsyncSession, subscription_id: int) -> Subscription | None:
    """Return a subscription, unlocked."""
    return await session.get(Subscription, subscription_id)


async def fetch_locked(session: AsyncSession, subscription_id: int) -> Subscription | None:
    """Return a subscription with its row locked and fresh."""
    found: Subscription | None = await session.scalar(
        select(Subscription)
        .where(Subscription.id == subscription_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def fetch_made(session: AsyncSession, key: str) -> Subscription | None:
    """Return the subscription that a click made."""
    found: Subscription | None = await session.scalar(
        select(Subscription).where(Subscription.made_by_key == key)
    )
    return found


async def open_cycle(session: AsyncSession, subscription_id: int) -> SubscriptionCycle | None:
    """Return the parcel that waits for its money, fresh; there is one at most."""
    found: SubscriptionCycle | None = await session.scalar(
        select(SubscriptionCycle)
        .where(
            SubscriptionCycle.subscription_id == subscription_id,
            SubscriptionCycle.status == CycleStatus.BILLED,
        )
        .execution_options(populate_existing=True)
    )
    return found


async def open_order_id(session: AsyncSession, subscription_id: int) -> int | None:
    """Return the order of the parcel that waits for its money."""
    found: int | None = await session.scalar(
        select(Order.id)
        .join(SubscriptionCycle, SubscriptionCycle.id == Order.subscription_cycle_id)
        .where(
            SubscriptionCycle.subscription_id == subscription_id,
            SubscriptionCycle.status == CycleStatus.BILLED,
        )
    )
    return found


async def cycle_by_id(session: AsyncSession, cycle_id: int) -> SubscriptionCycle | None:
    """Return a parcel by its id, fresh; its subscription is locked."""
    return await session.get(SubscriptionCycle, cycle_id, populate_existing=True)


async def cycle_numbered(
    session: AsyncSession, subscription_id: int, number: int
) -> SubscriptionCycle | None:
    """Return a parcel by its number, fresh; None: it is still to come, or never will."""
    found: SubscriptionCycle | None = await session.scalar(
        select(SubscriptionCycle)
        .where(
            SubscriptionCycle.subscription_id == subscription_id,
            SubscriptionCycle.number == number,
        )
        .execution_options(populate_existing=True)
    )
    return found


async def cycles_of(
    session: AsyncSession, subscription_id: int, limit: int
) -> Sequence[SubscriptionCycle]:
    """Return the parcels of a subscription, newest first."""
    found = await session.scalars(
        select(SubscriptionCycle)
        .where(SubscriptionCycle.subscription_id == subscription_id)
        .order_by(SubscriptionCycle.number.desc())
        .limit(limit)
    )
    return found.all()


async def is_owner_going(session: AsyncSession, user_id: int) -> bool:
    """Tell whether an account is forgotten, or waits to be."""
    found = await session.scalar(
        select(User.erased_at.is_not(None) | Erasure.user_id.is_not(None))
        .outerjoin(Erasure, Erasure.user_id == User.id)
        .where(User.id == user_id)
    )
    return found is not False


async def hold_owner(session: AsyncSession, subscription_id: int) -> None:
    """Keep a subscription's owner as they are until the transaction ends: not blocked, the same.

    Before its own row, as whoever blocks an account or hands it over does it. Whoever forgets a
    person waits for the subscription's row.
    """
    await session.execute(
        select(User.id)
        .join(Subscription, Subscription.user_id == User.id)
        .where(Subscription.id == subscription_id)
        .with_for_update(read=True, key_share=True, of=User)
    )


async def is_owner_blocked(session: AsyncSession, user_id: int) -> bool:
    """Tell whether staff keep somebody out, who then cannot stop what runs."""
    found = await session.scalar(select(User.blocked_at.is_not(None)).where(User.id == user_id))
    return bool(found)


async def home_name(session: AsyncSession, household_id: int | None) -> str | None:
    """Return what a home is called; None for none."""
    found: str | None = await session.scalar(
        select(Household.name).where(Household.id == household_id)
    )
    return found


async def claim_of(session: AsyncSession, key: str) -> SubscriptionClaim | None:
    """Return what a device's need claimed."""
    found: SubscriptionClaim | None = await session.scalar(
        select(SubscriptionClaim).where(SubscriptionClaim.key == key)
    )
    return found


async def sent_parcel(
    session: AsyncSession, subscription_id: int, number: int
) -> tuple[SubscriptionCycle, Order] | None:
    """Return a parcel that was charged, or is being, with its order, fresh; None for others."""
    row = (
        await session.execute(
            select(SubscriptionCycle, Order)
            .join(Order, Order.subscription_cycle_id == SubscriptionCycle.id)
            .where(
                SubscriptionCycle.subscription_id == subscription_id,
                SubscriptionCycle.number == number,
                SubscriptionCycle.status.in_((CycleStatus.BILLED, CycleStatus.PAID)),
            )
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def shop_row(session: AsyncSession) -> SubscriptionShop | None:
    """Return what holds for all subscriptions; None: nothing was ever set."""
    return await session.get(SubscriptionShop, 1, populate_existing=True)


async def is_shop_paused(session: AsyncSession) -> bool:
    """Tell whether the shop charges no subscription at present."""
    found = await session.scalar(select(SubscriptionShop.is_paused).where(SubscriptionShop.id == 1))
    return bool(found)


async def shop_locked(session: AsyncSession) -> SubscriptionShop:
    """Return what holds for all subscriptions, its row locked."""
    await session.execute(insert(SubscriptionShop).values(id=1).on_conflict_do_nothing())
    found = await session.execute(
        select(SubscriptionShop)
        .where(SubscriptionShop.id == 1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.scalar_one()


async def subscription_of_order(session: AsyncSession, order_id: int) -> int | None:
    """Return the subscription that an order is a parcel of."""
    found: int | None = await session.scalar(
        select(SubscriptionCycle.subscription_id)
        .join(Order, Order.subscription_cycle_id == SubscriptionCycle.id)
        .where(Order.id == order_id)
    )
    return found


async def day_of_parcel(
    session: AsyncSession, subscription: Subscription, number: int
) -> date | None:
    """Return when a parcel is or was due; None: it was left out, failed, or is not planned."""
    cycle = await cycle_numbered(session, subscription.id, number)
    if cycle is not None:
        return cycle.due_on if cycle.status in (CycleStatus.BILLED, CycleStatus.PAID) else None
    is_on = subscription.status is SubscriptionStatus.ACTIVE and subscription.question is None
    is_to_come = is_on and subscription.next_number == number
    return subscription.next_billing_on if is_to_come else None
