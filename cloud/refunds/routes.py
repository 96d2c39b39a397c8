"""Refunds and cancellations over HTTP."""

from fastapi import APIRouter

from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, Staff
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.schemas import OrderView
from cloud.payments.ports import PaymentGateway
from cloud.refunds import service
from cloud.refunds.schemas import Cancellation, RefundRequest, RefundView


def routes(gateway: PaymentGateway) -> APIRouter:
    """Return the routes of refunds."""
    router = APIRouter(tags=["refunds"])

    @router.post("/api/v1/me/orders/{number}/cancel")
    async def cancel_own_order(
        number: str, asked: Cancellation, session: Session, user: CurrentUser, clock: RequestClock
    ) -> OrderView:
        """Call off one of the caller's own orders; what was paid goes back."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        actor = Actor(ActorKind.CUSTOMER, user.user_id)
        await service.cancel_order(
            session, gateway, order.id, asked.reason, actor=actor, now=clock.now()
        )
        return await orders.get_order_view(session, order.id)

    @router.post("/api/v1/staff/orders/{number}/cancel")
    async def cancel_order(
        number: str, asked: Cancellation, session: Session, staff: Staff, clock: RequestClock
    ) -> OrderView:
        """Call off an order; what was paid goes back and the bottles return to the shelf."""
        order = await orders.view_by_number(session, number)
        await service.cancel_order(
            session, gateway, order.id, asked.reason, actor=_staff(staff), now=clock.now()
        )
        return await orders.get_order_view(session, order.id)

    @router.post("/api/v1/staff/orders/{number}/refunds", status_code=201)
    async def refund_order(
        number: str, asked: RefundRequest, session: Session, staff: Staff, clock: RequestClock
    ) -> list[RefundView]:
        """Give back a part of an order's money, or all that is left; return all its refunds."""
        order = await orders.view_by_number(session, number)
        await service.refund_order(
            session, gateway, order.id, asked, actor=_staff(staff), now=clock.now()
        )
        return await service.list_refunds(session, order.id)

    @router.get("/api/v1/staff/orders/{number}/refunds")
    async def get_refunds(number: str, session: Session, _staff: Staff) -> list[RefundView]:
        """Return the refunds of an order, oldest first."""
        order = await orders.view_by_number(session, number)
        return await service.list_refunds(session, order.id)

    return router


def _staff(user: SignedIn) -> Actor:
    return Actor(ActorKind.STAFF, user.user_id, user.name or user.email)
