"""What is told about points, tiers and rewards. Builds news; tells nobody by itself."""

from dataclasses import dataclass

from cloud.loyalty.events import PointsEarned, PointsExpireSoon, RewardRedeemed, TierReached
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.notifications.texts import Texts

_K = NotificationKind


@dataclass(frozen=True, slots=True)
class LoyaltyNews:
    """News of points for one reader; `link` leads to theirs."""

    writer: Writer
    texts: Texts
    link: str

    def earned(self, event: PointsEarned) -> News:
        """Points came."""
        reason = self.texts.earned(event.kind.value, self.writer.language, event.note)
        facts = {
            "points": self.writer.points(event.points),
            "balance": self.writer.points(event.balance),
            "reason": reason,
        }
        return self._news(f"earned:{event.entry_id}", _K.LOYALTY_POINTS_EARNED, facts)

    def tier_reached(self, event: TierReached) -> News:
        """A higher tier; the same one again another year is news again."""
        key = f"tier:{event.tier_id}:{event.at:%Y%m%d}"
        return self._news(key, _K.LOYALTY_TIER_UPGRADE, {"tier": event.name})

    def redeemed(self, event: RewardRedeemed) -> News:
        """A reward was taken; its code is never in news."""
        facts = {
            "reward": event.name,
            "points": self.writer.points(event.points),
            "balance": self.writer.points(event.balance),
            "expires_on": self.writer.day_of(event.expires_at),
        }
        return self._news(f"reward:{event.user_reward_id}", _K.LOYALTY_REWARD_REDEEMED, facts)

    def expiring(self, event: PointsExpireSoon) -> News:
        """Points go soon."""
        facts = {
            "points": self.writer.points(event.points),
            "expires_on": self.writer.day_of(event.expires_at),
        }
        key = f"expire:{event.within_days}:{event.at.isoformat()}"
        return self._news(key, _K.LOYALTY_POINTS_EXPIRING_SOON, facts)

    def _news(self, key: str, kind: NotificationKind, facts: dict[str, str]) -> News:
        return News(f"points:{key}", kind, kind.value, facts, self.link)
