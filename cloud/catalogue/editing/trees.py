"""The tree of categories as staff see it, and changing the order among siblings."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.errors import CategoryNotFound
from cloud.catalogue.models import Category, product_categories
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn

# Id, name, address, products; whether it is the first and the last among its siblings.
_Entry = tuple[int, str, str, int, bool, bool]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category in its place: `above` are its ancestors' ids, the root first.

    `products` counts those in it, without its branch.
    """

    id: int
    name: str
    slug: str
    products: int
    above: tuple[int, ...]
    is_first: bool
    is_last: bool

    @property
    def depth(self) -> int:
        """Return how deep it stands; a root is at 0."""
        return len(self.above)


async def read_tree(session: AsyncSession) -> Sequence[Leaf]:
    """Return all categories, each followed by its own, siblings in the shop's order."""
    counted = (
        select(func.count())
        .where(product_categories.c.category_id == Category.id)
        .correlate(Category)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(
            Category.id, Category.parent_id, Category.name, Category.slug, counted.label("n")
        ).order_by(Category.position, Category.id)
    )
    below: dict[int | None, list[tuple[int, str, str, int]]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append((row.id, row.name, row.slug, row.n))
    tree: list[Leaf] = []
    waiting: list[tuple[_Entry, tuple[int, ...]]] = [(one, ()) for one in _siblings(below, None)]
    while waiting:
        (leaf_id, name, slug, products, is_first, is_last), above = waiting.pop()
        tree.append(Leaf(leaf_id, name, slug, products, above, is_first, is_last))
        waiting += [(one, (*above, leaf_id)) for one in _siblings(below, leaf_id)]
    return tree


async def move_beside(session: AsyncSession, staff: SignedIn, row_id: int, step: int) -> None:
    """Let a category change places with the sibling above (-1) or below (+1).

    At the end of the row nothing happens. Raises CategoryNotFound.
    """
    row = await session.get(Category, row_id)
    if row is None:
        raise CategoryNotFound(row_id)
    siblings = list(
        await session.scalars(
            select(Category)
            .where(Category.parent_id.is_not_distinct_from(row.parent_id))
            .order_by(Category.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )
    siblings.sort(key=lambda one: (one.position, one.id))
    before = [one.slug for one in siblings]
    place = siblings.index(row)
    if not 0 <= place + step < len(siblings):
        return
    siblings.insert(place + step, siblings.pop(place))
    for position, one in enumerate(siblings):
        one.position = position
    after = [one.slug for one in siblings]
    await audit.note(
        session,
        staff,
        "reorder",
        "categories",
        row_id,
        before={"order": before},
        after={"order": after},
    )


def _siblings(
    below: dict[int | None, list[tuple[int, str, str, int]]], parent: int | None
) -> list[_Entry]:
    """Return the children of a node, the last one first: they are taken from the end."""
    row = below.get(parent, [])
    last = len(row) - 1
    return [(*one, place == 0, place == last) for place, one in enumerate(row)][::-1]
