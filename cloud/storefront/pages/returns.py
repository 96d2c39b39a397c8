"""Sending bottles back: the buyer's form, and thinking better of it."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.web import Pages
from cloud.foundation.web.late_routes import APIRouter
from cloud.returns import service as returns
from cloud.returns.routes import ReturnNumber
from cloud.returns.schemas import ReturnRequest
from cloud.returns.stages import ReturnReason
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.order_doors import Door, Opener, guest_door, member_door
from cloud.storefront.order_page import show_order


class ReturnUnreadable(Invalid):
    """A number or a text of the form cannot be read."""

    code = "return_unreadable"

    def __init__(self) -> None:
        super().__init__(
            "The form cannot be read.",
            hint="Write whole numbers, and not more than a thousand characters.",
            field="lines",
        )


def return_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of returns, for members and for guests with a key."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_pages(desk, "/account/orders/{number}", member_door))
    router.include_router(_pages(desk, "/orders/{number}", guest_door(desk.links)))
    return router


def _pages(desk: FrontDesk, prefix: str, opener: Opener) -> APIRouter:
    router = APIRouter(prefix=prefix)

    @router.get("/return")
    async def form(
        request: Request, pages: Pages, door: Annotated[Door, Depends(opener)]
    ) -> Response:
        """Return the form that asks what comes back and why."""
        return await show_order(desk, request, pages, door, page="return")

    @router.post("/return")
    async def ask(
        request: Request, pages: Pages, door: Annotated[Door, Depends(opener)]
    ) -> Response:
        """Ask to send bottles back."""
        typed = {name: str(value) for name, value in (await request.form()).items()}
        try:
            async with desk.database.unit_of_work() as session:
                order = await door.order(session)
                asked = _read(typed, [item.id for item in order.items])
                await returns.ask(session, order.id, asked, actor=door.actor, now=desk.clock.now())
        except CloudError as error:
            return await show_order(desk, request, pages, door, error=error, page="return")
        return RedirectResponse(_told(door, "returned"), 303)

    @router.post("/returns/{return_number}/withdraw")
    async def withdraw(
        request: Request,
        pages: Pages,
        return_number: ReturnNumber,
        door: Annotated[Door, Depends(opener)],
    ) -> Response:
        """Call a return off before its parcel arrived."""
        try:
            async with desk.database.unit_of_work() as session:
                order = await door.order(session)
                await returns.view_return(session, return_number, order_id=order.id)
                await returns.withdraw(
                    session, return_number, actor=door.actor, now=desk.clock.now()
                )
        except CloudError as error:
            return await show_order(desk, request, pages, door, error=error)
        return RedirectResponse(_told(door, "withdrawn"), 303)

    return router


def _told(door: Door, done: str) -> str:
    return f"{door.page}{'&' if door.query else '?'}done={done}"


def _read(typed: dict[str, str], item_ids: list[int]) -> ReturnRequest:
    lines = {
        item_id: {
            "quantity": typed[f"quantity-{item_id}"].strip() or "0",
            "reason": typed.get(f"reason-{item_id}", ReturnReason.NOT_WANTED),
        }
        for item_id in item_ids
        if f"quantity-{item_id}" in typed
    }
    comment = typed.get("comment", "")
    try:
        return ReturnRequest.model_validate({"lines": lines, "comment": comment})
    except ValidationError as error:
        raise ReturnUnreadable from error
