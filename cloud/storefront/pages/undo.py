"""Calling an announced refill off out of its mail: one tap, without signing in.

A key opens this one door. Looking changes nothing, since programs look at links in mails too.
"""

from typing import Annotated

from fastapi import Form, Query, Request
from starlette.responses import Response

from cloud.foundation.web import Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.reorders import service as reorders
from cloud.reorders.errors import ReorderNotFound
from cloud.reorders.wording import STAGES
from cloud.storefront.front_desk import FrontDesk, show

Key = Annotated[str, Query(max_length=64)]
TypedKey = Annotated[str, Form(max_length=64)]


def undo_pages(desk: FrontDesk) -> APIRouter:
    """Return the page that a mail about an announced refill leads to."""
    router = APIRouter(prefix="/refills/{reorder_id}/undo", include_in_schema=False)

    @router.get("")
    async def look(request: Request, pages: Pages, reorder_id: RowId, key: Key = "") -> Response:
        """Return what would be ordered, and the one button."""
        return await _page(desk, request, pages, reorder_id, key)

    @router.post("")
    async def undo(
        request: Request, pages: Pages, reorder_id: RowId, key: TypedKey = ""
    ) -> Response:
        """Call it off; again changes nothing."""
        if not desk.links.undoes(reorder_id, key):
            raise ReorderNotFound
        async with desk.database.unit_of_work() as session:
            await reorders.call_off_by_link(session, desk.reorders, reorder_id, desk.clock.now())
        return await _page(desk, request, pages, reorder_id, key)

    return router


async def _page(
    desk: FrontDesk, request: Request, pages: Templates, reorder_id: int, key: str
) -> Response:
    if not desk.links.undoes(reorder_id, key):
        raise ReorderNotFound
    async with desk.database.unit_of_work() as session:
        view = await reorders.view_by_link(session, desk.reorders, reorder_id)
    words, kind = STAGES[view.stage]
    context = {"view": view, "key": key, "state_words": words, "kind": kind}
    return await show(request, pages, "undo", context)
