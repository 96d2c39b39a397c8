"""Who is told what, at which news: one herald a field, all of them here."""

from collections.abc import Mapping
from dataclasses import dataclass

from cloud.foundation.events import Handler
from cloud.notifications.handlers.carts import CartHerald
from cloud.notifications.handlers.homes import HomeHerald
from cloud.notifications.handlers.issues import IssueHerald
from cloud.notifications.handlers.members import MemberHerald
from cloud.notifications.handlers.orders import OrderHerald
from cloud.notifications.handlers.scents import ScentHerald
from cloud.notifications.handlers.staff import StaffHerald
from cloud.notifications.handlers.subscribers import SubscriptionHerald
from cloud.notifications.service.desk import NewsDesk
from cloud.reorders.service import Desk

__all__ = ["Herald"]


@dataclass(frozen=True, slots=True)
class Herald:
    """Turns events into notifications, in the transaction that emits them."""

    desk: NewsDesk
    reorders: Desk

    @property
    def orders(self) -> OrderHerald:
        """Return who tells of orders."""
        return OrderHerald(self.desk.teller, self.desk.links)

    @property
    def scents(self) -> ScentHerald:
        """Return who tells of scents."""
        return ScentHerald(self.desk)

    @property
    def issues(self) -> IssueHerald:
        """Return who tells of the newsletter."""
        return IssueHerald(self.desk)

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            **self.orders.handlers(),
            **HomeHerald(self.desk, self.reorders).handlers(),
            **MemberHerald(self.desk).handlers(),
            **SubscriptionHerald(self.desk).handlers(),
            **self.scents.handlers(),
            **CartHerald(self.desk).handlers(),
            **self.issues.handlers(),
            **StaffHerald(self.desk).handlers(),
        }
