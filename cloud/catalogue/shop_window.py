"""The hot reads of the shop: list, search, detail, suggestions and filters, one statement each.

PostgreSQL writes the JSON, and it goes out as it comes: no row becomes an object on the way. Its
shapes are promised by `cloud.catalogue.schemas`, and a test holds the two against each other.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cloud.catalogue.detail_sql import beneath_sql, detail_sql
from cloud.catalogue.errors import ProductGone, ProductNotFound
from cloud.catalogue.facets_sql import facets_sql
from cloud.catalogue.page_sql import PageShape, page_sql, page_values
from cloud.catalogue.suggestions_sql import suggestions_sql
from cloud.catalogue.window_sql import bound, in_currency
from cloud.catalogue.wishes import Mark, Wish, prefix_query, split_words
from cloud.foundation.conversion import Conversion
from cloud.foundation.database import Database

_SLUG = re.compile(r"[a-z0-9-]{1,200}")
_PLACE = re.compile(r"(?<!:):([a-z_]+)")
# More shapes of a page than that come only from somebody who tries them all.
_SHAPES_KEPT = 256
_LARGE = 5_000  # products
_IS_LARGE = "SELECT reltuples > $1 FROM pg_class WHERE oid = 'public.products'::regclass"
_SIZE_KEPT = timedelta(minutes=10)
_FACETS_KEPT = timedelta(seconds=30)
_LANGUAGES_KEPT = 16
_NOTHING_SUGGESTED = '{"products":[],"words":[],"categories":[]}'
_WAS_ON_SALE = "SELECT 1 FROM products p WHERE p.slug = :slug AND p.published_at <= :now"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list: the cards as a JSON array, and the mark of the next page.

    `understood` are the words that were searched for when nothing has those that were typed.
    """

    items: str
    next: str | None
    understood: str | None = None

    @property
    def json(self) -> str:
        """Return the page as a JSON object; a mark is plain ASCII without quotes."""
        mark = f'"{self.next}"' if self.next else "null"
        return f'{{"items":{self.items},"next":{mark},"understood":{json.dumps(self.understood)}}}'


class ShopWindow:
    """Shows what is on sale; one for the whole application. Filters it remembers for 30 seconds.

    `available_units` is an SQL expression, over a variant id `v.id` and the moment `:now`, for
    how many bottles can be bought; stock belongs to a higher tier, which a composition root asks.
    A `language` is a BCP 47 tag; None is the shop's own, in which every text is. A `conversion`
    shows prices in another currency; None is the shop's own, which costs nothing.
    """

    def __init__(self, available_units: str, *, large_from: int = _LARGE) -> None:
        self._detail = _each(lambda is_local: detail_sql(available_units, is_local=is_local))
        self._beneath = _each(lambda is_local: beneath_sql(available_units, is_local=is_local))
        self._facets = _each(lambda is_local: facets_sql(available_units, is_local=is_local))
        self._was_on_sale = _Statement.of(_WAS_ON_SALE)
        self._counted: dict[str | None, _Counted] = {}
        self._size = _Size(large_from)

        @lru_cache(maxsize=_SHAPES_KEPT)
        def page(shape: PageShape, *, is_converted: bool) -> _Statement:
            return _Statement.of(page_sql(shape, available_units), is_converted=is_converted)

        @lru_cache(maxsize=_LANGUAGES_KEPT)
        def suggestions(language: str, *, is_converted: bool) -> _Statement:
            statement = suggestions_sql(available_units, language)
            return _Statement.of(statement, is_converted=is_converted)

        self._page = page
        self._suggestions = suggestions

    async def product(
        self,
        database: Database,
        slug: str,
        now: datetime,
        language: str | None = None,
        conversion: Conversion | None = None,
        *,
        out_by: datetime | None = None,
    ) -> str:
        """Return a published product as JSON (`ProductDetail`).

        With `out_by` also one that is out by then: prices and stock are those of now.
        Raises ProductGone for one that was on sale and was taken out, else ProductNotFound.
        """
        if _SLUG.fullmatch(slug) is None:
            raise ProductNotFound(slug)
        values = _one(slug, now, out_by, language, conversion)
        row = await self._detail[_kind(language, conversion)].read(database, values)
        if row is None:
            was_there = await self._was_on_sale.read(database, values)
            raise ProductGone(slug) if was_there else ProductNotFound(slug)
        body: str = row[0]
        return body

    async def beneath(
        self,
        database: Database,
        slug: str,
        now: datetime,
        language: str | None = None,
        conversion: Conversion | None = None,
        *,
        out_by: datetime | None = None,
    ) -> str:
        """Return what goes with a product that is or was on sale, as JSON (`Beneath`).

        With `out_by` also with one that is out by then.
        Raises ProductNotFound.
        """
        row = None
        if _SLUG.fullmatch(slug):
            values = _one(slug, now, out_by, language, conversion)
            row = await self._beneath[_kind(language, conversion)].read(database, values)
        if row is None:
            raise ProductNotFound(slug)
        body: str = row[0]
        return body

    async def page(
        self, database: Database, wish: Wish, now: datetime, conversion: Conversion | None = None
    ) -> Page:
        """Return one page of published products (`ProductCard`s); raises CursorInvalid."""
        shape, values = page_values(wish)
        values |= {"now": now, **_prices(conversion)}
        is_converted = conversion is not None
        if wish.words and await self._size.is_large(database, now):
            shape = replace(shape, is_replanned=True)
        row = await self._page(shape, is_converted=is_converted).read(database, values)
        if wish.words and (row is None or row[3] is None):
            corrected = self._page(replace(shape, is_corrected=True), is_converted=is_converted)
            row = await corrected.read(database, values)
        more, last_key, last_id, items, understood = row or (False, None, None, None, None)
        mark = Mark(wish.order, last_key, last_id).written() if more else None
        return Page(items or "[]", mark, understood)

    async def suggestions(
        self,
        database: Database,
        typed: str,
        now: datetime,
        language: str | None = None,
        conversion: Conversion | None = None,
    ) -> str:
        """Return completions of what is typed so far, as JSON (`Suggestions`)."""
        prefix = prefix_query(typed)
        if not prefix:
            return _NOTHING_SUGGESTED
        values = {
            "words": typed,
            "prefix": prefix,
            "last": split_words(typed)[-1],
            "language": language,
            "now": now,
            **_prices(conversion),
        }
        statement = self._suggestions(language or "", is_converted=conversion is not None)
        row = await statement.read(database, values)
        return str(row[0]) if row else _NOTHING_SUGGESTED

    async def facets(self, database: Database, now: datetime, language: str | None = None) -> str:
        """Return what the list can be narrowed by, with counts, as JSON (`Facets`).

        The counts are at most 30 seconds old: they are about the whole shop, and every list asks.
        While one counts, the others are told what was counted last.
        """
        counted = self._counted.get(language)
        if counted is None:
            if len(self._counted) >= _LANGUAGES_KEPT:
                self._counted.pop(next(iter(self._counted)))
            counted = self._counted[language] = _Counted()
        if counted.body and (counted.is_fresh(now) or counted.counting.locked()):
            return counted.body
        async with counted.counting:
            if not counted.is_fresh(now):
                values = {"now": now, "language": language}
                row = await self._facets[_kind(language, None)].read(database, values)
                counted.body, counted.at = str(row[0]) if row else "{}", now
        return counted.body


@dataclass(slots=True)
class _Counted:
    """The filters of one language, as they were counted last."""

    body: str = ""
    at: datetime | None = None
    counting: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_fresh(self, now: datetime) -> bool:
        return self.at is not None and timedelta() <= now - self.at < _FACETS_KEPT


@dataclass(slots=True)
class _Size:
    """Whether a catalogue is so large that a search is worth a plan of its own."""

    large_from: int
    known: bool = False
    at: datetime | None = None

    async def is_large(self, database: Database, now: datetime) -> bool:
        if self.at is None or not timedelta() <= now - self.at < _SIZE_KEPT:
            row = await database.row(_IS_LARGE, self.large_from)
            self.known, self.at = bool(row and row[0]), now
        return self.known


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement whose `:names` became PostgreSQL's `$1`, and the names in that order."""

    text: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, named: str, *, is_converted: bool = False) -> "_Statement":
        named = in_currency(named) if is_converted else named
        names: dict[str, int] = {}
        numbered = _PLACE.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", named)
        return cls(numbered, tuple(names))

    async def read(self, database: Database, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        return await database.row(self.text, *(values[name] for name in self.names))


# Whether texts are local, and whether prices are converted.
_Kind = tuple[bool, bool]


def _each(write: Callable[[bool], str]) -> dict[_Kind, _Statement]:
    return {
        (is_local, is_converted): _Statement.of(write(is_local), is_converted=is_converted)
        for is_local in (False, True)
        for is_converted in (False, True)
    }


def _kind(language: str | None, conversion: Conversion | None) -> _Kind:
    return language is not None, conversion is not None


def _prices(conversion: Conversion | None) -> dict[str, Any]:
    return bound(conversion) if conversion else {}


def _one(
    slug: str,
    now: datetime,
    out_by: datetime | None,
    language: str | None,
    conversion: Conversion | None,
) -> dict[str, Any]:
    asked = {"slug": slug, "now": now, "out_by": out_by or now, "language": language}
    return {**asked, **_prices(conversion)}
