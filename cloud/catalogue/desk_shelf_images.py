"""Pictures of categories and collections over HTTP, for staff and their programs."""

from typing import Annotated

from fastapi import Query, Request

from cloud.catalogue.desk_images import PICTURE_BODY
from cloud.catalogue.editing import shelf_pictures, shelves
from cloud.catalogue.editing.image_shapes import Alt, ImageTexts
from cloud.foundation import permits
from cloud.foundation.filing import Filing
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def shelf_image_routes(filing: Filing) -> list[APIRouter]:
    """Return the routes of both kinds; the picture itself is part of what reading one returns."""
    return [_routes(filing, shelves.CATEGORIES), _routes(filing, shelves.COLLECTIONS)]


def _routes(filing: Filing, kind: shelf_pictures.Pictured) -> APIRouter:
    prefix = f"/api/v1/staff/{kind.subject}/{{row_id}}/image"
    router = APIRouter(prefix=prefix, tags=["catalogue, staff"])

    @router.put("", status_code=204, openapi_extra=PICTURE_BODY)
    async def set_picture(
        request: Request,
        session: Session,
        row_id: RowId,
        alt: Annotated[Alt, Query()],
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> None:
        """Give it the picture that is the body, in place of the one it has.

        JPEG, PNG, WebP or AVIF, up to 12 MiB and 50 million pixels; what it is, is seen in the
        bytes. It is turned upright and stripped of metadata; smaller sizes follow soon.
        """
        body = await request.body()
        await shelf_pictures.set_picture(session, staff, filing, kind, row_id, body, alt)

    @router.put("/texts", status_code=204)
    async def describe(
        session: Session,
        row_id: RowId,
        texts: ImageTexts,
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> None:
        """Say what its picture shows."""
        await shelf_pictures.describe_picture(session, staff, kind, row_id, texts.alt, texts.texts)

    @router.delete("", status_code=204)
    async def remove(
        session: Session, row_id: RowId, staff: SignedIn = allowed(permits.SHELVES_CHANGE)
    ) -> None:
        """Take its picture away; again changes nothing."""
        await shelf_pictures.remove_picture(session, staff, kind, row_id)

    return router
