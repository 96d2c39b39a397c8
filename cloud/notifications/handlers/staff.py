"""What members of staff are told: those who may do something about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.service import get_variant
from cloud.foundation import permits
from cloud.foundation.events import Handler
from cloud.inventory.events import StockRanLow
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service import review_news
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.orders import service as orders
from cloud.payments.events import AttentionNeeded
from cloud.reviews.events import ReviewWritten


@dataclass(frozen=True, slots=True)
class StaffHerald:
    """Turns what staff must know into notifications."""

    desk: NewsDesk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            AttentionNeeded: self._on_attention_needed,
            StockRanLow: self._on_stock_ran_low,
            ReviewWritten: self._on_review_written,
        }

    async def _on_attention_needed(self, session: AsyncSession, event: AttentionNeeded) -> None:
        link = self.desk.pages.page("/admin/mails") if event.key.startswith("mail:") else None
        if event.order_id is not None:
            order = await orders.get_order_view(session, event.order_id)
            link = self.desk.links.staff_order(order.number)
        kind = NotificationKind.ADMIN_ALERT
        facts = {"subject": event.subject, "detail": event.detail}
        news = News(event.key, kind, kind.value, facts, link)
        await self.desk.tell_staff(session, permits.ORDERS_VIEW, event.at, lambda _: news)

    async def _on_stock_ran_low(self, session: AsyncSession, event: StockRanLow) -> None:
        variant = await get_variant(session, event.variant_id)
        kind = NotificationKind.LOW_STOCK
        facts = {
            "product": variant.product.name,
            "variant": variant.name,
            "available": str(max(0, event.available)),
            "limit": str(event.low_stock_at),
        }
        link = self.desk.pages.page(f"/admin/stock/{event.variant_id}")
        key = f"stock:{event.variant_id}:low:{event.at.isoformat()}"
        news = News(key, kind, kind.value, facts, link)
        await self.desk.tell_staff(session, permits.STOCK_VIEW, event.at, lambda _: news)

    async def _on_review_written(self, session: AsyncSession, event: ReviewWritten) -> None:
        link = self.desk.pages.page("/admin/reviews?status=pending")

        def write(writer: Writer, waiting: Mapping[str, int]) -> News:
            return review_news.waiting(event, len(waiting), writer, link)

        # A review that is written anew within the hour waits once.
        counts = {str(event.review_id): 1}
        await self.desk.add_for_staff(session, permits.REVIEWS_CHANGE, counts, event.at, write)
