"""The catalogue as a file over HTTP: taken out whole, and brought in with a preview."""

import re
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from cloud.catalogue.editing.words import Shape
from cloud.catalogue.exchange import imports
from cloud.catalogue.exchange.exporting import export
from cloud.catalogue.models import ImportStage
from cloud.foundation import permits
from cloud.foundation.database import Database
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.site.service import read_site

MOST_IMPORT_BYTES = 16 * 1024 * 1024
WIDE_IMPORTS = {re.compile(r"/api/v1/staff/imports"): MOST_IMPORT_BYTES}
_CSV = {"content": {"text/csv": {"schema": {"type": "string"}}}}


class ImportOut(Shape):
    """An import as it stands: looked through when `lines_done` is `line_count`."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    file_name: str
    stage: ImportStage
    line_count: int
    lines_done: int
    created_count: int = Field(description="Products, as are the other counts.")
    changed_count: int
    same_count: int
    refused_count: int
    findings: list[dict[str, Any]] = Field(description="Line, verdict, text, facts.")


def import_routes() -> APIRouter:
    """Return the routes of files."""
    router = APIRouter(prefix="/api/v1/staff/imports", tags=["catalogue, staff"])

    @router.get("/export", response_class=StreamingResponse, responses={200: _CSV})
    async def take_out(
        request: Request, session: Session, _staff: SignedIn = allowed(permits.PRODUCTS_IMPORT)
    ) -> Response:
        """Return the whole catalogue as CSV, in a stream; it can be imported again."""
        currency = (await read_site(session)).currency
        return csv_answer(services_of(request).database, currency)

    @router.post("", status_code=201, openapi_extra={"requestBody": {"required": True, **_CSV}})
    async def bring(
        request: Request,
        session: Session,
        staff: SignedIn = allowed(permits.PRODUCTS_IMPORT),
        file_name: Annotated[str, Query(max_length=120)] = "products.csv",
    ) -> ImportOut:
        """Bring a file (the body, CSV in UTF-8): it is looked through, and nothing is changed."""
        import_id = await imports.upload(session, staff, file_name, await request.body())
        return ImportOut.model_validate(await imports.read_import(session, import_id))

    @router.get("/{import_id}")
    async def look(
        session: Session, import_id: RowId, _staff: SignedIn = allowed(permits.PRODUCTS_IMPORT)
    ) -> ImportOut:
        """Return what a file would do, or how far its application is."""
        return ImportOut.model_validate(await imports.read_import(session, import_id))

    @router.post("/{import_id}/apply", status_code=202)
    async def apply(
        session: Session, import_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_IMPORT)
    ) -> ImportOut:
        """Apply a file that was looked through; a job does it."""
        await imports.start(session, staff, import_id)
        return ImportOut.model_validate(await imports.read_import(session, import_id))

    return router


def csv_answer(database: Database, currency: str) -> Response:
    """Return the whole catalogue as a file to save."""
    headers = {
        "Content-Disposition": 'attachment; filename="products.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(export(database, currency), 200, headers, "text/csv; charset=utf-8")
