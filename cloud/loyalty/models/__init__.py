"""The tables of points, tiers, rewards and invitations."""

from cloud.loyalty.models.members import Birthday, Referral, ReferralCode
from cloud.loyalty.models.points import PointAccount, PointEntry, PointLot
from cloud.loyalty.models.rewards import Reward, UserReward
from cloud.loyalty.models.tiers import Tier

__all__ = [
    "Birthday",
    "PointAccount",
    "PointEntry",
    "PointLot",
    "Referral",
    "ReferralCode",
    "Reward",
    "Tier",
    "UserReward",
]
