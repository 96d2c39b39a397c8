"""The picture of a category or collection: sent, described, taken away."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import desk_of, parsed
from cloud.admin.product_forms import image_form
from cloud.admin.shelf_desks import CATEGORIES, COLLECTIONS, Desk
from cloud.admin.shelf_editor import show_shelf
from cloud.admin.uploads import sent_file
from cloud.catalogue.editing import shelf_pictures
from cloud.catalogue.editing.image_shapes import ImageTexts
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def shelf_picture_pages(office: BackOffice) -> list[APIRouter]:
    """Return what the pages of categories and collections send about their pictures."""
    return [_acts(office, CATEGORIES), _acts(office, COLLECTIONS)]


def _acts(office: BackOffice, desk: Desk) -> APIRouter:
    home = f"/admin/{desk.kind.subject}"
    router = APIRouter(prefix=f"{home}/{{row_id}}/picture", include_in_schema=False)

    @router.post("")
    async def set_picture(
        request: Request,
        pages: Pages,
        row_id: RowId,
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> Response:
        """Give it its picture."""
        try:
            async with request.form() as form:
                wish = parsed(ImageTexts, {"alt": str(form.get("alt", ""))})
                body = await sent_file(form, "picture") or b""
            async with office.database.unit_of_work() as session:
                await shelf_pictures.set_picture(
                    session, staff, office.filing, desk.kind, row_id, body, wish.alt
                )
        except CloudError as error:
            return await show_shelf(office, request, pages, desk, row_id, error=error)
        return RedirectResponse(f"{home}/{row_id}?done=saved#picture-title", 303)

    @router.post("/texts")
    async def describe(
        request: Request,
        pages: Pages,
        row_id: RowId,
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> Response:
        """Save what the picture shows, in every language."""
        form = image_form((await office.site.facts()).languages[1:])
        typed = form.sent(await request.form(), {})
        try:
            values = form.read(typed, await desk_of(office))
            texts = {name.partition(".")[2]: text for name, text in values.items() if "." in name}
            wish = parsed(ImageTexts, {"alt": values["alt"], "texts": texts})
            async with office.database.unit_of_work() as session:
                await shelf_pictures.describe_picture(
                    session, staff, desk.kind, row_id, wish.alt, wish.texts
                )
        except CloudError as error:
            return await show_shelf(office, request, pages, desk, row_id, error=error)
        return RedirectResponse(f"{home}/{row_id}?done=saved#picture-title", 303)

    @router.post("/remove")
    async def remove(row_id: RowId, staff: SignedIn = allowed(permits.SHELVES_CHANGE)) -> Response:
        """Take the picture away."""
        async with office.database.unit_of_work() as session:
            await shelf_pictures.remove_picture(session, staff, desk.kind, row_id)
        return RedirectResponse(f"{home}/{row_id}?done=removed#picture-title", 303)

    return router
