"""Postal addresses as people type them into a form: read, refused in words, shown again."""

from collections.abc import Mapping

from pydantic import ValidationError

from cloud.foundation.errors import Invalid
from cloud.foundation.locale import known_locale
from cloud.orders.schemas import PostalAddress
from cloud.site.schemas import ANYWHERE
from cloud.storefront.front_desk import FrontDesk

FIELDS = ("recipient", "line1", "line2", "postcode", "city", "country")

_LABELS: Mapping[str, str] = {
    "email": "E-mail",
    "recipient": "Name",
    "line1": "Street and number",
    "line2": "Addition",
    "postcode": "Postcode",
    "city": "City",
    "country": "Country",
    "note": "Note for us",
}


class FieldWrong(Invalid):
    """A field of the form is empty or cannot be used as it is."""

    code = "field_wrong"

    def __init__(self, field: str) -> None:
        super().__init__(
            f"“{_LABELS.get(field, field)}” is missing or not right.",
            hint="Look at the marked field.",
            field=field,
        )


def read_address(typed: Mapping[str, str]) -> PostalAddress:
    """Return the address that was typed; FieldWrong names the first field that is not right."""
    try:
        return PostalAddress(**{field: typed[field] for field in FIELDS})
    except ValidationError as error:
        raise FieldWrong(str(error.errors()[0]["loc"][-1])) from error


async def countries(desk: FrontDesk, language: str) -> list[tuple[str, str]]:
    """Return the countries that the shop delivers to, code and name, by name."""
    names = {str(code): str(name) for code, name in known_locale(language).territories.items()}
    site = await desk.site.site()
    codes = {code for method in site.shipping_methods for code in method.countries}
    if ANYWHERE in codes:
        # The tables hold continents too, as numbers.
        codes = {code for code in names if code.isalpha()}
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])
