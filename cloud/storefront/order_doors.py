"""How somebody comes to an order: as the member whose it is, or with the key from its mails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, OptionalUser
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind, customer_actor
from cloud.orders.errors import OrderNotFound
from cloud.orders.links import OrderLinks
from cloud.orders.numbers import OrderNumber
from cloud.orders.schemas import OrderView

_LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Door:
    """The right to one order. `key` is "" for its member; `user` None for a stranger."""

    number: str
    user: SignedIn | None
    key: str = ""

    @property
    def base(self) -> str:
        """Return the address of the order's page, without its key."""
        return f"/orders/{self.number}" if self.key else f"/account/orders/{self.number}"

    @property
    def query(self) -> str:
        """Return what every address of a guest's carries ("?key=…"); "" for a member."""
        return f"?key={self.key}" if self.key else ""

    @property
    def page(self) -> str:
        """Return the address of the order's page."""
        return self.base + self.query

    @property
    def actor(self) -> Actor:
        """Return whoever came, for histories."""
        if self.key or self.user is None:
            return Actor(ActorKind.CUSTOMER)
        return customer_actor(self.user)

    async def order(self, session: AsyncSession) -> OrderView:
        """Return the order; OrderNotFound when it is not the member's."""
        if self.key or self.user is None:
            return await orders.view_by_number(session, self.number)
        return await orders.view_by_number(session, self.number, user_id=self.user.user_id)


Opener = Callable[..., Awaitable[Door]]


async def member_door(number: OrderNumber, user: CurrentUser) -> Door:
    """Let a member come to an address of theirs; whose the order is, `Door.order` tells."""
    return Door(number, user)


def guest_door(links: OrderLinks) -> Opener:
    """Return what lets in whoever sends an order's key, in the address or with a form."""

    async def door(request: Request, number: OrderNumber, user: OptionalUser) -> Door:
        key = request.query_params.get("key", "")
        if not key and request.method == "POST":
            key = str((await request.form()).get("key", ""))
        if not key or len(key) > _LONGEST_KEY or not links.opens(number, key):
            raise OrderNotFound(number)
        return Door(number, user, key)

    return door
