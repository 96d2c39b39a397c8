"""The tree of categories."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue import repository
from cloud.catalogue.errors import CategoryCircle, CategoryNotFound


async def move_category(session: AsyncSession, category_id: int, parent_id: int | None) -> None:
    """Hang a category under another, or make it a root; raises CategoryNotFound or CategoryCircle.

    The tree is checked by the database, where two crossing moves at once cannot both pass.
    """
    category = await repository.find_category(session, category_id)
    if category is None:
        raise CategoryNotFound(category_id)
    try:
        async with session.begin_nested():
            category.parent_id = parent_id
    except IntegrityError as error:
        if parent_id is None or "ancestor" not in str(error.orig):
            raise
        raise CategoryCircle(category_id, parent_id) from error
