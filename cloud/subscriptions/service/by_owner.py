"""What an owner does to their own subscription: found, locked, done."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.identity import SignedIn
from cloud.orders.actors import customer_actor
from cloud.subscriptions.schemas import (
    DayAsked,
    Home,
    PauseAsked,
    PriceAccepted,
    RetryAsked,
    Seen,
    SubscriptionChange,
)
from cloud.subscriptions.service import changing, ending, one_parcel, pausing
from cloud.subscriptions.service.desk import Desk
from cloud.subscriptions.service.locking import lock_own


async def pause_own(
    session: AsyncSession,
    user: SignedIn,
    subscription_id: int,
    asked: PauseAsked,
    now: datetime,
) -> None:
    """Pause; see `pausing.pause`. All of these raise SubscriptionNotFound for another's."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await pausing.pause(session, subscription, asked, actor=customer_actor(user), now=now)


async def resume_own(
    session: AsyncSession, user: SignedIn, subscription_id: int, asked: Seen, now: datetime
) -> None:
    """Go on after a pause, or begin again after the end; see `pausing.resume`."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await pausing.resume(session, subscription, asked, actor=customer_actor(user), now=now)


async def skip_own(
    session: AsyncSession, user: SignedIn, subscription_id: int, number: int, now: datetime
) -> None:
    """Leave the next parcel, which is named, out; see `one_parcel.skip`."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await one_parcel.skip(session, subscription, number, actor=customer_actor(user), now=now)


async def change_own(
    session: AsyncSession,
    user: SignedIn,
    subscription_id: int,
    asked: SubscriptionChange,
    now: datetime,
) -> None:
    """Change product, quantity, frequency, address, card or limits; see `changing.change`."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await changing.change(session, subscription, asked, actor=customer_actor(user), now=now)


async def choose_own_day(
    session: AsyncSession, user: SignedIn, subscription_id: int, asked: DayAsked, now: datetime
) -> None:
    """Move the next charge to another day; see `one_parcel.choose_day`."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await one_parcel.choose_day(session, subscription, asked, actor=customer_actor(user), now=now)


async def choose_own_home(
    session: AsyncSession,
    user: SignedIn,
    subscription_id: int,
    asked: Home,
    now: datetime,
) -> None:
    """Say for which home it is."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await changing.choose_home(session, subscription, asked, actor=customer_actor(user), now=now)


async def accept_own_price(
    session: AsyncSession,
    user: SignedIn,
    subscription_id: int,
    asked: PriceAccepted,
    now: datetime,
) -> None:
    """Agree to a price above the limit."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await one_parcel.accept_price(session, subscription, asked, actor=customer_actor(user), now=now)


async def retry_own(
    session: AsyncSession, user: SignedIn, subscription_id: int, asked: RetryAsked, now: datetime
) -> None:
    """Have the unpaid parcel charged again, now; see `one_parcel.try_again`."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await one_parcel.try_again(session, subscription, asked, now)


async def cancel_own(
    session: AsyncSession, desk: Desk, user: SignedIn, subscription_id: int, now: datetime
) -> None:
    """End it, at any time."""
    subscription = await lock_own(session, subscription_id, user.user_id)
    await ending.cancel(
        session, desk, subscription, actor=customer_actor(user), now=now, reason="customer"
    )
