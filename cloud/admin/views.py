"""The ways to look at lists that staff keep under names: their own, and what others share."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.admin.models import StaffView
from cloud.foundation.errors import Conflict, Invalid, NotFound
from cloud.foundation.identity import SignedIn
from cloud.foundation.words import N_, Phrase

_LONGEST_NAME = 60
_LONGEST_QUERY = 1000
_MOST = 100
# Which page of the list it was, what was just done there, and its file are no way to look at it.
_PASSING = frozenset({"after", "done", "format"})
_SEEN = text("""
    SELECT id, name, query, is_shared, owner_user_id = :user_id AS is_own FROM staff_views
    WHERE listing = :listing AND (owner_user_id = :user_id OR is_shared)
    ORDER BY owner_user_id <> :user_id, name, id LIMIT :most
""")


class ViewNotFound(NotFound):
    """There is no such view, or it is somebody else's."""

    code = "view_not_found"

    def __init__(self) -> None:
        super().__init__(
            N_("There is no such view."), hint=N_("Somebody may have deleted it. Load the list.")
        )


class ViewNameWrong(Invalid):
    """The name is empty or too long."""

    code = "view_name_wrong"

    def __init__(self) -> None:
        super().__init__(
            N_("A view needs a name."), hint=N_("At most 60 characters."), field="name"
        )


class ViewNameTaken(Conflict):
    """Another view of the same person and list has this name."""

    code = "view_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase("You have a view “%(name)s” already.", name=name),
            hint=N_("Choose another name."),
            field="name",
        )


@dataclass(frozen=True, slots=True)
class KeptView:
    """A kept view as a list shows it; `query` is what its address asks for."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_own: bool


async def views_for(connection: AsyncConnection, user_id: int, listing: str) -> Sequence[KeptView]:
    """Return somebody's own views of a list by name, then what others share."""
    found = await connection.execute(_SEEN, {"user_id": user_id, "listing": listing, "most": _MOST})
    return [KeptView(row.id, row.name, row.query, row.is_shared, row.is_own) for row in found]


async def keep_view(
    session: AsyncSession, staff: SignedIn, listing: str, name: str, query: str, *, is_shared: bool
) -> str:
    """Keep a way to look under a name, in the place of one's own of that name; return its query.

    Raises ViewNameWrong.
    """
    kept = lasting(query)
    values = {
        "owner_user_id": staff.user_id,
        "listing": listing,
        "name": _clean(name),
        "query": kept,
        "is_shared": is_shared,
    }
    await session.execute(
        insert(StaffView)
        .values(values)
        .on_conflict_do_update(
            index_elements=["owner_user_id", "listing", "name"],
            set_={"query": kept, "is_shared": is_shared},
        )
    )
    return kept


async def rename_view(session: AsyncSession, staff: SignedIn, view_id: int, name: str) -> None:
    """Give one's own view another name; ViewNotFound, ViewNameWrong, ViewNameTaken."""
    view = await _own(session, staff, view_id)
    cleaned = _clean(name)
    try:
        async with session.begin_nested():
            view.name = cleaned
            await session.flush()
    except IntegrityError as error:
        raise ViewNameTaken(cleaned) from error


async def remove_view(session: AsyncSession, staff: SignedIn, view_id: int) -> None:
    """Forget one's own view; ViewNotFound."""
    await session.delete(await _own(session, staff, view_id))
    await session.flush()


def lasting(query: str) -> str:
    """Return what of an address's query is a way to look, without the page and the note."""
    parts = parse_qsl(query.lstrip("?")[:_LONGEST_QUERY], keep_blank_values=False)
    kept = [(name, value) for name, value in parts if name not in _PASSING]
    return urlencode(kept)[:_LONGEST_QUERY]


async def _own(session: AsyncSession, staff: SignedIn, view_id: int) -> StaffView:
    view = await session.get(StaffView, view_id, with_for_update=True)
    if view is None or view.owner_user_id != staff.user_id:
        raise ViewNotFound
    return view


def _clean(name: str) -> str:
    cleaned = " ".join(name.replace("\0", "").split())
    if not 1 <= len(cleaned) <= _LONGEST_NAME:
        raise ViewNameWrong
    return cleaned
