"""Returns over HTTP: a member's own, a guest's by key, and the staff's."""

from typing import Annotated

from fastapi import Path, Query

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind, customer_actor
from cloud.orders.errors import OrderNotFound
from cloud.orders.links import OrderLinks
from cloud.orders.numbers import OrderNumber
from cloud.payments.ports import PaymentGateway
from cloud.returns import service
from cloud.returns.schemas import (
    Approval,
    Closing,
    Receipt,
    Refusal,
    ReturnableView,
    ReturnPage,
    ReturnRefund,
    ReturnRequest,
    ReturnView,
)
from cloud.returns.stages import ReturnStage

ReturnNumber = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]
Key = Annotated[str, Query(max_length=64, description="From the link in the order's mails.")]


def routes(gateway: PaymentGateway, links: OrderLinks) -> APIRouter:
    """Return the routes of returns."""
    router = APIRouter(prefix="/api/v1", tags=["returns"])
    router.include_router(_own_routes())
    router.include_router(_guest_routes(links))
    router.include_router(_staff_routes(gateway))
    return router


def _own_routes() -> APIRouter:
    router = APIRouter(prefix="/me/orders/{number}")

    @router.get("/returnable")
    async def get_own_returnable(
        number: OrderNumber, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReturnableView:
        """Return what of one of the caller's orders can be sent back now."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        return await service.get_returnable(session, order.id, clock.now())

    @router.get("/returns")
    async def get_own_returns(
        number: OrderNumber, session: Session, user: CurrentUser
    ) -> list[ReturnView]:
        """Return the returns of one of the caller's orders, oldest first."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        return await service.list_returns_of(session, order)

    @router.post("/returns", status_code=201)
    async def ask_for_return(
        number: OrderNumber,
        asked: ReturnRequest,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> ReturnView:
        """Ask to send bottles of an order back."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        made = await service.ask(
            session, order.id, asked, actor=customer_actor(user), now=clock.now()
        )
        return await service.view_return(session, made)

    @router.post("/returns/{return_number}/withdraw")
    async def withdraw_return(
        number: OrderNumber,
        return_number: ReturnNumber,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> ReturnView:
        """Call a return off before its parcel arrived."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        await service.view_return(session, return_number, order_id=order.id)
        await service.withdraw(session, return_number, actor=customer_actor(user), now=clock.now())
        return await service.view_return(session, return_number)

    return router


def _guest_routes(links: OrderLinks) -> APIRouter:
    router = APIRouter(prefix="/orders/{number}")

    @router.get("/returns")
    async def get_guest_returns(
        number: OrderNumber, key: Key, session: Session
    ) -> list[ReturnView]:
        """Return the returns of an order to whoever holds its key."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        return await service.list_returns_of(session, await orders.view_by_number(session, number))

    @router.post("/returns", status_code=201)
    async def ask_for_guest_return(
        number: OrderNumber, key: Key, asked: ReturnRequest, session: Session, clock: RequestClock
    ) -> ReturnView:
        """Ask to send bottles of an order back, holding its key."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        order = await orders.view_by_number(session, number)
        guest = Actor(ActorKind.CUSTOMER)
        made = await service.ask(session, order.id, asked, actor=guest, now=clock.now())
        return await service.view_return(session, made)

    return router


def _staff_routes(gateway: PaymentGateway) -> APIRouter:
    router = APIRouter(prefix="/staff/returns")

    @router.get("")
    async def get_returns(
        session: Session,
        stage: Annotated[list[ReturnStage] | None, Query(max_length=10)] = None,
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        _staff: SignedIn = allowed(permits.RETURNS_VIEW),
    ) -> ReturnPage:
        """Return returns, newest first."""
        return await service.list_returns(session, stage, after, limit)

    @router.get("/{return_number}")
    async def get_return(
        return_number: ReturnNumber,
        session: Session,
        _staff: SignedIn = allowed(permits.RETURNS_VIEW),
    ) -> ReturnView:
        """Return one return."""
        return await service.view_return(session, return_number)

    @router.post("/{return_number}/approve")
    async def approve_return(
        return_number: ReturnNumber,
        yes: Approval,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> ReturnView:
        """Let a return come."""
        await service.approve(session, return_number, yes, staff, clock.now())
        return await service.view_return(session, return_number)

    @router.post("/{return_number}/refuse")
    async def refuse_return(
        return_number: ReturnNumber,
        no: Refusal,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> ReturnView:
        """Say no to a return."""
        await service.refuse(session, return_number, no, staff, clock.now())
        return await service.view_return(session, return_number)

    @router.post("/{return_number}/receive")
    async def receive_return(
        return_number: ReturnNumber,
        receipt: Receipt,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> ReturnView:
        """Record what was in the parcel; what can be sold again goes back to the shelf."""
        await service.receive(session, return_number, receipt, staff, clock.now())
        return await service.view_return(session, return_number)

    @router.post("/{return_number}/refund")
    async def refund_return(
        return_number: ReturnNumber,
        asked: ReturnRefund,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_REFUND),
    ) -> ReturnView:
        """Give back the money for what came."""
        await service.refund(session, gateway, return_number, asked, staff, clock.now())
        return await service.view_return(session, return_number)

    @router.post("/{return_number}/close")
    async def close_return(
        return_number: ReturnNumber,
        closing: Closing,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.RETURNS_CHANGE),
    ) -> ReturnView:
        """End a received return without money."""
        await service.close(session, return_number, closing, staff, clock.now())
        return await service.view_return(session, return_number)

    return router
