"""Who is told that a cart of theirs lies where they left it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.carts.events import CartLeft
from cloud.foundation.events import Handler
from cloud.notifications import preference_rows
from cloud.notifications.kinds import Channel
from cloud.notifications.service.cart_news import cart_left
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.notifications.topics import Topic


@dataclass(frozen=True, slots=True)
class CartHerald:
    """Turns the news of carts into notifications, in the transaction that emits it."""

    desk: NewsDesk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {CartLeft: self._on_left}

    async def _on_left(self, session: AsyncSession, event: CartLeft) -> None:
        link = self.desk.pages.left_cart(event.left_cart_id)

        def write(writer: Writer) -> News:
            return cart_left(event, writer, link)

        if event.user_id is not None:
            await self.desk.tell_member(session, event.user_id, event.at, write)
        elif not await _said_no(session, event.email):
            await self.desk.tell_address(session, event.email, event.language, event.at, write)


async def _said_no(session: AsyncSession, email: str) -> bool:
    """Tell whether an address is that of a member who switched such mails off.

    Anybody can type it at a checkout; its owner's word counts more.
    """
    user = await accounts.find_user_by_email(session, email)
    if user is None:
        return False
    said = await preference_rows.said_of(session, user.id, Topic.LEFT_CARTS)
    return said.get(Channel.MAIL) is False
