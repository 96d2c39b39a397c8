"""Where staff begin: what waits to be done, and every place that is open to them."""

from fastapi import Request
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.duties import count_duties
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, any_staff
from cloud.foundation.web.late_routes import APIRouter


def start_pages(office: BackOffice) -> APIRouter:
    """Return the page that staff begin at."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin")
    async def start(request: Request, pages: Pages, staff: SignedIn = any_staff()) -> Response:
        """Return what waits, of what the caller may see, and the places they may open."""
        async with office.database.reading() as connection:
            duties = await count_duties(connection, staff, office.clock.now())
        return await show(request, pages, "start", {"duties": duties})

    return router
