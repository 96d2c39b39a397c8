"""Views of the queue that staff keep: their own, and those that somebody shares."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import repository
from cloud.orders.errors import FilterNameTaken, FilterNotFound
from cloud.orders.models import SavedFilter
from cloud.orders.schemas import FilterView, NewFilter


async def save_filter(session: AsyncSession, owner_id: int, new: NewFilter) -> int:
    """Keep a view under a name and return its id; one of the same name is replaced."""
    return await repository.put_filter(
        session,
        {
            "owner_user_id": owner_id,
            "name": new.name,
            "wanted": new.wanted.model_dump(mode="json", exclude_defaults=True),
            "columns": list(new.columns),
            "is_shared": new.is_shared,
        },
    )


async def list_filters(session: AsyncSession, user_id: int) -> list[FilterView]:
    """Return a person's own views and what others share, by name, the own ones first."""
    found = await repository.filters_for(session, user_id)
    views = [_view(one, user_id) for one in found]
    return sorted(views, key=lambda view: (not view.is_own, view.name))


async def find_filter(session: AsyncSession, user_id: int, filter_id: int) -> FilterView:
    """Return a view that is the person's or shared; FilterNotFound."""
    found = await session.get(SavedFilter, filter_id)
    if found is None or not (found.is_shared or found.owner_user_id == user_id):
        raise FilterNotFound(filter_id)
    return _view(found, user_id)


async def rename_filter(session: AsyncSession, owner_id: int, filter_id: int, name: str) -> None:
    """Give one of a person's own views another name; FilterNotFound, FilterNameTaken."""
    found = await session.get(SavedFilter, filter_id, with_for_update=True)
    if found is None or found.owner_user_id != owner_id:
        raise FilterNotFound(filter_id)
    try:
        async with session.begin_nested():
            found.name = name
            await session.flush()
    except IntegrityError as error:
        raise FilterNameTaken(name) from error


async def remove_filter(session: AsyncSession, owner_id: int, filter_id: int) -> None:
    """Forget one of a person's own views; FilterNotFound."""
    found = await session.get(SavedFilter, filter_id)
    if found is None or found.owner_user_id != owner_id:
        raise FilterNotFound(filter_id)
    await session.delete(found)
    await session.flush()


def _view(one: SavedFilter, user_id: int) -> FilterView:
    return FilterView.model_validate(
        {
            "id": one.id,
            "name": one.name,
            "wanted": one.wanted,
            "columns": one.columns,
            "is_shared": one.is_shared,
            "is_own": one.owner_user_id == user_id,
        }
    )
