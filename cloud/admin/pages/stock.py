"""What runs short on the shelves."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.catalogue.service import offers
from cloud.foundation.web import Pages, Staff
from cloud.inventory.service import list_low


def stock_pages(office: BackOffice) -> APIRouter:
    """Return the pages of stock."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin/stock")
    async def low(request: Request, pages: Pages, _user: Staff) -> Response:
        """Return the variants of which few can still be bought, the scarcest first."""
        now = office.clock.now()
        async with office.database.unit_of_work() as session:
            scarce = await list_low(session, now)
            named = await offers(session, [row.variant_id for row in scarce], now)
        lines = [(row, named[row.variant_id]) for row in scarce if row.variant_id in named]
        return await show(request, pages, "stock", {"lines": lines})

    return router
