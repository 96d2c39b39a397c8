"""Who is told that a scent is back, cheaper or new: crowds, told in batches by jobs.

A batch is one transaction, and everybody is told once by their key: a job that runs twice, or is
killed and taken over, tells nobody twice.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.events import ProductPublished
from cloud.foundation.events import Handler
from cloud.foundation.jobs import JobRegistry, defer
from cloud.inventory.events import StockCameBack
from cloud.notifications import preference_rows, scent_rows
from cloud.notifications.service import scent_news
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.scent_news import Bottle
from cloud.notifications.topics import Topic
from cloud.wishlists import restock
from cloud.wishlists.events import Fall, PriceFell, RestockAsked

_BATCH = 200
_BACK = "notifications.tell_back"
_FALLEN = "notifications.tell_fallen"
_NEW = "notifications.tell_new"


@dataclass(frozen=True, slots=True)
class ScentHerald:
    """Turns the news of scents into notifications of those who wait for them."""

    desk: NewsDesk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            StockCameBack: self._on_back,
            PriceFell: self._on_fallen,
            ProductPublished: self._on_published,
            RestockAsked: self._on_asked,
        }

    def register(self, jobs: JobRegistry) -> None:
        """Add the jobs that tell crowds."""
        jobs.on(_BACK, self.tell_back)
        jobs.on(_FALLEN, self.tell_fallen)
        jobs.on(_NEW, self.tell_new)

    async def _on_back(self, session: AsyncSession, event: StockCameBack) -> None:
        await defer(session, _BACK, variant_id=event.variant_id, at=event.at.isoformat())

    async def _on_fallen(self, session: AsyncSession, event: PriceFell) -> None:
        falls = [asdict(fall) for fall in event.falls]
        await defer(
            session,
            _FALLEN,
            product_id=event.product_id,
            falls=falls,
            at=event.at.isoformat(),
        )

    async def _on_published(self, session: AsyncSession, event: ProductPublished) -> None:
        await defer(session, _NEW, product_id=event.product_id, at=event.at.isoformat())

    async def _on_asked(self, session: AsyncSession, event: RestockAsked) -> None:
        link = self.desk.pages.restock(event.restock_wish_id)
        news = scent_news.asked(event.restock_wish_id, event.product_name, link)
        await self.desk.tell_address(session, event.email, event.language, event.at, lambda _: news)

    async def tell_back(
        self, session: AsyncSession, variant_id: int, at: str, after: int = 0
    ) -> None:
        """Tell a batch of those who wait for a bottle; what is gone again is not told."""
        now = datetime.fromisoformat(at)
        bottle = await self._bottle(session, variant_id, now)
        if bottle is None:
            return
        found = await restock.members_wishing(session, bottle.product_id, after, _BATCH)
        for user_id, sizes in found:
            if variant_id in sizes or None in sizes:
                await self.desk.tell_member(
                    session, user_id, now, lambda writer: scent_news.back(bottle, writer, now)
                )
        waiting = await restock.take_waiting(session, bottle.product_id, variant_id, _BATCH)
        for wish in waiting:
            write = partial(scent_news.back_once, bottle, wish.id)
            await self.desk.tell_address(session, wish.email, wish.language, now, write)
        if len(found) == _BATCH or len(waiting) == _BATCH:
            last = found[-1][0] if found else after
            await defer(session, _BACK, variant_id=variant_id, at=at, after=last)

    async def tell_fallen(
        self,
        session: AsyncSession,
        product_id: int,
        falls: list[dict[str, object]],
        at: str,
        after: int = 0,
    ) -> None:
        """Tell a batch of those who wish for what became cheaper: each of one bottle."""
        now = datetime.fromisoformat(at)
        fallen = [Fall(**fall) for fall in falls]  # type: ignore[arg-type] # as it was deferred
        found = await restock.members_wishing(session, product_id, after, _BATCH)
        for user_id, sizes in found:
            fall = next((one for one in fallen if None in sizes or one.variant_id in sizes), None)
            if fall is not None:
                await self._tell_fall(session, user_id, fall, now)
        if len(found) == _BATCH:
            await defer(
                session, _FALLEN, product_id=product_id, falls=falls, at=at, after=found[-1][0]
            )

    async def _tell_fall(
        self, session: AsyncSession, user_id: int, fall: Fall, now: datetime
    ) -> None:
        bottle = await self._bottle(session, fall.variant_id, now)
        if bottle is not None:
            await self.desk.tell_member(
                session,
                user_id,
                now,
                lambda writer: scent_news.cheaper(bottle, writer, fall, now),
            )

    async def tell_new(
        self, session: AsyncSession, product_id: int, at: str, after: int = 0
    ) -> None:
        """Tell a batch of those who want to hear of new scents."""
        now = datetime.fromisoformat(at)
        variant_id = await scent_rows.cheapest_variant(session, product_id, now)
        bottle = None if variant_id is None else await self._bottle(session, variant_id, now)
        if bottle is None:
            return
        found = await preference_rows.who_said(
            session, Topic.NEW_SCENTS, is_wanted=True, after=after, limit=_BATCH
        )
        for user_id in found:
            await self.desk.tell_member(
                session, user_id, now, lambda writer: scent_news.new(bottle, writer)
            )
        if len(found) == _BATCH:
            await defer(session, _NEW, product_id=product_id, at=at, after=found[-1])

    async def _bottle(self, session: AsyncSession, variant_id: int, now: datetime) -> Bottle | None:
        row = await restock.find_offer(session, variant_id, now)
        if row is None or row["available"] <= 0:
            return None
        return Bottle.of(variant_id, row, self.desk.links.product(row["slug"], row["sku"]))
