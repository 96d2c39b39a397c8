"""Keeping, renaming and deleting views of lists; each is its owner's own."""

import re
from typing import Annotated, Literal

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.views import keep_view, remove_view, rename_view
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import any_staff
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter

# A list of ours, and nothing that leads elsewhere.
_PAGE = re.compile(r"/admin/[a-z0-9/-]{1,100}")
Page = Annotated[str, Form(max_length=120)]
Name = Annotated[str, Form(max_length=200)]


def view_pages(office: BackOffice) -> APIRouter:
    """Return what keeps and changes views; they show nothing that a list would not."""
    router = APIRouter(prefix="/admin/views", include_in_schema=False)

    @router.post("")
    async def keep(
        _request: Request,
        listing: Annotated[str, Form(pattern="^[a-z0-9-]{1,60}$")],
        page: Page,
        name: Name = "",
        query: Annotated[str, Form(max_length=2000)] = "",
        is_shared: Annotated[str, Form(max_length=10)] = "",
        staff: SignedIn = any_staff(),
    ) -> Response:
        """Keep what a list shows under a name."""
        async with office.database.unit_of_work() as session:
            kept = await keep_view(session, staff, listing, name, query, is_shared=bool(is_shared))
        return _back(page, f"{kept}&done=kept".lstrip("&"))

    @router.post("/{view_id}")
    async def change(
        view_id: RowId,
        page: Page,
        act: Annotated[Literal["rename", "remove"], Form()],
        name: Name = "",
        staff: SignedIn = any_staff(),
    ) -> Response:
        """Rename one of one's own views, or delete it."""
        async with office.database.unit_of_work() as session:
            if act == "remove":
                await remove_view(session, staff, view_id)
            else:
                await rename_view(session, staff, view_id, name)
        return _back(page, f"done={'forgotten' if act == 'remove' else 'saved'}")

    return router


def _back(page: str, query: str) -> Response:
    onward = page if _PAGE.fullmatch(page) else "/admin"
    return RedirectResponse(f"{onward}?{query}", 303)
