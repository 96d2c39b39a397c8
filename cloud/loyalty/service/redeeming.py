"""Taking a reward for points: the points go and the code is there, or neither."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Product
from cloud.catalogue.service import let_in_early
from cloud.discounts import service as discounts
from cloud.foundation.events import emit
from cloud.foundation.money import Money
from cloud.foundation.sealing import Sealer
from cloud.loyalty.errors import (
    NotEnoughPoints,
    RewardGone,
    RewardNotFound,
    RewardOut,
    RewardTaken,
    RewardTooHigh,
)
from cloud.loyalty.events import RewardRedeemed
from cloud.loyalty.kinds import EntryKind, RewardKind, RewardStatus
from cloud.loyalty.models import PointAccount, Reward, Tier, UserReward
from cloud.loyalty.repository import rewards as rows
from cloud.loyalty.service.ledger import Reason, debit, open_account


@dataclass(frozen=True, slots=True)
class Taken:
    """What a member took: `code` is what they enter at checkout, "" for early access."""

    row: UserReward
    reward: Reward
    code: str

    def status_at(self, now: datetime) -> RewardStatus:
        """Return where it stands at a moment, whether or not that is written down yet."""
        if self.row.status is RewardStatus.AVAILABLE and self.row.expires_at <= now:
            return RewardStatus.EXPIRED
        return self.row.status


async def redeem(
    session: AsyncSession, sealer: Sealer, user_id: int, reward_id: int, now: datetime
) -> Taken:
    """Give a member a reward for points.

    Raises RewardNotFound, RewardGone, RewardTaken, RewardTooHigh, RewardOut, NotEnoughPoints.
    Under the reward's lock and then the account's, so that neither limit nor balance is passed by
    many at once.
    """
    reward = await rows.lock_reward(session, reward_id)
    if reward is None or not _is_offered(reward, now):
        raise RewardNotFound
    if reward.max_redemptions is not None and reward.redeemed >= reward.max_redemptions:
        raise RewardGone
    if await rows.count_taken(session, user_id, reward_id) >= reward.max_redemptions_per_user:
        raise RewardTaken(reward.max_redemptions_per_user)
    account = await open_account(session, user_id, now)
    await _require_tier(session, account, reward)
    if account.balance < reward.cost_points:
        raise NotEnoughPoints(reward.cost_points, account.balance)
    taken = await _give(session, sealer, reward, user_id, now)
    reason = Reason(EntryKind.REDEEM_REWARD, reward.name, user_reward_id=taken.row.id)
    await debit(session, account, reason, reward.cost_points, now)
    await rows.count_redemption(session, reward_id)
    await emit(
        session,
        RewardRedeemed(
            user_id=user_id,
            user_reward_id=taken.row.id,
            reward_id=reward.id,
            name=reward.name,
            kind=reward.kind,
            points=reward.cost_points,
            balance=account.balance,
            expires_at=taken.row.expires_at,
            at=now,
        ),
    )
    return taken


async def list_taken(
    session: AsyncSession, sealer: Sealer, user_id: int, *, most: int
) -> list[Taken]:
    """Return what a member took, the newest first."""
    return [
        Taken(row, reward, code or (sealer.open(row.sealed_code) if row.sealed_code else ""))
        for row, reward, code in await rows.list_taken(session, user_id, most=most)
    ]


def _is_offered(reward: Reward, now: datetime) -> bool:
    has_begun = reward.valid_from is None or reward.valid_from <= now
    has_ended = reward.valid_until is not None and reward.valid_until <= now
    return reward.is_active and has_begun and not has_ended


async def _require_tier(session: AsyncSession, account: PointAccount, reward: Reward) -> None:
    if reward.tier_id is None:
        return
    wanted = await session.get_one(Tier, reward.tier_id)
    held = None if account.tier_id is None else await session.get(Tier, account.tier_id)
    if held is None or held.min_points < wanted.min_points:
        raise RewardTooHigh(wanted.name)


async def _give(
    session: AsyncSession, sealer: Sealer, reward: Reward, user_id: int, now: datetime
) -> Taken:
    ends_at = now + timedelta(days=reward.lasts_days)
    row = UserReward(
        user_id=user_id,
        reward_id=reward.id,
        points_spent=reward.cost_points,
        redeemed_at=now,
        expires_at=ends_at,
    )
    code = ""
    if reward.promotion_id is not None:
        owner = None if reward.kind is RewardKind.VOUCHER else user_id
        coupon = await discounts.give_coupon(session, reward.promotion_id, owner, ends_at)
        row.coupon_id, code, row.status = coupon.id, coupon.code, RewardStatus.AVAILABLE
    elif reward.product_id is not None:
        await _let_in(session, user_id, reward.product_id, now, ends_at)
        row.status, row.used_at = RewardStatus.USED, now
    else:
        amount = Money(reward.amount_minor or 0, reward.currency or "")
        issued = await discounts.issue(
            session, amount, now, issued_by=None, expires_at=ends_at, note=reward.name
        )
        row.gift_card_id, code = issued.card.id, issued.code
        row.sealed_code, row.status, row.used_at = sealer.seal(code), RewardStatus.USED, now
    session.add(row)
    await session.flush()
    return Taken(row, reward, code)


async def _let_in(
    session: AsyncSession, user_id: int, product_id: int, now: datetime, ends_at: datetime
) -> None:
    product = await session.get_one(Product, product_id)
    if product.published_at is None or product.deleted_at is not None:
        raise RewardNotFound
    if product.is_published(now):
        raise RewardOut
    await let_in_early(session, user_id, product_id, ends_at)
