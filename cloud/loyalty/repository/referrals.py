"""Queries of invitations. A referral's lock comes after its order's and before both accounts'."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.loyalty.kinds import ReferralStage
from cloud.loyalty.models import Referral, ReferralCode
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus

_ARRIVED = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)


async def add_code(session: AsyncSession, user_id: int, code: str) -> bool:
    """Give an account its code; tell whether it had none and nobody else has this one."""
    made = await session.execute(
        insert(ReferralCode)
        .values(user_id=user_id, code=code)
        .on_conflict_do_nothing()
        .returning(ReferralCode.user_id)
    )
    return made.first() is not None


async def find_code(session: AsyncSession, user_id: int) -> str | None:
    """Return the code of an account; None for one that was forgotten."""
    found: str | None = await session.scalar(
        select(ReferralCode.code).where(ReferralCode.user_id == user_id)
    )
    return found


async def find_inviter(session: AsyncSession, code: str) -> int | None:
    """Return whose code it is; None for nobody's."""
    found: int | None = await session.scalar(
        select(ReferralCode.user_id).where(ReferralCode.code == code)
    )
    return found


async def add(session: AsyncSession, friend_id: int, inviter_id: int, now: datetime) -> bool:
    """Write down who invited a friend; False when somebody had already."""
    made = await session.execute(
        insert(Referral)
        .values(
            friend_id=friend_id,
            inviter_id=inviter_id,
            stage=ReferralStage.WAITING,
            order_id=None,
            invited_at=now,
        )
        .on_conflict_do_nothing(index_elements=["friend_id"])
        .returning(Referral.id)
    )
    return made.first() is not None


async def forget_waiting(session: AsyncSession, friend_id: int) -> None:
    """Forget who invited a friend that brought nobody anything yet."""
    await session.execute(
        delete(Referral).where(
            Referral.friend_id == friend_id, Referral.stage == ReferralStage.WAITING
        )
    )


async def find_of_friend(session: AsyncSession, friend_id: int) -> Referral | None:
    """Return how a friend came, unlocked; None for by themselves."""
    found: Referral | None = await session.scalar(
        select(Referral).where(Referral.friend_id == friend_id)
    )
    return found


async def lock_of_friend(session: AsyncSession, friend_id: int) -> Referral | None:
    """Return how a friend came, locked; None for by themselves."""
    found: Referral | None = await session.scalar(_locked().where(Referral.friend_id == friend_id))
    return found


async def lock_of_order(session: AsyncSession, order_id: int) -> Referral | None:
    """Return the invitation that an order is the first one of, locked; None for none."""
    found: Referral | None = await session.scalar(_locked().where(Referral.order_id == order_id))
    return found


async def list_due(session: AsyncSession, arrived_before: datetime, most: int) -> Sequence[int]:
    """Return first orders that nobody can send back any more, in id order."""
    found = await session.scalars(
        select(Order.id)
        .join(Referral, Referral.order_id == Order.id)
        .where(
            Referral.stage == ReferralStage.WAITING,
            Order.status.in_(_ARRIVED),
            Order.delivered_at <= arrived_before,
        )
        .order_by(Order.id)
        .limit(most)
    )
    return found.all()


async def count_by_stage(session: AsyncSession, inviter_id: int) -> dict[ReferralStage, int]:
    """Return how many friends came by a member, by how far each is."""
    rows = await session.execute(
        select(Referral.stage, func.count())
        .where(Referral.inviter_id == inviter_id)
        .group_by(Referral.stage)
    )
    return {stage: int(count) for stage, count in rows}


def _locked() -> Select[Referral]:
    statement = select(Referral).with_for_update(key_share=True)
    return statement.execution_options(populate_existing=True)
