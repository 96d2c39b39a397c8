"""Postal addresses as people type them into a form: read, refused in words, shown again."""

from collections.abc import Mapping

from pydantic import ValidationError

from cloud.foundation.errors import Invalid
from cloud.foundation.locale import known_locale
from cloud.foundation.words import N_, Phrase
from cloud.orders.schemas import PostalAddress
from cloud.site.schemas import ANYWHERE
from cloud.storefront.front_desk import FrontDesk

FIELDS = ("recipient", "line1", "line2", "postcode", "city", "country")

_LONGEST_NAME = 120
# The firm at an address; both may be empty.
FIRM_FIELDS = ("company", "vat_number")

_LABELS: Mapping[str, str] = {
    "email": N_("E-mail"),
    "recipient": N_("Name"),
    "line1": N_("Street and number"),
    "line2": N_("Addition"),
    "postcode": N_("Postcode"),
    "city": N_("City"),
    "country": N_("Country"),
    "note": N_("Note for us"),
    "company": N_("Company"),
    "vat_number": N_("VAT number"),
    "recipient_name": N_("Recipient's name"),
    "recipient_email": N_("Recipient's e-mail"),
    "sender_name": N_("Your name"),
    "message": N_("Message"),
    "deliver_on": N_("Day it goes out"),
    "amount_minor": N_("Amount"),
}


class FieldWrong(Invalid):
    """A field of the form is empty or cannot be used as it is."""

    code = "field_wrong"

    def __init__(self, field: str) -> None:
        super().__init__(
            Phrase("“%(field)s” is missing or not right.", field=_LABELS.get(field, field)),
            hint="Look at the marked field.",
            field=field,
        )


def read_address(typed: Mapping[str, str]) -> PostalAddress:
    """Return the address that was typed; FieldWrong names the first field that is not right."""
    try:
        return PostalAddress(**{field: typed[field] for field in FIELDS})
    except ValidationError as error:
        raise FieldWrong(str(error.errors()[0]["loc"][-1])) from error


def read_company(typed: Mapping[str, str]) -> str:
    """Return the name of a firm that was typed, "" for none; FieldWrong when it is too long."""
    name = typed["company"].strip()
    if len(name) > _LONGEST_NAME or "\0" in name:
        raise FieldWrong("company")
    return name


async def countries(desk: FrontDesk, language: str) -> list[tuple[str, str]]:
    """Return the countries that the shop delivers to, code and name, by name."""
    names = {str(code): str(name) for code, name in known_locale(language).territories.items()}
    site = await desk.site.site()
    codes = {code for method in site.shipping_methods for code in method.countries}
    if ANYWHERE in codes:
        # The tables hold continents too, as numbers.
        codes = {code for code in names if code.isalpha()}
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])
