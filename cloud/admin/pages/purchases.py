"""Purchase orders: the list, drafts, and one order with what came of it."""

from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.forms import Form, FormWrong
from cloud.admin.lists import show_list
from cloud.admin.purchase_desks import MOVES, PURCHASES, STATES, purchase_form
from cloud.admin.purchase_papers import as_delivery, as_move, lines_of, typed_lines
from cloud.catalogue.service import offers
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.inventory import keeping, purchasing, receiving, suppliers
from cloud.inventory.purchase_reading import get_order
from cloud.inventory.purchase_schemas import PurchaseChange, PurchaseFields

_MAY_VIEW: SignedIn = allowed(permits.PURCHASES_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.PURCHASES_CHANGE)
_MAY_RECEIVE: SignedIn = allowed(permits.PURCHASES_RECEIVE)
_HOME = "/admin/purchase-orders"
_TRAIL = [(_HOME, N_("Purchase orders"))]
_NEW: dict[str, object] = {"title": N_("New purchase order"), "trail": _TRAIL}


def purchase_pages(office: BackOffice) -> APIRouter:
    """Return the pages of purchase orders."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_new(office))
    router.include_router(_drafts(office))
    router.include_router(_acts(office))
    return router


def _new(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_HOME)

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the purchase orders."""
        context: dict[str, object] = {
            "title": N_("Purchase orders"),
            "empty": (N_("Nothing was ordered yet"), N_("Write a draft and send it on.")),
            "states": STATES,
        }
        if staff.may(permits.PURCHASES_CHANGE):
            context["new"] = (f"{_HOME}/new", N_("New purchase order"))
        return await show_list(office, request, pages, PURCHASES, context, template="purchases")

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new draft."""
        paper = (await _form(office)).blank(await desk_of(office), shipping_minor=0)
        return await answer(request, pages, paper, "", _NEW)

    @router.post("/new")
    async def make(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Write a draft."""
        desk = await desk_of(office)
        made: list[int] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(PurchaseFields, await lines_of(session, values, desk.currency))
            made.append(await purchasing.make_order(session, staff, wish, office.clock.now()))

        paper = await attempt(office, request, await _form(office), work, desk=desk)
        onward = f"{_HOME}/{made[-1]}?done=created" if paper is None else ""
        return await answer(request, pages, paper, onward, _NEW)

    return router


def _drafts(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{_HOME}/{{purchase_id}}/draft")

    @router.get("")
    async def draft(
        request: Request, pages: Pages, purchase_id: RowId, _staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Return the form of a draft."""
        desk = await desk_of(office)
        async with office.database.unit_of_work() as session:
            order = await get_order(session, purchase_id)
            values = order.model_dump()
            values["lines"] = await typed_lines(session, values["lines"], order.currency)
        paper = (await _form(office)).of(values, order.version, desk)
        return await answer(request, pages, paper, "", _draft_context(purchase_id))

    @router.post("")
    async def change(
        request: Request, pages: Pages, purchase_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Write a draft anew."""
        desk = await desk_of(office)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(PurchaseChange, await lines_of(session, values, desk.currency))
            try:
                await purchasing.change_order(session, staff, purchase_id, wish)
            except ChangedMeanwhile as error:
                lines = await typed_lines(session, error.current["lines"], desk.currency)
                raise ChangedMeanwhile(error.version, {**error.current, "lines": lines}) from error

        paper = await attempt(office, request, await _form(office), work, desk=desk)
        onward = f"{_HOME}/{purchase_id}?done=saved"
        return await answer(request, pages, paper, onward, _draft_context(purchase_id))

    return router


def _acts(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{_HOME}/{{purchase_id}}")

    @router.get("")
    async def one(
        request: Request, pages: Pages, purchase_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one order."""
        return await _one(office, request, pages, purchase_id)

    @router.post("/move")
    async def move(
        request: Request, pages: Pages, purchase_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Move an order on."""
        form = await request.form()
        try:
            async with office.database.unit_of_work() as session:
                now = office.clock.now()
                await purchasing.move_order(session, staff, purchase_id, as_move(form), now)
        except CloudError as error:
            return await _one(office, request, pages, purchase_id, error=error)
        return RedirectResponse(f"{_HOME}/{purchase_id}?done=saved", 303)

    @router.post("/receive")
    async def receive(
        request: Request, pages: Pages, purchase_id: RowId, staff: SignedIn = _MAY_RECEIVE
    ) -> Response:
        """Take in a delivery."""
        form = await request.form()
        try:
            async with office.database.unit_of_work() as session:
                delivery = as_delivery(form)
                now = office.clock.now()
                await receiving.take_delivery(session, staff, purchase_id, delivery, now)
        except CloudError as error:
            return await _one(office, request, pages, purchase_id, error=error, typed=form)
        return RedirectResponse(f"{_HOME}/{purchase_id}?done=saved", 303)

    return router


async def _form(office: BackOffice) -> Form:
    async with office.database.unit_of_work() as session:
        sellers = await suppliers.list_active(session)
        depots = await keeping.list_locations(session)
    return purchase_form(
        [(str(one.id), one.name) for one in sellers],
        [(str(one.id), one.name) for one in depots],
    )


def _draft_context(purchase_id: int) -> dict[str, object]:
    trail = [*_TRAIL, (f"{_HOME}/{purchase_id}", N_("The order"))]
    return {"title": N_("Change the draft"), "trail": trail}


async def _one(
    office: BackOffice,
    request: Request,
    pages: Templates,
    purchase_id: int,
    *,
    error: CloudError | None = None,
    typed: FormData | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        order = await get_order(session, purchase_id)
        supplier = await suppliers.get_supplier(session, order.supplier_id)
        depot = await keeping.get_location(session, order.location_id)
        bottles = await offers(
            session, [line.variant_id for line in order.lines], office.clock.now()
        )
    context = {
        "order": order,
        "supplier": supplier,
        "depot": depot,
        "bottles": bottles,
        "states": STATES,
        "moves": MOVES,
        "typed": typed or {},
        "problems": error.problems if isinstance(error, FormWrong) else {},
    }
    return await show(request, pages, "purchase", context, error=error)
