"""News of points, tiers and rewards, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime

from cloud.loyalty.kinds import EntryKind, RewardKind


@dataclass(frozen=True, slots=True)
class PointsEarned:
    """Points came to a member: `points` of them, for `kind` (EARN_... or STAFF_CREDIT).

    `balance` is what can be spent now; `note` says what for (an order's number, a reason), "" for
    what the kind says alone. `entry_id` is the entry of the ledger, one event each.
    """

    user_id: int
    entry_id: int
    kind: EntryKind
    points: int
    balance: int
    note: str
    expires_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class TierReached:
    """A member stands in a higher tier than before; never told of a lower one."""

    user_id: int
    tier_id: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RewardRedeemed:
    """A member took a reward for points; its code is on their points page, never in news."""

    user_id: int
    user_reward_id: int
    reward_id: int
    name: str
    kind: RewardKind
    points: int
    balance: int
    expires_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class PointsExpireSoon:
    """Points of a member go within `within_days` (30 or 7), the first at `expires_at`.

    Told once for each earning and window; `points` are those that were not told of before.
    """

    user_id: int
    points: int
    within_days: int
    expires_at: datetime
    at: datetime
