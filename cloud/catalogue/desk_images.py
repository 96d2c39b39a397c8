"""Pictures of products over HTTP, for staff and their programs."""

import re
from typing import Annotated

from fastapi import Query, Request

from cloud.catalogue.editing import images
from cloud.catalogue.editing.image_shapes import Alt, ImageOrder, ImageOut, ImageTexts
from cloud.foundation import permits
from cloud.foundation.filing import Filing
from cloud.foundation.identity import SignedIn
from cloud.foundation.raster import MOST_PICTURE_BYTES
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter

WIDE_BODIES = {
    re.compile(r"/api/v1/staff/products/\d+/images"): MOST_PICTURE_BYTES,
    re.compile(r"/api/v1/staff/(categories|collections)/\d+/image"): MOST_PICTURE_BYTES,
}
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/avif")
PICTURE_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _PICTURES},
    }
}


def image_routes(filing: Filing) -> APIRouter:
    """Return the routes of galleries."""
    router = APIRouter(prefix="/api/v1/staff", tags=["catalogue, staff"])

    @router.get("/products/{product_id}/images")
    async def list_images(
        session: Session, product_id: RowId, _staff: SignedIn = allowed(permits.PRODUCTS_VIEW)
    ) -> list[ImageOut]:
        """Return a gallery in order; empty for no such product."""
        found = await images.list_images(session, product_id)
        return [ImageOut.model_validate(one) for one in found]

    @router.post("/products/{product_id}/images", status_code=201, openapi_extra=PICTURE_BODY)
    async def add(
        request: Request,
        session: Session,
        product_id: RowId,
        alt: Annotated[Alt, Query()],
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> list[ImageOut]:
        """Put the picture that is the body at the end of a gallery, and return the gallery.

        JPEG, PNG, WebP or AVIF, up to 12 MiB and 50 million pixels; what it is, is seen in the
        bytes. It is turned upright and stripped of metadata; smaller sizes follow soon.
        """
        await images.add_image(session, staff, filing, product_id, await request.body(), alt)
        return [
            ImageOut.model_validate(one) for one in await images.list_images(session, product_id)
        ]

    @router.put("/products/{product_id}/images/order", status_code=204)
    async def order(
        session: Session,
        product_id: RowId,
        wanted: ImageOrder,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> None:
        """Put a gallery in order; the first one is on cards."""
        await images.order_images(session, staff, product_id, wanted.ids)

    @router.put("/images/{image_id}", status_code=204)
    async def describe(
        session: Session,
        image_id: RowId,
        texts: ImageTexts,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> None:
        """Say what a picture shows."""
        await images.describe_image(session, staff, image_id, texts.alt, texts.texts)

    @router.delete("/images/{image_id}", status_code=204)
    async def remove(
        session: Session, image_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> None:
        """Take a picture out of its gallery."""
        await images.remove_image(session, staff, image_id)

    return router
