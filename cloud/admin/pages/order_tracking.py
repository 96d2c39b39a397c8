"""Tracking numbers of many orders at once: pasted or from a file, looked at, then recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.tracking import (
    MOST_TRACKING_BYTES,
    TrackingLine,
    TrackingUnreadable,
    read_tracking,
)
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.orders import service as orders
from cloud.orders.errors import OrderNotFound
from cloud.orders.schemas import BulkResult, NewShipment

_HOME = "/admin/orders/tracking"
_MAY: SignedIn = allowed(permits.ORDERS_FULFIL)
Lines = Annotated[str, Form(max_length=MOST_TRACKING_BYTES)]
Carrier = Annotated[str, Form(max_length=60)]


@dataclass(frozen=True, slots=True)
class Preview:
    """What one line would do: `goods` and `customer` of its order, or the problem."""

    line: TrackingLine
    customer: str = ""
    goods: str = ""
    problem: str = ""


def tracking_pages(office: BackOffice) -> APIRouter:
    """Return the page for many tracking numbers."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def ask(request: Request, pages: Pages, _staff: SignedIn = _MAY) -> Response:
        """Return the form."""
        return await show(request, pages, "tracking", _blank())

    @router.post("")
    async def preview(
        request: Request,
        pages: Pages,
        lines: Lines = "",
        carrier: Carrier = "",
        _staff: SignedIn = _MAY,
    ) -> Response:
        """Return what the lines would do; nothing is recorded yet."""
        form = await request.form()
        text = lines or await _uploaded(form.get("file"))
        typed = {"lines": text, "carrier": carrier}
        try:
            read = read_tracking(text, carrier)
        except CloudError as error:
            return await show(request, pages, "tracking", _blank() | {"typed": typed}, error=error)
        context = {"typed": typed, "previews": await _previews(office, read)}
        return await show(request, pages, "tracking", _blank() | context)

    @router.post("/record")
    async def record(
        request: Request,
        pages: Pages,
        lines: Lines = "",
        carrier: Carrier = "",
        staff: SignedIn = _MAY,
    ) -> Response:
        """Send each order with its number, and say how each of them went."""
        try:
            read = read_tracking(lines, carrier)
        except TrackingUnreadable as error:
            return await show(request, pages, "tracking", _blank(), error=error)
        results = [await _record(office, line, staff) for line in read]
        return await show(request, pages, "fulfilled", {"results": results})

    return router


def _blank() -> dict[str, object]:
    return {"typed": {"lines": "", "carrier": "DHL"}, "previews": ()}


async def _uploaded(file: object) -> str:
    if not isinstance(file, UploadFile):
        return ""
    content = await file.read(MOST_TRACKING_BYTES + 1)
    return content[:MOST_TRACKING_BYTES].decode("utf-8-sig", "replace")


async def _previews(office: BackOffice, lines: Sequence[TrackingLine]) -> list[Preview]:
    async with office.database.unit_of_work() as session:
        previews = []
        for line in lines:
            if line.problem:
                previews.append(Preview(line, problem=line.problem))
                continue
            try:
                order = await orders.view_by_number(session, line.number)
            except OrderNotFound:
                previews.append(Preview(line, problem=N_("There is no such order.")))
                continue
            problem = "" if order.can_ship else N_("Nothing of it can be sent now.")
            previews.append(Preview(line, order.customer_name, order.first_item, problem))
    return previews


async def _record(office: BackOffice, line: TrackingLine, staff: SignedIn) -> BulkResult:
    """Send one order in a unit of work of its own: one that is refused stops no other."""
    if line.problem:
        return BulkResult(number=line.number, problem=line.problem)
    parcel = NewShipment(carrier=line.carrier, tracking=line.tracking)
    try:
        async with office.database.unit_of_work() as session:
            shipment_id = await orders.ship_by_staff(
                session, line.number, parcel, staff, office.clock.now()
            )
    except CloudError as error:
        return BulkResult(number=line.number, problem=error.message)
    return BulkResult(number=line.number, shipment_id=shipment_id)
