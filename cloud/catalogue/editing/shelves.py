"""Categories, collections and tags: made, changed and removed by staff.

The three differ in their columns alone, so a `ShelfKind` says what they are and the acts are the
same. Texts in other languages are part of the thing: one version guards both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from cloud.catalogue.editing.picture_views import shelf_images
from cloud.catalogue.editing.refusals import saying
from cloud.catalogue.editing.shelf_shapes import CategoryFields, CollectionFields, TagFields
from cloud.catalogue.editing.snapshots import plain
from cloud.catalogue.errors import (
    CategoryCircle,
    CategoryNotFound,
    CollectionNotFound,
    NameTaken,
    SlugTaken,
    TagNotFound,
)
from cloud.catalogue.models import (
    Category,
    CategoryTranslation,
    Collection,
    CollectionTranslation,
    Tag,
    TagTranslation,
)
from cloud.foundation import audit
from cloud.foundation.errors import CloudError
from cloud.foundation.filing import sweep_soon
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version

Wish = CategoryFields | CollectionFields | TagFields
Row = TypeVar("Row", Category, Collection, Tag)


@dataclass(frozen=True, slots=True)
class ShelfKind(Generic[Row]):
    """One of the three: its rows, their translations (`owner` is the column that names the row)."""

    subject: str
    model: type[Row]
    texts: type[Any]
    owner: str
    columns: tuple[str, ...]
    not_found: Callable[[int], CloudError]
    order: tuple[str, ...] = ("position", "id")


_COMMON = ("name", "slug", "description", "position")
CATEGORIES = ShelfKind(
    "categories",
    Category,
    CategoryTranslation,
    "category_id",
    (*_COMMON, "parent_id"),
    CategoryNotFound,
)
COLLECTIONS = ShelfKind(
    "collections",
    Collection,
    CollectionTranslation,
    "collection_id",
    (*_COMMON, "is_active", "is_featured", "starts_at", "ends_at"),
    CollectionNotFound,
)
TAGS = ShelfKind("tags", Tag, TagTranslation, "tag_id", ("name", "slug"), TagNotFound, ("name",))


async def list_all(session: AsyncSession, kind: ShelfKind[Row]) -> Sequence[dict[str, Any]]:
    """Return all of a kind as `read` does, in the shop's order (tags by name)."""
    order = [getattr(kind.model, name) for name in kind.order]
    rows = (await session.scalars(select(kind.model).order_by(*order))).all()
    texts = await _texts(session, kind, [row.id for row in rows])
    images = await _images(session, rows)
    return [_shown(kind, row, texts.get(row.id, {})) | images.get(row.id, {}) for row in rows]


async def read(session: AsyncSession, kind: ShelfKind[Row], row_id: int) -> dict[str, Any]:
    """Return id, version, columns and `texts` of one, and its `image` if its kind has pictures.

    Raises the kind's not-found error.
    """
    row = await _get(session, kind, row_id)
    shown = _shown(kind, row, (await _texts(session, kind, [row_id])).get(row_id, {}))
    return shown | (await _images(session, [row])).get(row_id, {})


async def take(session: AsyncSession, kind: ShelfKind[Row], row_id: int) -> Row:
    """Return one as it is now, locked until the transaction ends; raises the not-found error."""
    return await _get(session, kind, row_id, lock=True)


async def create(session: AsyncSession, staff: SignedIn, kind: ShelfKind[Row], wish: Wish) -> int:
    """Add one and return its id; raises NameTaken, SlugTaken or CategoryNotFound."""
    row = kind.model(**wish.model_dump(include=set(kind.columns)))
    async with saying(session, _refusals(kind, wish, 0)):
        session.add(row)
    await _write_texts(session, kind, row.id, wish)
    await audit.note(
        session, staff, "create", kind.subject, row.id, after=await _audited(session, kind, row)
    )
    return row.id


async def change(
    session: AsyncSession,
    staff: SignedIn,
    kind: ShelfKind[Row],
    row_id: int,
    wish: Wish,
    *,
    seen: int,
) -> None:
    """Make one say what staff wrote, if they saw its newest version.

    Raises ChangedMeanwhile, NameTaken, SlugTaken, CategoryNotFound (the parent) or CategoryCircle
    besides the kind's not-found error.
    """
    row = await _get(session, kind, row_id, lock=True)
    before = await _audited(session, kind, row)
    check_version(row.version, seen, before)
    async with saying(session, _refusals(kind, wish, row_id)):
        for name in kind.columns:
            setattr(row, name, getattr(wish, name))
        if before["texts"] != _said(wish):
            # Texts beside the row are guarded by its version, so it rises for them too.
            flag_modified(row, "name")
    await _write_texts(session, kind, row_id, wish)
    await audit.note(
        session,
        staff,
        "change",
        kind.subject,
        row_id,
        before=before,
        after=await _audited(session, kind, row),
    )


async def remove(session: AsyncSession, staff: SignedIn, kind: ShelfKind[Row], row_id: int) -> None:
    """Take one away from the shop and off all products; a category's own move up to its parent."""
    row = await _get(session, kind, row_id, lock=True)
    before = await _audited(session, kind, row)
    if isinstance(row, Category):
        await session.execute(
            update(Category)
            .where(Category.parent_id == row_id)
            .values(parent_id=row.parent_id, version=Category.version + 1)
        )
    await session.delete(row)
    await audit.note(session, staff, "remove", kind.subject, row_id, before=before)
    await sweep_soon(session)


async def _get(
    session: AsyncSession, kind: ShelfKind[Row], row_id: int, *, lock: bool = False
) -> Row:
    # NO KEY UPDATE: two moves that cross must not wait for each other's foreign keys.
    wanted = {"read": False, "key_share": True} if lock else None
    row = await session.get(kind.model, row_id, with_for_update=wanted, populate_existing=lock)
    if row is None:
        raise kind.not_found(row_id)
    return row


def _refusals(kind: ShelfKind[Row], wish: Wish, row_id: int) -> Mapping[str, CloudError]:
    refusals: dict[str, CloudError] = {
        f"uq_{kind.subject}_name": NameTaken(wish.name),
        f"uq_{kind.subject}_slug": SlugTaken(wish.slug),
    }
    if isinstance(wish, CategoryFields) and wish.parent_id is not None:
        circle = CategoryCircle(row_id, wish.parent_id)
        parent = CategoryNotFound(wish.parent_id)
        refusals |= {
            "ck_categories_parent": circle,
            "ancestor": circle,
            "fk_categories_parent_id": parent,
        }
    return refusals


async def _images(
    session: AsyncSession, rows: Sequence[Category | Collection | Tag]
) -> dict[int, dict[str, Any]]:
    pictured = [row for row in rows if not isinstance(row, Tag)]
    found = await shelf_images(session, pictured)
    return {row.id: {"image": found.get(row.id)} for row in pictured}


async def _texts(
    session: AsyncSession, kind: ShelfKind[Row], ids: Sequence[int]
) -> dict[int, dict[str, dict[str, str | None]]]:
    owner = getattr(kind.texts, kind.owner)
    rows = await session.scalars(
        select(kind.texts).where(owner.in_(ids)).order_by(kind.texts.language)
    )
    found: dict[int, dict[str, dict[str, str | None]]] = {}
    for row in rows:
        texts = {name: getattr(row, name) for name in row.text_columns}
        found.setdefault(getattr(row, kind.owner), {})[row.language] = texts
    return found


async def _write_texts(
    session: AsyncSession, kind: ShelfKind[Row], row_id: int, wish: Wish
) -> None:
    owner = getattr(kind.texts, kind.owner)
    await session.execute(delete(kind.texts).where(owner == row_id))
    for language, said in _said(wish).items():
        session.add(kind.texts(**{kind.owner: row_id, "language": language, **said}))
    await session.flush()


def _said(wish: Wish) -> dict[str, dict[str, str | None]]:
    said = {
        language: {name: text or None for name, text in texts.model_dump().items()}
        for language, texts in sorted(wish.texts.items())
    }
    return {language: texts for language, texts in said.items() if any(texts.values())}


async def _audited(session: AsyncSession, kind: ShelfKind[Row], row: Row) -> dict[str, Any]:
    texts = (await _texts(session, kind, [row.id])).get(row.id, {})
    shown = _shown(kind, row, texts)
    return {name: plain(value) for name, value in shown.items() if name not in ("id", "version")}


def _shown(
    kind: ShelfKind[Row], row: Row, texts: dict[str, dict[str, str | None]]
) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in kind.columns}
    return {"id": row.id, "version": row.version, **columns, "texts": texts}
