"""Counting a place: its bottles with what should be there, and a field for what was found."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.listing import Look
from cloud.admin.lists import show_list
from cloud.admin.stock_lists import count_listing
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_, Phrase
from cloud.inventory import keeping
from cloud.inventory.counting import count_place
from cloud.inventory.errors import CountedMeanwhile
from cloud.inventory.schemas import CountSheet

_COUNTED = "counted-"
_MAY_CHANGE: SignedIn = allowed(permits.STOCK_CHANGE)


class NothingCounted(Invalid):
    """The sheet has no number on it, no reason, or something that is no number."""

    code = "stock_count_unreadable"

    def __init__(self) -> None:
        super().__init__(
            N_("No number was read from this sheet."),
            hint=N_("Write beside a bottle how many there are, 0 for none, and give a reason."),
        )


def counting_pages(office: BackOffice) -> APIRouter:
    """Return the page on which a place is counted."""
    router = APIRouter(prefix="/admin/places/{place_id}/count", include_in_schema=False)

    @router.get("")
    async def sheet(
        request: Request,
        pages: Pages,
        place_id: RowId,
        booked: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
        _staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Return the bottles with what should be in this place."""
        return await _sheet(office, request, pages, place_id, booked=booked)

    @router.post("")
    async def book(
        request: Request, pages: Pages, place_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Book what was found, or show what was typed with what stands in the way."""
        form = await request.form()
        try:
            found = _read(form)
            async with office.database.unit_of_work() as session:
                booked = await count_place(session, staff, place_id, found)
        except CloudError as error:
            return await _sheet(office, request, pages, place_id, error=error, typed=form)
        look = Look.read(count_listing(place_id), request.query_params)
        onward = look.address(after=look.after, booked=str(booked))
        return RedirectResponse(f"/admin/places/{place_id}/count{onward}", 303)

    return router


async def _sheet(
    office: BackOffice,
    request: Request,
    pages: Templates,
    place_id: int,
    *,
    booked: int | None = None,
    error: CloudError | None = None,
    typed: FormData | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        place = await keeping.get_location(session, place_id)
    context: dict[str, object] = {
        "title": Phrase("Count: %(place)s", place=place.name),
        "trail": [("/admin/places", N_("Places"))],
        "booked": booked,
        "typed": typed or {},
        "moved": error.variant_ids if isinstance(error, CountedMeanwhile) else (),
        "empty": (N_("No bottles yet"), N_("They appear here when a product has one.")),
    }
    listing = count_listing(place_id)
    return await show_list(office, request, pages, listing, context, template="count", error=error)


def _read(form: FormData) -> CountSheet:
    lines = [
        {
            "variant_id": name.removeprefix(_COUNTED),
            "counted": str(number).strip(),
            "seen": str(form.get(f"seen-{name.removeprefix(_COUNTED)}", "")),
        }
        for name, number in form.items()
        if name.startswith(_COUNTED) and str(number).strip()
    ]
    try:
        return CountSheet.model_validate({"lines": lines, "note": str(form.get("note", ""))})
    except ValidationError:
        raise NothingCounted from None
