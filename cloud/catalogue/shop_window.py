"""The hot reads of the shop: list, search, detail and filters, one statement each.

PostgreSQL writes the JSON, and it goes out as it comes: no row becomes an object on the way. Its
shapes are promised by `cloud.catalogue.schemas`, and a test holds the two against each other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cloud.catalogue.errors import ProductNotFound
from cloud.catalogue.page_sql import PageShape, page_sql, page_values
from cloud.catalogue.window_sql import detail_sql, facets_sql
from cloud.catalogue.wishes import Mark, Wish
from cloud.foundation.database import Database

_SLUG = re.compile(r"[a-z0-9-]{1,200}")
_PLACE = re.compile(r"(?<!:):([a-z_]+)")
# More shapes of a page than that come only from somebody who tries them all.
_SHAPES_KEPT = 256
_FACETS_KEPT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list: the cards as a JSON array, and the mark of the next page."""

    items: str
    next: str | None

    @property
    def json(self) -> str:
        """Return the page as a JSON object; a mark is plain ASCII without quotes."""
        mark = f'"{self.next}"' if self.next else "null"
        return f'{{"items":{self.items},"next":{mark}}}'


class ShopWindow:
    """Shows what is on sale; one for the whole application. Filters it remembers for 30 seconds.

    `available_units` is an SQL expression, over a variant id `v.id` and the moment `:now`, for
    how many bottles can be bought; stock belongs to a higher tier, which a composition root asks.
    """

    def __init__(self, available_units: str) -> None:
        self._detail = _Statement.of(detail_sql(available_units))
        self._facets = _Statement.of(facets_sql(available_units))
        self._counted: str | None = None
        self._counted_at = datetime.min.replace(tzinfo=UTC)

        @lru_cache(maxsize=_SHAPES_KEPT)
        def page(shape: PageShape) -> _Statement:
            return _Statement.of(page_sql(shape, available_units))

        self._page = page

    async def product(self, database: Database, slug: str, now: datetime) -> str:
        """Return a published product as JSON (`ProductDetail`); raises ProductNotFound."""
        if _SLUG.fullmatch(slug) is None:
            raise ProductNotFound(slug)
        row = await self._detail.read(database, {"slug": slug, "now": now})
        if row is None:
            raise ProductNotFound(slug)
        body: str = row[0]
        return body

    async def page(self, database: Database, wish: Wish, now: datetime) -> Page:
        """Return one page of published products (`ProductCard`s); raises CursorInvalid."""
        shape, values = page_values(wish)
        row = await self._page(shape).read(database, {**values, "now": now})
        more, last_key, last_id, items = row or (False, None, None, None)
        mark = Mark(wish.order, last_key, last_id).written() if more else None
        return Page(items or "[]", mark)

    async def facets(self, database: Database, now: datetime) -> str:
        """Return what the list can be narrowed by, with counts, as JSON (`Facets`).

        The counts are at most 30 seconds old: they are about the whole shop, and every list asks.
        """
        if self._counted is None or not timedelta() <= now - self._counted_at < _FACETS_KEPT:
            row = await self._facets.read(database, {"now": now})
            self._counted, self._counted_at = (row[0] if row else None), now
        return self._counted or "{}"


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement whose `:names` became PostgreSQL's `$1`, and the names in that order."""

    text: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, named: str) -> "_Statement":
        names: dict[str, int] = {}
        numbered = _PLACE.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", named)
        return cls(numbered, tuple(names))

    async def read(self, database: Database, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        return await database.row(self.text, *(values[name] for name in self.names))
