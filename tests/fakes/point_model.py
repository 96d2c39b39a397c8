"""What a member's points should be, reckoned as simply as can be: to compare the real ones with."""

from dataclasses import dataclass, field
from datetime import datetime

from cloud.loyalty.terms import POINTS_LAST


@dataclass
class PointModel:
    """Every single point is an item of a list, with the number of its entry and when it goes."""

    points: list[tuple[datetime, int]] = field(default_factory=list)
    debt: int = 0
    entries: int = 0

    def credit(self, points: int, now: datetime) -> None:
        """Add points; they pay the debt first."""
        self.entries += 1
        paid = min(points, self.debt)
        self.debt -= paid
        self.points += [(now + POINTS_LAST, self.entries)] * (points - paid)

    def debit(self, points: int, now: datetime) -> bool:
        """Take the points that go first; False, and nothing happens, when there are too few."""
        self.expire(now)
        if points > len(self.points):
            return False
        self.points = sorted(self.points)[points:]
        return True

    def take_back(self, points: int, number: int, now: datetime) -> None:
        """Take points, those of the entry `number` before others; the rest is owed."""
        self.expire(now)
        ranked = sorted(self.points, key=lambda one: (one[1] != number, one))
        self.debt += max(0, points - len(ranked))
        self.points = ranked[points:]

    def expire(self, now: datetime) -> None:
        """Drop what is past its time."""
        self.points = [one for one in self.points if one[0] > now]
