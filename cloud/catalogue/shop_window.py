"""The hot reads of the shop: list, search, detail and filters, one statement each.

PostgreSQL writes the JSON, and it goes out as it comes: no row becomes an object on the way. Its
shapes are promised by `cloud.catalogue.schemas`, and a test holds the two against each other.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud.catalogue.errors import ProductNotFound
from cloud.catalogue.window_sql import detail_sql, facets_sql, page_sql
from cloud.catalogue.wishes import Mark, Wish

_SLUG = re.compile(r"[a-z0-9-]{1,200}")


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
    """Shows what is on sale. Stateless: one for the whole application, for every request.

    `available_units` is an SQL expression, over a variant id `v.id` and the moment `:now`, for
    how many bottles can be bought; stock belongs to a higher tier, which a composition root asks.
    """

    def __init__(self, available_units: str) -> None:
        self._available = available_units
        self._detail = text(detail_sql(available_units))
        self._facets = text(facets_sql(available_units))

    async def product(self, connection: AsyncConnection, slug: str, now: datetime) -> str:
        """Return a published product as JSON (`ProductDetail`); raises ProductNotFound."""
        if _SLUG.fullmatch(slug) is None:
            raise ProductNotFound(slug)
        found: str | None = await connection.scalar(self._detail, {"slug": slug, "now": now})
        if found is None:
            raise ProductNotFound(slug)
        return found

    async def page(self, connection: AsyncConnection, wish: Wish, now: datetime) -> Page:
        """Return one page of published products (`ProductCard`s); raises CursorInvalid."""
        statement, values = self._page_statement(wish)
        row = (await connection.execute(statement, {**values, "now": now})).one()
        mark = Mark(wish.order, row.last_key, row.last_id) if row.more else None
        return Page(row.items or "[]", mark.written() if mark else None)

    async def facets(self, connection: AsyncConnection, now: datetime) -> str:
        """Return what the list can be narrowed by, with counts, as JSON (`Facets`)."""
        found: str = await connection.scalar(self._facets, {"now": now})
        return found

    def _page_statement(self, wish: Wish) -> tuple[TextClause, dict[str, Any]]:
        statement, values = page_sql(wish, self._available)
        return text(statement), values
