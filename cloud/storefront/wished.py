"""A wish about the list as a form sends it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Self

from pydantic import Field, model_validator

from cloud.catalogue.wishes import SortOrder, Wish
from cloud.foundation.money import exponent_of

# What the form calls them, and what they become once the currency is known.
_PRICES = {"from": ("typed_from", "cheapest_minor"), "to": ("typed_to", "dearest_minor")}
_MOST_MINOR = 10**12
Major = Annotated[Decimal, Field(ge=0, le=_MOST_MINOR, allow_inf_nan=False)]


class Wished(Wish):
    """A wish as a form sends it: an empty field means "any", and prices are in whole coins.

    `from` and `to` are major units ("19.90", "19,90") of whatever currency the visitor sees;
    `priced_in` reads them. What is no price is no wish.
    """

    typed_from: Major | None = Field(default=None, alias="from")
    typed_to: Major | None = Field(default=None, alias="to")

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the shelf itself decides what is shown."""
        own = ("category", "collection", "language", "currency", "limit")
        plain = type(self)()
        return any(
            getattr(self, name) != getattr(plain, name)
            for name in type(self).model_fields
            if name not in own
        )

    def priced_in(self, currency: str) -> Self:
        """Return the wish with what was typed as minor units of a currency.

        Finer than the currency has it, `from` and `to` keep to its decimals: half a yen is none.
        """
        minor = {
            target: min(int(major.scaleb(exponent_of(currency))), _MOST_MINOR)
            for typed, target in _PRICES.values()
            if (major := getattr(self, typed)) is not None
        }
        return self.model_copy(update=minor)

    @model_validator(mode="before")
    @classmethod
    def _from_form(cls, fields: Mapping[str, object]) -> dict[str, object]:
        wish = {name: value for name, value in fields.items() if value != ""}
        for name in _PRICES:
            price = _major(str(wish.pop(name, "")))
            if price is not None:
                wish[name] = price
        if wish.get("sort") in (SortOrder.RECOMMENDED, SortOrder.RELEVANCE):
            del wish["sort"]
        return wish


def _major(written: str) -> Decimal | None:
    try:
        major = Decimal(written.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return major if major.is_finite() and 0 <= major <= _MOST_MINOR else None
