"""A customer's orders: the list, and one order with what its buyer may do."""

from typing import Annotated

from fastapi import Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.carts import service as carts
from cloud.carts.visitor import visit
from cloud.checkout import service as checkout
from cloud.foundation.errors import CloudError, Conflict
from cloud.foundation.web import CurrentUser, OptionalUser, Pages
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import Phrase
from cloud.invoices import service as invoices
from cloud.invoices.routes import SheetNumber, pdf_answer
from cloud.orders import service as orders
from cloud.orders.errors import OrderNotFound
from cloud.orders.schemas import OrderFilter
from cloud.refunds import service as refunds
from cloud.site.visitors import conversion_for
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.order_doors import Door, Opener, guest_door, member_door
from cloud.storefront.order_page import can_claim, show_order

_PAGE = 20


class NotAllForSale(Conflict):
    """Some of what was bought before cannot be bought now."""

    code = "not_all_for_sale"

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            Phrase(
                "Not everything could be put into your cart: %(names)s.", names=", ".join(names)
            ),
            hint="The rest is there. Look at what is on the shelf instead.",
        )


def order_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of orders: a member's own, and a guest's by key, both alike."""
    router = APIRouter(include_in_schema=False)

    @router.get("/account/orders")
    async def listing(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    ) -> Response:
        """Return the member's orders, newest first."""
        async with desk.database.unit_of_work() as session:
            page = await orders.list_orders(
                session, OrderFilter(user_id=user.user_id), after, _PAGE
            )
        return await show(request, pages, "orders", {"page": page})

    @router.post("/orders/{number}/claim")
    async def claim(
        user: CurrentUser, door: Annotated[Door, Depends(guest_door(desk.links))]
    ) -> Response:
        """Take a guest's order into the account of whoever proved to read its address."""
        async with desk.database.unit_of_work() as session:
            order = await door.order(session)
            if not await can_claim(session, door, order):
                raise OrderNotFound(door.number)
            await orders.claim_guest_orders(session, user.user_id, order.email, desk.clock.now())
        return RedirectResponse(f"/account/orders/{door.number}?done=claimed", 303)

    for prefix, opener in (
        ("/account/orders/{number}", member_door),
        ("/orders/{number}", guest_door(desk.links)),
    ):
        router.include_router(_looking(desk, prefix, opener))
        router.include_router(_doing(desk, prefix, opener))
    return router


def _looking(desk: FrontDesk, prefix: str, opener: Opener) -> APIRouter:
    router = APIRouter(prefix=prefix)

    @router.get("")
    async def order(
        request: Request, pages: Pages, door: Annotated[Door, Depends(opener)]
    ) -> Response:
        """Return one order."""
        return await show_order(desk, request, pages, door)

    @router.get("/papers/{sheet}")
    async def paper(sheet: SheetNumber, door: Annotated[Door, Depends(opener)]) -> Response:
        """Return an invoice or a credit note."""
        async with desk.database.unit_of_work() as session:
            found = await door.order(session)
        return pdf_answer(await invoices.get_pdf(desk.database, found.id, sheet, desk.clock), sheet)

    return router


def _doing(desk: FrontDesk, prefix: str, opener: Opener) -> APIRouter:
    router = APIRouter(prefix=prefix)

    @router.post("/pay")
    async def pay(
        request: Request, pages: Pages, door: Annotated[Door, Depends(opener)]
    ) -> Response:
        """Go on to the payment page of an order that waits for its payment."""
        async with desk.database.unit_of_work() as session:
            order = await door.order(session)
        try:
            url = await checkout.pay_by_page(
                desk.database, desk.gateway, desk.clock, desk.links, order.id
            )
        except CloudError as error:
            return await show_order(desk, request, pages, door, error=error)
        return RedirectResponse(url, 303)

    @router.post("/cancel")
    async def cancel(
        request: Request,
        pages: Pages,
        door: Annotated[Door, Depends(opener)],
        reason: Annotated[str, Form(max_length=400)] = "",
    ) -> Response:
        """Call an order off while nothing has left the house."""
        try:
            async with desk.database.unit_of_work() as session:
                order = await door.order(session)
                await refunds.cancel_order(
                    session,
                    desk.gateway,
                    order.id,
                    reason.strip() or "cancelled by the customer",
                    actor=door.actor,
                    now=desk.clock.now(),
                )
        except CloudError as error:
            return await show_order(desk, request, pages, door, error=error)
        return RedirectResponse(door.page, 303)

    @router.post("/reorder")
    async def reorder(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        door: Annotated[Door, Depends(opener)],
    ) -> Response:
        """Put what was bought into the cart once more, as far as it is still sold."""
        now = desk.clock.now()
        missing = []
        conversion = await conversion_for(request, desk.site)
        async with desk.database.unit_of_work() as session:
            order = await door.order(session)
            seen = await visit(session, request, user, now)
            for item in order.items:
                if item.variant_id is None:
                    # Whom the next card is for is to be said anew.
                    continue
                try:
                    async with session.begin_nested():
                        await carts.add(
                            session, seen.owner, item.variant_id, item.quantity, now, conversion
                        )
                except CloudError:
                    missing.append(f"{item.product_name} {item.variant_name}".strip())
        response: Response = RedirectResponse("/cart", 303)
        if missing:
            error = NotAllForSale(missing)
            response = await show_order(desk, request, pages, door, error=error)
        seen.remember(request, response)
        return response

    return router
