"""Bringing a file of products: sent, looked at, applied; and the whole catalogue as a file."""

from fastapi import Request
from sqlalchemy import select
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.listing import Column, Listing
from cloud.admin.lists import show_list
from cloud.catalogue.desk_imports import csv_answer
from cloud.catalogue.exchange import imports
from cloud.catalogue.models import ProductImport
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_

HOME = "/admin/imports"
_STAGES = {
    "preview": N_("To be looked at"),
    "applying": N_("Being applied"),
    "done": N_("Applied"),
    "failed": N_("Failed"),
}
LISTING = Listing(
    "imports",
    select(
        ProductImport.id,
        ProductImport.file_name,
        ProductImport.user_name,
        ProductImport.stage,
        ProductImport.line_count,
        ProductImport.created_at,
    ),
    ProductImport.id,
    (
        Column("file_name", N_("File"), ProductImport.file_name, link="/admin/imports/{id}"),
        Column("stage", N_("State")),
        Column("line_count", N_("Lines"), ProductImport.line_count, is_number=True),
        Column("user_name", N_("Brought by"), ProductImport.user_name),
        Column("created_at", N_("When"), ProductImport.created_at),
    ),
    order="-created_at",
)


def import_pages(office: BackOffice) -> APIRouter:
    """Return the pages of imports."""
    router = APIRouter(prefix=HOME, include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.PRODUCTS_IMPORT)
    ) -> Response:
        """Return the files that were brought, and the form for another one."""
        return await _list(office, request, pages)

    @router.post("")
    async def bring(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.PRODUCTS_IMPORT)
    ) -> Response:
        """Take a file and look through it."""
        async with request.form() as form:
            file = form.get("file")
            name = str(file.filename or "") if isinstance(file, UploadFile) else ""
            body = await file.read() if isinstance(file, UploadFile) else b""
        try:
            async with office.database.unit_of_work() as session:
                import_id = await imports.upload(session, staff, name, body)
        except CloudError as error:
            return await _list(office, request, pages, error)
        return RedirectResponse(f"{HOME}/{import_id}", 303)

    @router.get("/export.csv")
    async def take_out(_staff: SignedIn = allowed(permits.PRODUCTS_IMPORT)) -> Response:
        """Return the whole catalogue as a file."""
        return csv_answer(office.database, (await office.site.facts()).currency)

    @router.get("/{import_id}")
    async def one(
        request: Request,
        pages: Pages,
        import_id: RowId,
        _staff: SignedIn = allowed(permits.PRODUCTS_IMPORT),
    ) -> Response:
        """Return what a file would do, or how far it is."""
        return await _one(office, request, pages, import_id)

    @router.post("/{import_id}/apply")
    async def apply(
        request: Request,
        pages: Pages,
        import_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_IMPORT),
    ) -> Response:
        """Apply a file."""
        try:
            async with office.database.unit_of_work() as session:
                await imports.start(session, staff, import_id)
        except CloudError as error:
            return await _one(office, request, pages, import_id, error)
        return RedirectResponse(f"{HOME}/{import_id}", 303)

    return router


async def _list(
    office: BackOffice, request: Request, pages: Pages, error: CloudError | None = None
) -> Response:
    context: dict[str, object] = {
        "title": N_("Import and export"),
        "empty": (N_("No file yet"), N_("Files that staff bring are listed here.")),
        "stages": _STAGES,
        "problem": error,
    }
    answer = await show_list(office, request, pages, LISTING, context, template="imports")
    answer.status_code = 422 if error else answer.status_code
    return answer


async def _one(
    office: BackOffice,
    request: Request,
    pages: Pages,
    import_id: int,
    error: CloudError | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        row = await imports.read_import(session, import_id)
    context = {"row": row, "stages": _STAGES, "most": imports.MOST_FINDINGS}
    return await show(request, pages, "import", context, error=error)
