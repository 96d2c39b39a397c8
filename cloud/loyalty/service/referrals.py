"""Friends that members bring: both get points once the friend's first order stays bought.

The order is the friend's first that was paid after they were invited. It counts when its time to
be returned is over and it is still worth enough; until then it may give way to a later one. After
that, an order that goes back all the same takes both members' points along, for good.
"""

import secrets
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.repository import find_user
from cloud.discounts.terms import normal_email
from cloud.loyalty.errors import (
    InvitationClosed,
    InvitationOwn,
    InvitationRefused,
    InvitationUnknown,
    InvitedAlready,
)
from cloud.loyalty.kinds import EntryKind, ReferralStage
from cloud.loyalty.models import Referral
from cloud.loyalty.repository import points as point_rows
from cloud.loyalty.repository import referrals as rows
from cloud.loyalty.service.earning import grant, lose
from cloud.loyalty.service.ledger import Reason, open_account
from cloud.loyalty.service.purchases import worth_of
from cloud.loyalty.terms import (
    FRIEND_ORDER_POINTS,
    FRIEND_POINTS,
    INVITATION_OPEN,
    INVITER_POINTS,
)
from cloud.orders import service as orders
from cloud.orders.models import Order
from cloud.returns.schemas import RETURN_WITHIN

# Crockford's base 32, in which no letter looks like another: 50 bits in ten characters.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10


async def open_invitation(session: AsyncSession, user_id: int) -> str:
    """Return the code of an account, made if it has none yet."""
    code = await rows.find_code(session, user_id)
    while code is None:
        await rows.add_code(session, user_id, _mint())
        code = await rows.find_code(session, user_id)
    return code


async def welcome(session: AsyncSession, user_id: int, invitation: str, now: datetime) -> None:
    """Give a new account its code, and write down who invited it; a wrong code is no obstacle."""
    await open_invitation(session, user_id)
    if invitation:
        with suppress(InvitationRefused):
            await accept(session, user_id, invitation, now)


async def accept(session: AsyncSession, friend_id: int, typed: str, now: datetime) -> None:
    """Write down who invited a member, by the code they typed.

    Raises InvitationUnknown, InvitationOwn, InvitedAlready, or InvitationClosed for an account
    that is not new any more, or has bought.
    """
    code = "".join(typed.split()).upper()
    inviter_id = await rows.find_inviter(session, code)
    inviter = None if inviter_id is None else await find_user(session, inviter_id)
    friend = await find_user(session, friend_id)
    if inviter is None or friend is None or inviter.erased_at is not None:
        raise InvitationUnknown
    if inviter.id == friend.id or normal_email(inviter.email) == normal_email(friend.email):
        raise InvitationOwn
    if friend.created_at + INVITATION_OPEN <= now or await orders.has_paid_order(
        session, friend.id, friend.email
    ):
        raise InvitationClosed
    if not await rows.add(session, friend.id, inviter.id, now):
        raise InvitedAlready


async def can_be_invited(session: AsyncSession, user_id: int, now: datetime) -> bool:
    """Tell whether a member may still say by whose invitation they came."""
    user = await find_user(session, user_id)
    if user is None or user.created_at + INVITATION_OPEN <= now:
        return False
    if await rows.find_of_friend(session, user_id) is not None:
        return False
    return not await orders.has_paid_order(session, user_id, user.email)


async def forget_waiting(session: AsyncSession, friend_id: int) -> None:
    """Forget who invited an account, if that brought nobody anything yet."""
    await rows.forget_waiting(session, friend_id)


async def note_order(session: AsyncSession, order: Order) -> None:
    """Take a locked, paid order as its buyer's first, if they were invited and have none.

    A trial of a refill is no order of that kind.
    """
    if order.user_id is None or order.is_test:
        return
    referral = await rows.lock_of_friend(session, order.user_id)
    if (
        referral is not None
        and referral.stage is ReferralStage.WAITING
        and referral.order_id is None
        and order.placed_at >= referral.invited_at
    ):
        referral.order_id = order.id
        await session.flush()


async def look_again(session: AsyncSession, order: Order, now: datetime) -> None:
    """Let a locked order that is not worth enough any more be nobody's first; repeatable.

    Call it before the buyer's own account is opened: both accounts are locked here, in id order.
    """
    referral = await rows.lock_of_order(session, order.id)
    if referral is None or referral.stage is ReferralStage.REVOKED:
        return
    if await worth_of(session, order) >= FRIEND_ORDER_POINTS:
        return
    if referral.stage is ReferralStage.WAITING:
        referral.order_id = None
    else:
        referral.stage = ReferralStage.REVOKED
        await _take_back(session, referral, now)
    await session.flush()


async def pay_due(session: AsyncSession, now: datetime, *, most: int) -> int:
    """Give both their points for so many first orders at most; return how many were looked at."""
    due = await rows.list_due(session, now - RETURN_WITHIN, most)
    good = [one for order_id in due if (one := await _look(session, order_id)) is not None]
    pairs = [(user_id, points, _key(one)) for one in good for user_id, points in _both(one)]
    for user_id, points, key in sorted(pairs):
        reason = Reason(EntryKind.EARN_REFERRAL, once_key=key, tier_points=points)
        await grant(session, user_id, reason, points, now)
    return len(due)


async def _look(session: AsyncSession, order_id: int) -> Referral | None:
    """Return the invitation to be paid for an order, or None when it is not worth enough."""
    order = await orders.lock(session, order_id)
    referral = await rows.lock_of_order(session, order_id)
    if referral is None or referral.stage is not ReferralStage.WAITING:
        return None
    if await worth_of(session, order) < FRIEND_ORDER_POINTS:
        referral.order_id = None
        return None
    referral.stage = ReferralStage.PAID
    await session.flush()
    return referral


async def _take_back(session: AsyncSession, referral: Referral, now: datetime) -> None:
    for user_id, _ in _both(referral):
        account = await open_account(session, user_id, now)
        found = await point_rows.find_once(session, user_id, _key(referral))
        if found is None:
            continue
        points = found.earned - found.taken - found.expired
        reason = Reason(
            EntryKind.REFUND_POINTS, reverses_id=found.entry_id, tier_points=-found.tier_points
        )
        if points > 0:
            await lose(session, account, reason, points, now)


def _both(referral: Referral) -> list[tuple[int, int]]:
    pairs = [(referral.inviter_id, INVITER_POINTS), (referral.friend_id, FRIEND_POINTS)]
    return sorted(pairs)


def _key(referral: Referral) -> str:
    return f"referral:{referral.id}"


def _mint() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
