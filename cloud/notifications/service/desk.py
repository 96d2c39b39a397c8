"""Whom news is for, and in which language: what every teller of news draws on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.models import User
from cloud.foundation.locale import best_language
from cloud.foundation.permits import Permit
from cloud.notifications import repository
from cloud.notifications.leaving import LeaveLinks
from cloud.notifications.service.telling import News, Recipient, Teller
from cloud.notifications.service.writing import Writer
from cloud.notifications.texts import Texts
from cloud.orders.links import OrderLinks
from cloud.site.schemas import Site
from cloud.site.service import read_site

Write = Callable[[Writer], News]
# With all that was counted by now.
WriteAll = Callable[[Writer, Mapping[str, int]], News]


@dataclass(frozen=True, slots=True)
class NewsDesk:
    """Tells news to members and staff, each in their own language."""

    teller: Teller
    links: OrderLinks
    pages: LeaveLinks

    @property
    def texts(self) -> Texts:
        """Return what news says."""
        return self.teller.texts

    async def tell_member(
        self, session: AsyncSession, user_id: int, now: datetime, write: Write
    ) -> bool:
        """Tell a member, nobody who was erased; True when they were told now."""
        user = await accounts.find_user(session, user_id)
        if user is None or user.erased_at is not None:
            return False
        return await self._tell(session, await read_site(session), user, now, write)

    async def add_for_member(
        self,
        session: AsyncSession,
        user_id: int,
        counts: Mapping[str, int],
        now: datetime,
        write: WriteAll,
    ) -> None:
        """Tell a member in one line what comes in many pieces (`Teller.add`)."""
        user = await accounts.find_user(session, user_id)
        if user is not None and user.erased_at is None:
            await self._add(session, await read_site(session), user, counts, now, write)

    async def add_for_staff(
        self,
        session: AsyncSession,
        permit: Permit,
        counts: Mapping[str, int],
        now: datetime,
        write: WriteAll,
    ) -> None:
        """Tell the members of staff who hold a permit in one line what comes in many pieces."""
        site = await read_site(session)
        for user in await repository.staff_with(session, permit):
            await self._add(session, site, user, counts, now, write)

    async def tell_staff(
        self, session: AsyncSession, permit: Permit, now: datetime, write: Write
    ) -> None:
        """Tell the members of staff who hold a permit."""
        site = await read_site(session)
        for user in await repository.staff_with(session, permit):
            await self._tell(session, site, user, now, write)

    async def tell_address(
        self, session: AsyncSession, email: str, language: str, now: datetime, write: Write
    ) -> None:
        """Tell an address that need not have an account, by mail alone."""
        site = await read_site(session)
        spoken = best_language(language, site.languages)
        news = write(Writer(spoken, site.time_zone))
        await self.teller.tell(session, news, Recipient(None, email, spoken), now)

    async def _tell(
        self, session: AsyncSession, site: Site, user: User, now: datetime, write: Write
    ) -> bool:
        language = best_language(user.language, site.languages)
        recipient = Recipient(user.id, user.email, language)
        news = write(Writer(language, site.time_zone))
        return await self.teller.tell(session, news, recipient, now) is not None

    async def _add(
        self,
        session: AsyncSession,
        site: Site,
        user: User,
        counts: Mapping[str, int],
        now: datetime,
        write: WriteAll,
    ) -> None:
        language = best_language(user.language, site.languages)
        writer = Writer(language, site.time_zone)
        recipient = Recipient(user.id, user.email, language)
        await self.teller.add(session, lambda all_: write(writer, all_), recipient, counts, now)
