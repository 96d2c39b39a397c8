"""What a visitor wishes to see of the list: filters, order and place, parsed once."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cloud.catalogue.errors import CursorInvalid
from cloud.catalogue.families import ScentFamily

MOST_PER_PAGE = 48
_WORD = re.compile(r"\w+")
_MOST_WORDS = 12
_LONGEST_WORD = 40
_SHORTEST_START = 2


def _without_nul(words: str) -> str:
    if "\0" in words:
        raise ValueError("PostgreSQL holds no NUL in text")
    return words


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_without_nul)
]
Intensity = Annotated[int, Field(ge=1, le=5)]
Stars = Annotated[int, Field(ge=1, le=5)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=10**12)]


class SortOrder(StrEnum):
    """The order of a list.

    RECOMMENDED is the shop's own, RELEVANCE the fit to the words searched for. BEST_RATED goes by
    the average of the reviews, drawn to 3.5 stars where there are few.
    """

    RECOMMENDED = "recommended"
    RELEVANCE = "relevance"
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"
    BEST_RATED = "rating"
    NAME = "name"


class Wish(BaseModel):
    """One page of the list, as the query of an address. Left out means "any"."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, validate_by_alias=True)

    words: Words | None = Field(
        default=None, alias="q", description="Words to search for, as typed so far."
    )
    category: Words | None = Field(default=None, description="Slug; it holds its whole branch.")
    collection: Words | None = Field(default=None, description="Slug.")
    tag: Words | None = Field(default=None, description="Slug.")
    family: ScentFamily | None = None
    mood: Words | None = None
    room: Words | None = None
    cheapest_minor: Minor | None = Field(
        default=None, alias="price_from", description="Minor units of the currency."
    )
    dearest_minor: Minor | None = Field(
        default=None, alias="price_to", description="Minor units of the currency."
    )
    weakest: Intensity | None = Field(
        default=None, alias="intensity_from", description="1, a breath, to 5, fills a hall."
    )
    strongest: Intensity | None = Field(
        default=None, alias="intensity_to", description="1, a breath, to 5, fills a hall."
    )
    fewest_stars: Stars | None = Field(
        default=None, alias="stars_from", description="So many stars on average, or more."
    )
    in_stock: bool = Field(default=False, description="Only what can be bought now.")
    on_sale: bool = Field(default=False, description="Only what costs less than usual now.")
    is_new: bool = Field(default=False, alias="new", description="Only what is called new.")
    is_best_seller: bool = Field(default=False, alias="best_seller", description="Only those.")
    is_featured: bool = Field(default=False, alias="featured", description="Only those.")
    language: Language | None = Field(
        default=None, description="BCP 47 tag of the texts; left out: the shop's own language."
    )
    currency: Currency | None = Field(
        default=None, description="ISO 4217 code of the prices; left out: the shop's own."
    )
    sort: SortOrder | None = Field(
        default=None, description="By relevance when words are given, else recommended first."
    )
    limit: int = Field(default=24, ge=1, le=MOST_PER_PAGE)
    after: Words | None = Field(default=None, description="`next` of the page before.")

    @property
    def order(self) -> SortOrder:
        """Return the order to use: the wished one, else by relevance when words are given."""
        if self.sort is SortOrder.RELEVANCE and not self.words:
            return SortOrder.RECOMMENDED
        default = SortOrder.RELEVANCE if self.words else SortOrder.RECOMMENDED
        return self.sort or default


def joined_words(typed: str) -> str:
    """Return two words as one, for "black currant", which many write together; else nothing."""
    match split_words(typed):
        case [first, second]:
            return first + second
        case _:
            return ""


def split_words(typed: str) -> list[str]:
    """Return the first twelve words of what was typed; what is longer than a word is none."""
    return [word for word in _WORD.findall(typed) if len(word) <= _LONGEST_WORD][:_MOST_WORDS]


def prefix_query(typed: str) -> str:
    """Return a tsquery that matches words as typed so far, the last one by its start.

    One letter begins too many words to be a start: then it is empty.
    """
    *words, last = split_words(typed) or [""]
    if len(last) < _SHORTEST_START:
        return ""
    return " & ".join([*words, f"{last}:*"])


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended: the order, the last row's sort key as text, and its id."""

    order: SortOrder
    key: str
    id: int

    def written(self) -> str:
        """Return the mark as an opaque word for addresses."""
        plain = json.dumps([self.order, self.key, self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, written: str, order: SortOrder) -> "Mark":
        """Return a mark that `written` made for an order; raises CursorInvalid for any other."""
        try:
            padded = written + "=" * (-len(written) % 4)
            kept, key, row = json.loads(base64.b64decode(padded, b"-_", validate=True))
            mark = cls(SortOrder(kept), str(key), _within_bigint(int(row)))
            _ = mark.value
        except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise CursorInvalid from error
        if mark.order is not order:
            raise CursorInvalid
        return mark

    @property
    def value(self) -> int | str | Decimal | datetime:
        """Return the key as the type that the order compares by; ValueError when it is not one."""
        match self.order:
            case SortOrder.NAME:
                return _without_nul(self.key)
            case SortOrder.NEWEST:
                return _aware(datetime.fromisoformat(self.key))
            case SortOrder.RELEVANCE:
                return _finite(Decimal(self.key))
            case _:
                return _within_bigint(int(self.key))


def _within_bigint(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError("beyond what a row can hold")
    return number


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) > 1000:
        raise ValueError("not a score")
    return number
