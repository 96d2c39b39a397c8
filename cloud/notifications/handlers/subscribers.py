"""Who is told what at the news of subscriptions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import Handler
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.subscription_news import SubscriptionNews
from cloud.notifications.service.telling import News
from cloud.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionChanged,
    SubscriptionCreated,
    SubscriptionDue,
    SubscriptionPaid,
    SubscriptionPaymentFailed,
)


@dataclass(frozen=True, slots=True)
class SubscriptionHerald:
    """Turns the news of subscriptions into notifications."""

    desk: NewsDesk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            SubscriptionCreated: self._teller(SubscriptionNews.created),
            SubscriptionDue: self._teller(SubscriptionNews.due),
            SubscriptionPaid: self._teller(SubscriptionNews.paid),
            SubscriptionPaymentFailed: self._teller(SubscriptionNews.payment_failed),
            SubscriptionCancelled: self._teller(SubscriptionNews.cancelled),
            SubscriptionChanged: self._teller(SubscriptionNews.changed),
        }

    def _teller(self, write: Callable[[SubscriptionNews, Any], News]) -> Handler:
        async def tell(session: AsyncSession, event: Any) -> None:  # noqa: ANN401 - a Handler's
            link = self.desk.pages.page(f"/account/subscriptions/{event.subscription_id}")
            await self.desk.tell_member(
                session,
                event.user_id,
                event.at,
                lambda writer: write(SubscriptionNews(writer, self.desk.texts, link), event),
            )

        return tell
