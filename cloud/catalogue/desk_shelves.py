"""Categories, collections and tags over HTTP, for staff and their programs."""

from typing import Any

from cloud.catalogue.editing import shelves
from cloud.catalogue.editing.shelf_shapes import (
    CategoryChange,
    CategoryFields,
    CategoryOut,
    CollectionChange,
    CollectionFields,
    CollectionOut,
    TagChange,
    TagFields,
    TagOut,
)
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def shelf_routes() -> list[APIRouter]:
    """Return the routes of all three."""
    return [
        _routes(shelves.TAGS, TagFields, TagChange, TagOut),
        _routes(shelves.CATEGORIES, CategoryFields, CategoryChange, CategoryOut),
        _routes(shelves.COLLECTIONS, CollectionFields, CollectionChange, CollectionOut),
    ]


def _routes(kind: shelves.ShelfKind[Any], fields: Any, whole: Any, out: Any) -> APIRouter:  # noqa: ANN401 - three classes
    router = APIRouter(prefix=f"/api/v1/staff/{kind.subject}", tags=["catalogue, staff"])

    @router.get("", response_model=list[out])
    async def list_all(session: Session, _staff: SignedIn = allowed(permits.SHELVES_VIEW)) -> Any:  # noqa: ANN401 - out
        """Return all of them, in the shop's order."""
        return await shelves.list_all(session, kind)

    @router.post("", response_model=out, status_code=201)
    async def create(
        session: Session,
        wish: fields,
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> Any:  # noqa: ANN401 - out
        """Add one."""
        row_id = await shelves.create(session, staff, kind, wish)
        return await shelves.read(session, kind, row_id)

    @router.get("/{row_id}", response_model=out)
    async def read(
        session: Session, row_id: RowId, _staff: SignedIn = allowed(permits.SHELVES_VIEW)
    ) -> Any:  # noqa: ANN401 - out
        """Return one, with the version to send back with a change."""
        return await shelves.read(session, kind, row_id)

    @router.put("/{row_id}", response_model=out)
    async def change(
        session: Session,
        row_id: RowId,
        wish: whole,
        staff: SignedIn = allowed(permits.SHELVES_CHANGE),
    ) -> Any:  # noqa: ANN401 - out
        """Make one say what is sent; refused with 412 when somebody else changed it meanwhile."""
        seen: int = wish.version
        await shelves.change(session, staff, kind, row_id, wish, seen=seen)
        return await shelves.read(session, kind, row_id)

    @router.delete("/{row_id}", status_code=204)
    async def remove(
        session: Session, row_id: RowId, staff: SignedIn = allowed(permits.SHELVES_CHANGE)
    ) -> None:
        """Take one away from the shop and off all products."""
        await shelves.remove(session, staff, kind, row_id)

    return router
