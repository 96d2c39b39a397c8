"""The forecast: what runs out first, one bottle's charts, and drafts of orders out of it."""

from datetime import date

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.forecast_lists import FORECASTS, METHODS, demand_chart, stock_chart
from cloud.admin.lists import show_list
from cloud.catalogue.service import offers
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.locale import format_date, format_number
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.inventory import suppliers
from cloud.inventory.forecast import drafting
from cloud.inventory.forecast.answers import get_forecast

_MAY_VIEW: SignedIn = allowed(permits.STOCK_VIEW)
_MAY_PROPOSE: SignedIn = allowed(permits.PURCHASES_VIEW)
_MAY_WRITE: SignedIn = allowed(permits.PURCHASES_CHANGE)
_HOME = "/admin/forecast"
_ORDERS = "/admin/purchase-orders"


def forecast_pages(office: BackOffice) -> APIRouter:
    """Return the pages of the forecast."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return every bottle's forecast, what runs out first before the others."""
        context: dict[str, object] = {
            "title": N_("Forecast"),
            "empty": (
                N_("No forecast yet"),
                N_("It is made every night of each bottle that was on the shelf."),
            ),
        }
        if staff.may(permits.PURCHASES_VIEW):
            context["new"] = (f"{_HOME}/drafts", N_("Draft orders"))
        return await show_list(office, request, pages, FORECASTS, context, template="forecasts")

    @router.get("/drafts")
    async def preview(request: Request, pages: Pages, _staff: SignedIn = _MAY_PROPOSE) -> Response:
        """Return the drafts that would be written."""
        return await _preview(office, request, pages)

    @router.post("/drafts")
    async def write(request: Request, pages: Pages, staff: SignedIn = _MAY_WRITE) -> Response:
        """Write the drafts."""
        form = await request.form()
        try:
            supplier_id = _chosen(str(form.get("supplier_id", "")))
            async with office.database.unit_of_work() as session:
                made = await drafting.write(
                    session, staff, office.clock.now(), supplier_id=supplier_id
                )
        except CloudError as error:
            return await _preview(office, request, pages, error=error)
        onward = f"{_ORDERS}/{made[0]}" if len(made) == 1 else _ORDERS
        return RedirectResponse(f"{onward}?done=created" if made else f"{_HOME}/drafts", 303)

    @router.get("/{variant_id}")
    async def one(
        request: Request, pages: Pages, variant_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one bottle's forecast."""
        return await _one(office, request, pages, variant_id)

    return router


async def _one(office: BackOffice, request: Request, pages: Templates, variant_id: int) -> Response:
    now = office.clock.now()
    async with office.database.unit_of_work() as session:
        told = await get_forecast(session, variant_id, now)
        offer = (await offers(session, [variant_id], now))[variant_id]
    language, _ = await pages.language_of(request)

    def day(moment: date) -> str:
        return format_date(moment, language, "d MMM")

    def number(value: float) -> str:
        return format_number(value, language, 0 if value == int(value) else 1)

    context = {
        "offer": offer,
        "told": told,
        "methods": METHODS,
        "demand": demand_chart(told, day, number),
        "shelf": stock_chart(told, day, number),
    }
    return await show(request, pages, "forecast", context)


async def _preview(
    office: BackOffice, request: Request, pages: Templates, *, error: CloudError | None = None
) -> Response:
    now = office.clock.now()
    async with office.database.unit_of_work() as session:
        baskets = await drafting.propose(session, now)
        sellers = await suppliers.list_active(session)
        ids = [need.variant_id for basket in baskets for need in basket.needs]
        bottles = await offers(session, ids, now)
    context = {"baskets": baskets, "sellers": sellers, "bottles": bottles}
    return await show(request, pages, "forecast_drafts", context, error=error)


def _chosen(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise SupplierUnreadable
    return int(typed)


class SupplierUnreadable(Invalid):
    """The form's supplier is none; no page of ours makes such a form."""

    code = "supplier_unreadable"

    def __init__(self) -> None:
        super().__init__(
            N_("That is no supplier."), hint=N_("Choose one of the list."), field="supplier_id"
        )
