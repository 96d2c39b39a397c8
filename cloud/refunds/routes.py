"""Refunds and cancellations over HTTP."""

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders import service as orders
from cloud.orders.actors import customer_actor
from cloud.orders.numbers import OrderNumber
from cloud.orders.schemas import OrderView
from cloud.payments.ports import PaymentGateway
from cloud.refunds import service
from cloud.refunds.schemas import Cancellation, RefundableView, RefundRequest, RefundView


def routes(gateway: PaymentGateway) -> APIRouter:
    """Return the routes of refunds."""
    router = APIRouter(tags=["refunds"])

    @router.post("/api/v1/me/orders/{number}/cancel")
    async def cancel_own_order(
        number: OrderNumber,
        asked: Cancellation,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> OrderView:
        """Call off one of the caller's own orders; what was paid goes back."""
        order = await orders.view_by_number(session, number, user_id=user.user_id)
        await service.cancel_order(
            session, gateway, order.id, asked.reason, actor=customer_actor(user), now=clock.now()
        )
        return await orders.get_order_view(session, order.id)

    router.include_router(_staff_routes(gateway))
    return router


def _staff_routes(gateway: PaymentGateway) -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/orders/{number}")

    @router.post("/cancel")
    async def cancel_order(
        number: OrderNumber,
        asked: Cancellation,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_CANCEL),
    ) -> OrderView:
        """Call off an order; what was paid goes back and the bottles return to the shelf."""
        order_id = await service.cancel_by_staff(
            session, gateway, number, asked.reason, staff, clock.now()
        )
        return await orders.get_order_view(session, order_id)

    @router.post("/refunds", status_code=201)
    async def refund_order(
        number: OrderNumber,
        asked: RefundRequest,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = allowed(permits.ORDERS_REFUND),
    ) -> list[RefundView]:
        """Give back bottles' money, an amount, or all that is left; return all its refunds."""
        order = await orders.view_by_number(session, number)
        await service.refund_by_staff(session, gateway, number, asked, staff, clock.now())
        return await service.list_refunds(session, order.id)

    @router.get("/refunds")
    async def get_refunds(
        number: OrderNumber, session: Session, _staff: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> list[RefundView]:
        """Return the refunds of an order, oldest first."""
        order = await orders.view_by_number(session, number)
        return await service.list_refunds(session, order.id)

    @router.get("/refundable")
    async def get_refundable(
        number: OrderNumber, session: Session, _staff: SignedIn = allowed(permits.ORDERS_REFUND)
    ) -> RefundableView:
        """Return what can still be given back: of which line, of the delivery, and in all."""
        order = await orders.view_by_number(session, number)
        return await service.get_refundable(session, order.id)

    return router
