"""What stands on the shelves: all of it, one bottle with its ledger, and the places."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.forms import VERSION, Form, Paper
from cloud.admin.lists import show_list
from cloud.admin.stock_lists import LIMIT_FIELDS, PLACE_FIELDS, STOCK
from cloud.catalogue.service import get_variant, offers
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.inventory import keeping
from cloud.inventory.schemas import (
    Arrival,
    Carriage,
    Correction,
    Limit,
    LocationChange,
    LocationFields,
)

_MAY_VIEW: SignedIn = allowed(permits.STOCK_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.STOCK_CHANGE)
_HOME = "/admin/stock"
_PLACES = "/admin/places"

_LIMIT = Form(LIMIT_FIELDS)

Act = Callable[[AsyncSession, SignedIn, int, Any], Awaitable[None]]

_ACTS: dict[str, tuple[type[BaseModel], Act]] = {
    "arrival": (Arrival, keeping.take_in),
    "correction": (Correction, keeping.set_right),
    "carriage": (Carriage, keeping.carry_over),
}


def stock_pages(office: BackOffice) -> APIRouter:
    """Return the pages of stock and of the places that hold it."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_shelf_pages(office))
    router.include_router(_place_pages(office))
    return router


def _shelf_pages(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_HOME)

    @router.get("")
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return every bottle with what is there of it."""
        context = {
            "title": N_("Stock"),
            "empty": (N_("No bottles yet"), N_("They appear here when a product has one.")),
        }
        return await show_list(office, request, pages, STOCK, context, template="stock")

    @router.get("/{variant_id}")
    async def one(
        request: Request,
        pages: Pages,
        variant_id: RowId,
        before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        _staff: SignedIn = _MAY_VIEW,
    ) -> Response:
        """Return one bottle's stock and ledger."""
        return await _one(office, request, pages, variant_id, before=before)

    @router.post("/{variant_id}/limit")
    async def limit(
        request: Request, pages: Pages, variant_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Say when a bottle counts as running low."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(Limit, {"low_stock_at": values["low_stock_at"]})
            seen = values.get(VERSION, -1)
            await keeping.set_limit(session, staff, variant_id, wish.low_stock_at, seen=seen)

        paper = await attempt(office, request, _LIMIT, work)
        if paper is None:
            return RedirectResponse(f"{_HOME}/{variant_id}?done=saved", 303)
        return await _one(office, request, pages, variant_id, limit=paper)

    @router.post("/{variant_id}/{act}")
    async def act(
        request: Request, pages: Pages, variant_id: RowId, act: str, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Book bottles that came in, were counted or carried."""
        form = await request.form()
        try:
            wish, do = _wish(act, form)
            async with office.database.unit_of_work() as session:
                await do(session, staff, variant_id, wish)
        except CloudError as error:
            return await _one(office, request, pages, variant_id, error=error, typed=(act, form))
        return RedirectResponse(f"{_HOME}/{variant_id}?done=saved", 303)

    return router


def _place_pages(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_PLACES)
    form = Form(PLACE_FIELDS)
    trail = [(_PLACES, N_("Places"))]

    @router.get("")
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the places."""
        async with office.database.unit_of_work() as session:
            places = await keeping.list_locations(session)
        return await show(request, pages, "places", {"depots": places})

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new place."""
        paper = form.blank(await desk_of(office), priority=10, is_active=True)
        return await answer(request, pages, paper, "", {"title": N_("New place"), "trail": trail})

    @router.post("/new")
    async def make(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Make a place."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            await keeping.make_location(session, staff, parsed(LocationFields, values))

        paper = await attempt(office, request, form, work)
        context: dict[str, object] = {"title": N_("New place"), "trail": trail}
        return await answer(request, pages, paper, f"{_PLACES}?done=created", context)

    @router.get("/{place_id}")
    async def one(
        request: Request, pages: Pages, place_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return the form of a place."""
        async with office.database.unit_of_work() as session:
            place = await keeping.get_location(session, place_id)
        paper = form.of(place.model_dump(), place.version, await desk_of(office))
        return await answer(request, pages, paper, "", {"title": place.name, "trail": trail})

    @router.post("/{place_id}")
    async def change(
        request: Request, pages: Pages, place_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Store a changed place."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(LocationChange, values)
            await keeping.change_location(session, staff, place_id, wish)

        paper = await attempt(office, request, form, work)
        title = str(paper.typed["name"]) if paper else ""
        context: dict[str, object] = {"title": title, "trail": trail}
        return await answer(request, pages, paper, f"{_PLACES}?done=saved", context)

    return router


async def _one(
    office: BackOffice,
    request: Request,
    pages: Templates,
    variant_id: int,
    *,
    before: int | None = None,
    error: CloudError | None = None,
    typed: tuple[str, FormData] | None = None,
    limit: Paper | None = None,
) -> Response:
    now, desk = office.clock.now(), await desk_of(office)
    async with office.database.unit_of_work() as session:
        await get_variant(session, variant_id)
        offer = (await offers(session, [variant_id], now))[variant_id]
        stock = await keeping.view_stock(session, variant_id, now)
        ledger = await keeping.read_ledger(session, variant_id, before=before)
        places = await keeping.list_locations(session)
        parts = await offers(session, [part.variant_id for part in stock.parts], now)
    if limit is None:
        limit = _LIMIT.of({"low_stock_at": stock.low_stock_at}, stock.low_stock_at, desk)
    context = {
        "offer": offer,
        "stock": stock,
        "ledger": ledger,
        "depots": places,
        "parts": parts,
        # Of the one form that was sent: the others have fields of the same names.
        "typed": {typed[0]: typed[1]} if typed else {},
        "limit": limit,
    }
    return await show(request, pages, "stock_one", context, error=error or limit.error)


def _wish(act: str, form: FormData) -> tuple[BaseModel, Act]:
    if act not in _ACTS:
        raise ActUnknown
    model, do = _ACTS[act]
    values = {name: str(form[name]).strip() or None for name in model.model_fields if name in form}
    try:
        return model.model_validate(values), do
    except ValidationError as error:
        raise TypedWrong(str(error.errors()[0]["loc"][0])) from None


class ActUnknown(Invalid):
    """No page of ours has such a form."""

    code = "stock_act_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such form.", hint="Reload the page.")


class TypedWrong(Invalid):
    """A number or the reason is missing or cannot be."""

    code = "stock_typed_wrong"

    def __init__(self, field: str) -> None:
        super().__init__(
            N_("A number or the reason is missing."),
            hint=N_("Fill in both; bottles are whole numbers."),
            field=field,
        )
