"""Who is told what, at which news."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.foundation.events import Handler
from cloud.notifications import repository
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service import News, Recipient, Teller
from cloud.notifications.service.home_news import HomeNews
from cloud.notifications.service.order_news import OrderNews, Writer
from cloud.orders import service as orders
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
)
from cloud.orders.links import OrderLinks
from cloud.payments.events import AttentionNeeded, ChargeRefused
from cloud.refunds.events import PaymentReturned
from cloud.reorders import service as reorders
from cloud.reorders.events import ReorderCalledOff, ReorderProposed, ReorderWindowOpened
from cloud.reorders.service import Desk
from cloud.site.service import read_site

# A member did it or sees it at home: no news to them.
_KNOWN_ENDS = ("declined", "not_answered", "cartridge_changed")


@dataclass(frozen=True, slots=True)
class Herald:
    """Turns events into notifications, in the transaction that emits them."""

    teller: Teller
    links: OrderLinks
    desk: Desk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            OrderPaid: self._on_paid,
            OrderShipped: self._on_shipped,
            OrderDelivered: self._on_delivered,
            OrderCancelled: self._on_cancelled,
            OrderRefunded: self._on_refunded,
            PaymentReturned: self._on_payment_returned,
            ChargeRefused: self._on_charge_refused,
            ReorderProposed: self._on_proposed,
            ReorderWindowOpened: self._on_window_opened,
            ReorderCalledOff: self._on_called_off,
            AttentionNeeded: self._on_attention_needed,
        }

    async def _on_paid(self, session: AsyncSession, event: OrderPaid) -> None:
        await self._tell_buyer(session, event.order_id, event.at, OrderNews.confirmed)

    async def _on_shipped(self, session: AsyncSession, event: OrderShipped) -> None:
        await self._tell_buyer(
            session, event.order_id, event.at, lambda news: news.shipped(event.shipment_id)
        )

    async def _on_delivered(self, session: AsyncSession, event: OrderDelivered) -> None:
        await self._tell_buyer(session, event.order_id, event.at, OrderNews.delivered)

    async def _on_cancelled(self, session: AsyncSession, event: OrderCancelled) -> None:
        await self._tell_buyer(
            session, event.order_id, event.at, lambda news: news.cancelled(event.reason)
        )

    async def _on_refunded(self, session: AsyncSession, event: OrderRefunded) -> None:
        await self._tell_buyer(
            session, event.order_id, event.at, lambda news: news.refunded(event.amount_minor)
        )

    async def _on_payment_returned(self, session: AsyncSession, event: PaymentReturned) -> None:
        await self._tell_buyer(
            session,
            event.order_id,
            event.at,
            lambda news: news.payment_returned(event.amount_minor, event.currency, event.reason),
        )

    async def _on_charge_refused(self, session: AsyncSession, event: ChargeRefused) -> None:
        await self._tell_buyer(
            session,
            event.order_id,
            event.at,
            lambda news: news.payment_failed(event.payment_id, event.code),
        )

    async def _on_proposed(self, session: AsyncSession, event: ReorderProposed) -> None:
        await self._tell_home(session, event.reorder_id, event.at, HomeNews.proposed)

    async def _on_window_opened(self, session: AsyncSession, event: ReorderWindowOpened) -> None:
        await self._tell_home(session, event.reorder_id, event.at, HomeNews.announced)

    async def _on_called_off(self, session: AsyncSession, event: ReorderCalledOff) -> None:
        if event.reason not in _KNOWN_ENDS:
            await self._tell_home(
                session, event.reorder_id, event.at, lambda news: news.held(event.reason)
            )

    async def _on_attention_needed(self, session: AsyncSession, event: AttentionNeeded) -> None:
        link = None
        if event.order_id is not None:
            order = await orders.get_order_view(session, event.order_id)
            link = self.links.staff_order(order.number)
        news = News(
            key=event.key,
            kind=NotificationKind.ADMIN_ALERT,
            wording=NotificationKind.ADMIN_ALERT.value,
            facts={"subject": event.subject, "detail": event.detail},
            link=link,
        )
        for member in await repository.staff(session):
            recipient = Recipient(member.id, member.email, member.language or "en")
            await self.teller.tell(session, news, recipient, event.at)

    async def _tell_buyer(
        self,
        session: AsyncSession,
        order_id: int,
        now: datetime,
        write: Callable[[OrderNews], News],
    ) -> None:
        order = await orders.get_order_view(session, order_id)
        site = await read_site(session)
        news = OrderNews(order, order.language, self.teller.texts, self.links, site.time_zone)
        await self.teller.tell(session, write(news), news.recipient, now)

    async def _tell_home(
        self,
        session: AsyncSession,
        reorder_id: int,
        now: datetime,
        write: Callable[[HomeNews], News],
    ) -> None:
        site = await read_site(session)
        for user_id in await reorders.spenders_of(session, reorder_id):
            user = await accounts.find_user(session, user_id)
            if user is None:
                continue
            language = user.language or site.language
            view = await reorders.get_reorder_view(session, self.desk, reorder_id, user_id)
            news = HomeNews(view, Writer(language, site.time_zone), self.teller.texts)
            recipient = Recipient(user.id, user.email, language)
            await self.teller.tell(session, write(news), recipient, now)
