"""A product's pictures and 3D model: sent, described, put in order, taken away."""

from typing import Any, Literal

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import answer, attempt, desk_of, parsed, theirs_as
from cloud.admin.forms import VERSION
from cloud.admin.pages.products import HOME
from cloud.admin.product_editor import show_product
from cloud.admin.product_forms import image_form, image_shown
from cloud.admin.uploads import sent_file
from cloud.catalogue.editing import images, product_texts
from cloud.catalogue.editing.image_shapes import ImageTexts
from cloud.catalogue.placements import ArPlacement
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_


def product_media_pages(office: BackOffice) -> list[APIRouter]:
    """Return the pages of pictures and models."""
    return [_uploads(office), _pictures(office)]


def _uploads(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{HOME}/{{product_id}}", include_in_schema=False)

    @router.post("/images")
    async def add(
        request: Request,
        pages: Pages,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Put a picture at the end of the gallery."""
        try:
            async with request.form() as form:
                wish = parsed(ImageTexts, {"alt": str(form.get("alt", ""))})
                body = await sent_file(form, "picture") or b""
            async with office.database.unit_of_work() as session:
                await images.add_image(session, staff, office.filing, product_id, body, wish.alt)
        except CloudError as error:
            return await show_product(office, request, pages, product_id, error=error)
        return RedirectResponse(f"{HOME}/{product_id}?done=saved#pictures", 303)

    @router.post("/models")
    async def set_model(
        request: Request,
        pages: Pages,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Give the product its 3D model."""
        async with request.form() as form:
            place = str(form.get("placement", ""))
            glb, usdz = await sent_file(form, "model_glb"), await sent_file(form, "model_usdz")
        placement = ArPlacement(place) if place in set(ArPlacement) else None
        try:
            async with office.database.unit_of_work() as session:
                await product_texts.set_model(
                    session,
                    staff,
                    office.filing,
                    product_id,
                    glb=glb,
                    usdz=usdz,
                    placement=placement,
                )
        except CloudError as error:
            return await show_product(office, request, pages, product_id, error=error)
        return RedirectResponse(f"{HOME}/{product_id}?done=saved#model", 303)

    @router.post("/models/remove")
    async def remove_model(
        product_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> Response:
        """Take the 3D model away."""
        async with office.database.unit_of_work() as session:
            await product_texts.remove_model(session, staff, product_id)
        return RedirectResponse(f"{HOME}/{product_id}?done=removed#model", 303)

    return router


def _pictures(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/products/images/{image_id}", include_in_schema=False)

    @router.get("")
    async def one(
        request: Request,
        pages: Pages,
        image_id: RowId,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> Response:
        """Return the form of what a picture shows."""
        async with office.database.unit_of_work() as session:
            found = await images.read_image(session, image_id)
        form = image_form((await office.site.facts()).languages[1:])
        paper = form.of(image_shown(found), found["version"], await desk_of(office))
        return await answer(request, pages, paper, "", _context(found["product_id"]))

    @router.post("")
    async def describe(
        request: Request,
        pages: Pages,
        image_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Save what a picture shows."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            texts = {name.partition(".")[2]: text for name, text in values.items() if "." in name}
            wish = parsed(ImageTexts, {"alt": values["alt"], "texts": texts})
            seen = values.get(VERSION, 0)
            with theirs_as(image_shown):
                await images.describe_image(
                    session, staff, image_id, wish.alt, wish.texts, seen=seen
                )

        async with office.database.unit_of_work() as session:
            product_id = (await images.read_image(session, image_id))["product_id"]
        form = image_form((await office.site.facts()).languages[1:])
        paper = await attempt(office, request, form, work)
        onward = f"{HOME}/{product_id}?done=saved#pictures"
        return await answer(request, pages, paper, onward, _context(product_id))

    @router.post("/move/{way}")
    async def move(
        image_id: RowId,
        way: Literal["up", "down"],
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Change places with the neighbour."""
        async with office.database.unit_of_work() as session:
            step = -1 if way == "up" else 1
            product_id = await images.move_image(session, staff, image_id, step)
        return RedirectResponse(f"{HOME}/{product_id}#pictures", 303)

    @router.post("/remove")
    async def remove(
        image_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> Response:
        """Take a picture out of the gallery."""
        async with office.database.unit_of_work() as session:
            product_id = await images.remove_image(session, staff, image_id)
        return RedirectResponse(f"{HOME}/{product_id}?done=removed#pictures", 303)

    return router


def _context(product_id: int) -> dict[str, object]:
    trail = [(HOME, N_("Products")), (f"{HOME}/{product_id}", N_("The product"))]
    return {"title": N_("What the picture shows"), "trail": trail}
