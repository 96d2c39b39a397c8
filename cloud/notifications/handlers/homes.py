"""Who is told what at the news of a home: its refills and its devices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import Handler
from cloud.hubs.events import AutomationsRan, DiffusersAdded, HubFellSilent, HubPaired
from cloud.hubs.repository import households, hubs
from cloud.notifications.service import device_news
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.home_news import HomeNews
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.reorders import service as reorders
from cloud.reorders.events import (
    RefillQuestionAsked,
    ReorderCalledOff,
    ReorderFrozen,
    ReorderProposed,
    ReorderWindowOpened,
)
from cloud.reorders.schemas import ReorderView
from cloud.reorders.service import Desk

# A member did it or sees it at home: no news to them.
_KNOWN_ENDS = ("declined", "not_answered", "cartridge_changed")


@dataclass(frozen=True, slots=True)
class HomeHerald:
    """Turns the news of a home's refills into notifications."""

    news: NewsDesk
    desk: Desk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            ReorderProposed: self._on_proposed,
            ReorderWindowOpened: self._on_window_opened,
            ReorderCalledOff: self._on_called_off,
            ReorderFrozen: self._on_frozen,
            RefillQuestionAsked: self._on_question,
            HubPaired: self._on_paired,
            DiffusersAdded: self._on_devices,
            HubFellSilent: self._on_silent,
            AutomationsRan: self._on_automations,
        }

    async def _on_proposed(self, session: AsyncSession, event: ReorderProposed) -> None:
        await self._tell_home(session, event.reorder_id, event.at, HomeNews.proposed)

    async def _on_window_opened(self, session: AsyncSession, event: ReorderWindowOpened) -> None:
        await self._tell_home(session, event.reorder_id, event.at, HomeNews.announced)

    async def _on_called_off(self, session: AsyncSession, event: ReorderCalledOff) -> None:
        if event.reason not in _KNOWN_ENDS:
            await self._tell_home(
                session, event.reorder_id, event.at, lambda news: news.held(event.reason)
            )

    async def _on_frozen(self, session: AsyncSession, event: ReorderFrozen) -> None:
        await self._tell_home(session, event.reorder_id, event.at, HomeNews.frozen)

    async def _on_question(self, session: AsyncSession, event: RefillQuestionAsked) -> None:
        await self._tell_home(
            session, event.reorder_id, event.at, lambda news: news.refilled(event.at)
        )

    async def _on_paired(self, session: AsyncSession, event: HubPaired) -> None:
        hub = await hubs.find_hub(session, event.hub_id)
        if hub is None:
            return
        home = (await hubs.household_of(session, event.household_id)).name
        link = self.news.pages.page("/account")
        news = device_news.hub_connected(hub, home, link)
        for user_id, _ in await households.user_ids(session, event.household_id):
            await self.news.tell_member(session, user_id, hub.paired_at, lambda _: news)

    async def _on_devices(self, session: AsyncSession, event: DiffusersAdded) -> None:
        home = (await hubs.household_of(session, event.household_id)).name
        link = self.news.pages.page("/account")

        def write(writer: Writer, counts: Mapping[str, int]) -> News:
            return device_news.devices_connected(event, home, tuple(counts), writer, link)

        await self._add_home(
            session, event.household_id, dict.fromkeys(event.names, 1), event, write
        )

    async def _on_silent(self, session: AsyncSession, event: HubFellSilent) -> None:
        link = self.news.pages.page("/account")
        for user_id, _ in await households.user_ids(session, event.household_id):
            await self.news.tell_member(
                session, user_id, event.at, lambda writer: device_news.silent(event, writer, link)
            )

    async def _on_automations(self, session: AsyncSession, event: AutomationsRan) -> None:
        home = (await hubs.household_of(session, event.household_id)).name
        link = self.news.pages.page("/account")

        def write(writer: Writer, counts: Mapping[str, int]) -> News:
            return device_news.automations(event, home, counts, writer, link)

        await self._add_home(session, event.household_id, event.counts, event, write)

    async def _add_home(
        self,
        session: AsyncSession,
        household_id: int,
        counts: Mapping[str, int],
        event: DiffusersAdded | AutomationsRan,
        write: Callable[[Writer, Mapping[str, int]], News],
    ) -> None:
        for user_id, _ in await households.user_ids(session, household_id):
            await self.news.add_for_member(session, user_id, counts, event.at, write)

    async def _tell_home(
        self,
        session: AsyncSession,
        reorder_id: int,
        now: datetime,
        write: Callable[[HomeNews], News],
    ) -> None:
        for user_id in await reorders.spenders_of(session, reorder_id):
            view = await reorders.get_reorder_view(session, self.desk, reorder_id, user_id)

            def written(writer: Writer, view: ReorderView = view) -> News:
                return write(HomeNews(view, writer, self.news.texts))

            await self.news.tell_member(session, user_id, now, written)
