"""Who is told what at the news of orders, payments, returns and gift cards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.drafts.events import DraftSent
from cloud.foundation.events import Handler
from cloud.foundation.jobs import defer
from cloud.gifts.events import GiftCardSent
from cloud.notifications.service import CONFIRM, News, Recipient, Teller
from cloud.notifications.service.draft_news import draft_news
from cloud.notifications.service.gift_news import gift_news
from cloud.notifications.service.order_news import OrderNews
from cloud.orders import service as orders
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPaymentAsked,
    OrderRefunded,
    OrderShipped,
    OrderStatusChanged,
)
from cloud.orders.links import OrderLinks
from cloud.orders.status import OrderStatus
from cloud.payments.events import ChargeRefused, PaymentRefused
from cloud.refunds.events import PaymentReturned
from cloud.returns import service as returns
from cloud.returns.events import ReturnMoved
from cloud.returns.stages import ReturnStage
from cloud.site.service import read_site

# The rest a buyer did themselves, or is told of with the money.
_TOLD_OF_RETURNS = (ReturnStage.APPROVED, ReturnStage.REFUSED, ReturnStage.RECEIVED)


@dataclass(frozen=True, slots=True)
class OrderHerald:
    """Turns the news of orders into notifications, in the transaction that emits it."""

    teller: Teller
    links: OrderLinks

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            OrderPaymentAsked: self._on_payment_asked,
            OrderPaid: self._on_paid,
            OrderShipped: self._on_shipped,
            OrderStatusChanged: self._on_status_changed,
            OrderDelivered: self._on_delivered,
            OrderCancelled: self._on_cancelled,
            OrderRefunded: self._on_refunded,
            PaymentReturned: self._on_payment_returned,
            ReturnMoved: self._on_return_moved,
            ChargeRefused: self._on_charge_refused,
            PaymentRefused: self._on_payment_refused,
            GiftCardSent: self._on_gift_card_sent,
            DraftSent: self._on_draft_sent,
        }

    async def _on_payment_asked(self, session: AsyncSession, event: OrderPaymentAsked) -> None:
        await self._tell_buyer(
            session, event.order_id, event.at, lambda news: news.payment_asked(event.at)
        )

    async def _on_paid(self, session: AsyncSession, event: OrderPaid) -> None:
        # A buyer waits for the payment's answer, not for the letter: a job writes it.
        await defer(session, CONFIRM, order_id=event.order_id, at=event.at.isoformat())

    async def confirm(self, session: AsyncSession, order_id: int, at: str) -> None:
        """Tell the buyer of an order that it is paid since a moment (ISO 8601); once."""
        moment = datetime.fromisoformat(at)
        await self._tell_buyer(session, order_id, moment, OrderNews.payment_received)
        await self._tell_buyer(session, order_id, moment, OrderNews.confirmed)

    async def _on_gift_card_sent(self, session: AsyncSession, event: GiftCardSent) -> None:
        # The shop's own mail to whom the card is for, who may have no account here.
        news = gift_news(event, self.links)
        await self.teller.tell(
            session, news, Recipient(None, event.email, event.language), event.at
        )

    async def _on_draft_sent(self, session: AsyncSession, event: DraftSent) -> None:
        news = draft_news(event, self.links, (await read_site(session)).time_zone)
        recipient = Recipient(event.user_id, event.email, event.language)
        await self.teller.tell(session, news, recipient, event.at)

    async def _on_shipped(self, session: AsyncSession, event: OrderShipped) -> None:
        await self._tell_buyer(
            session, event.order_id, event.at, lambda news: news.shipped(event.shipment_id)
        )

    async def _on_status_changed(self, session: AsyncSession, event: OrderStatusChanged) -> None:
        # Other moves have news of their own, or are the shop's affair.
        if event.status is OrderStatus.OUT_FOR_DELIVERY:
            await self._tell_buyer(session, event.order_id, event.at, OrderNews.out_for_delivery)

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

    async def _on_return_moved(self, session: AsyncSession, event: ReturnMoved) -> None:
        if event.stage in _TOLD_OF_RETURNS:
            back = await returns.view_return(session, event.number)
            await self._tell_buyer(
                session, event.order_id, event.at, lambda news: news.returned(back)
            )

    async def _on_charge_refused(self, session: AsyncSession, event: ChargeRefused) -> None:
        await self._tell_buyer(
            session,
            event.order_id,
            event.at,
            lambda news: news.payment_failed(event.payment_id, event.code),
        )

    async def _on_payment_refused(self, session: AsyncSession, event: PaymentRefused) -> None:
        await self._tell_buyer(
            session,
            event.order_id,
            event.at,
            lambda news: news.payment_refused(event.payment_id, event.code),
        )

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
