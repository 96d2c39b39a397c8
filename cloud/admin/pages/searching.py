"""The page behind the box that searches everything."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.search import search
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, any_staff
from cloud.foundation.web.late_routes import APIRouter


def search_pages(office: BackOffice) -> APIRouter:
    """Return the page of results; it shows nobody more than their permits do."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin/search")
    async def results(
        request: Request,
        pages: Pages,
        q: Annotated[str, Query(max_length=200)] = "",
        staff: SignedIn = any_staff(),
    ) -> Response:
        """Return what holds the words, by kind."""
        async with office.database.reading() as connection:
            found = await search(connection, staff, q)
        return await show(request, pages, "search", {"found": found, "sought": q.strip()})

    return router
