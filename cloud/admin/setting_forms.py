"""The sections of the settings as forms: what each asks, and what it means to the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from cloud.admin.forms import Field, Form, FormWrong, Kind
from cloud.foundation.conversion import Ending
from cloud.foundation.money import Money
from cloud.foundation.words import N_
from cloud.site.currencies import CurrencyOffer
from cloud.site.gift_offers import GiftOffers
from cloud.site.left_cart_mails import LeftCartMails
from cloud.site.schemas import Site

_ADDRESS = ("company", "line1", "line2", "postcode", "city", "country", "tax_number")
_CONTACTS = ("phone", "hours")
_FACTS = ("bank", "iban", "bic", "register_entry")
_KINDS = ("standard", "reduced", "zero")


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the settings: `shown` makes a form's values, `meant` the settings' fields,
    given the settings as they are."""

    title: str
    form: Form
    shown: Callable[[Site], dict[str, Any]]
    meant: Callable[[Mapping[str, Any], Site], dict[str, Any]]


def _line(name: str, title: str, hint: str = "", *, required: bool = False) -> Field:
    return Field(name, title, hint=hint, required=required, empty="")


def _shop_shown(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "support_email": site.support_email,
        "time_zone": site.time_zone,
        **site.contacts.model_dump(),
        **site.store_address.model_dump(),
        **site.invoice_facts.model_dump(),
        "social_links": "\n".join(f"{one.name} {one.url}" for one in site.social_links),
        "seo_title": site.seo.title,
        "seo_description": site.seo.description,
    }


def _shop_meant(values: Mapping[str, Any], _site: Site) -> dict[str, Any]:
    return {
        **{name: values[name] for name in ("name", "support_email", "time_zone")},
        "contacts": {name: values[name] for name in _CONTACTS},
        "store_address": {name: values[name] for name in _ADDRESS},
        "invoice_facts": {name: values[name] for name in _FACTS},
        "social_links": _links(values["social_links"]),
        "seo": {"title": values["seo_title"], "description": values["seo_description"]},
    }


def _links(text: str) -> list[dict[str, str]]:
    links = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, url = line.rpartition(" ")
        if not name or not url.startswith("https://"):
            raise FormWrong({"social_links": N_("Write one a line: a name, then https://…")})
        links.append({"name": name.strip(), "url": url})
    return links


def _rates_shown(site: Site) -> dict[str, Any]:
    lines = (
        f"{rate.country} {rate.kind} {Decimal(rate.basis_points).scaleb(-2).normalize():f} "
        f"{rate.name}"
        for rate in site.tax_rates
    )
    return {"tax_rates": "\n".join(lines)}


def _rates_meant(values: Mapping[str, Any], _site: Site) -> dict[str, Any]:
    rates = [_rate(line) for line in values["tax_rates"].splitlines() if line.strip()]
    if len({(rate["country"], rate["kind"]) for rate in rates}) < len(rates):
        raise FormWrong({"tax_rates": N_("A country may have only one rate for a kind of goods.")})
    return {"tax_rates": rates}


def _rate(line: str) -> dict[str, Any]:
    parts = line.split(maxsplit=3)
    try:
        country, kind, percent = parts[:3]
        points = Decimal(percent.rstrip("%").replace(",", ".")).scaleb(2)
        if kind not in _KINDS or points != int(points) or not 0 <= points <= 10_000:
            raise ValueError(line)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise FormWrong({"tax_rates": N_("Write one a line, like: DE standard 19 VAT")}) from error
    name = parts[3] if len(parts) > 3 else "VAT"
    return {"country": country.upper(), "kind": kind, "basis_points": int(points), "name": name}


def _currencies_shown(site: Site) -> dict[str, Any]:
    lines = (
        f"{one.currency} {one.rate.normalize():f} {one.rate_as_of} {one.ending}"
        for one in site.currencies
    )
    return {"currencies": "\n".join(lines)}


def _currencies_meant(values: Mapping[str, Any], _site: Site) -> dict[str, Any]:
    lines = [line.split() for line in values["currencies"].splitlines() if line.strip()]
    names = [line[0].upper() for line in lines]
    if len(set(names)) < len(names):
        raise FormWrong({"currencies": N_("A currency may be listed only once.")})
    return {"currencies": [_currency(line) for line in lines]}


def _currency(words: list[str]) -> dict[str, Any]:
    try:
        currency, rate, day, ending = words if len(words) > 3 else [*words, Ending.EXACT.value]
        offer = CurrencyOffer(
            currency=currency.upper(),
            rate=Decimal(rate.replace(",", ".")),
            rate_as_of=date.fromisoformat(day),
            ending=Ending(ending),
        )
    except (ValueError, InvalidOperation) as error:
        wrong = N_("Write one a line, like: USD 1.0854 2026-11-20 90")
        raise FormWrong({"currencies": wrong}) from error
    return offer.model_dump(mode="json")


def _cards_shown(site: Site) -> dict[str, Any]:
    offers = site.gift_cards

    def major(minor: int) -> str:
        return f"{Money(minor, site.currency).major}"

    return {
        "is_on_sale": offers.is_on_sale,
        "amounts": " ".join(major(one) for one in offers.amounts_minor),
        "is_free_amount": offers.is_free_amount,
        "least": major(offers.least_minor),
        "most": major(offers.most_minor),
    }


def _cards_meant(values: Mapping[str, Any], site: Site) -> dict[str, Any]:
    def minor(field: str, text: str) -> int:
        try:
            return Money.parse(text.replace(",", "."), site.currency).minor
        except (ValueError, ArithmeticError) as error:
            raise FormWrong({field: N_("Write amounts like 25 or 12.50.")}) from error

    words = str(values["amounts"]).split()
    meant = {
        "is_on_sale": values["is_on_sale"],
        "amounts_minor": [minor("amounts", one) for one in words],
        "is_free_amount": values["is_free_amount"],
        "least_minor": minor("least", str(values["least"])),
        "most_minor": minor("most", str(values["most"])),
    }
    try:
        return {"gift_cards": GiftOffers.model_validate(meant).model_dump(mode="json")}
    except ValidationError as error:
        wrong = N_("Write one to eight amounts, all between the smallest and the largest.")
        raise FormWrong({"amounts": wrong}) from error


def _left_shown(site: Site) -> dict[str, Any]:
    return site.left_carts.model_dump()


def _left_meant(values: Mapping[str, Any], _site: Site) -> dict[str, Any]:
    try:
        return {"left_carts": LeftCartMails.model_validate(dict(values)).model_dump(mode="json")}
    except ValidationError as error:
        raise FormWrong({"after_hours": N_("Write a number from 2 to 72.")}) from error


def _plain(values: Mapping[str, Any], _site: Site) -> dict[str, Any]:
    return dict(values)


def _same(*names: str) -> Callable[[Site], dict[str, Any]]:
    return lambda site: {name: getattr(site, name) for name in names}


SECTIONS: Mapping[str, Section] = {
    "shop": Section(
        N_("Shop"),
        Form(
            (
                _line("name", N_("Name of the shop"), required=True),
                _line("support_email", N_("E-mail for customers")),
                _line("phone", N_("Telephone")),
                _line("hours", N_("When somebody answers")),
                _line("time_zone", N_("Time zone"), N_("Like Europe/Berlin."), required=True),
                _line("company", N_("Legal name of the seller")),
                _line("line1", N_("Street and number")),
                _line("line2", N_("Address, second line")),
                _line("postcode", N_("Postcode")),
                _line("city", N_("City")),
                _line("country", N_("Country"), N_("Two letters, like DE."), required=True),
                _line("tax_number", N_("VAT number")),
                _line("register_entry", N_("Trade register")),
                _line("bank", N_("Bank")),
                _line("iban", N_("IBAN"), N_("Without spaces.")),
                _line("bic", N_("BIC")),
                Field(
                    "social_links",
                    N_("Links to social networks"),
                    Kind.AREA,
                    hint=N_("One a line: a name, then its address."),
                    required=False,
                    empty="",
                    attributes={"rows": "3"},
                ),
                _line("seo_title", N_("Title for search engines")),
                _line("seo_description", N_("Description for search engines")),
            )
        ),
        _shop_shown,
        _shop_meant,
    ),
    "look": Section(
        N_("Look"),
        Form(
            (
                Field("primary_colour", N_("Main colour"), Kind.COLOUR),
                Field("secondary_colour", N_("Second colour"), Kind.COLOUR),
                Field("accent_colour", N_("Accent colour"), Kind.COLOUR),
                _line("logo_url", N_("Logo"), N_("Address of a picture of this shop: /files/…")),
                _line("favicon_url", N_("Icon in the browser's tab")),
            )
        ),
        _same("primary_colour", "secondary_colour", "accent_colour", "logo_url", "favicon_url"),
        _plain,
    ),
    "languages": Section(
        N_("Languages"),
        Form(
            (
                Field(
                    "languages",
                    N_("Languages on offer"),
                    Kind.WORDS,
                    hint=N_("Two letters each, with commas; the first is the default."),
                ),
            )
        ),
        _same("languages"),
        _plain,
    ),
    "taxes": Section(
        N_("Taxes"),
        Form(
            (
                Field(
                    "tax_rates",
                    N_("Rates"),
                    Kind.AREA,
                    hint=N_(
                        "One a line: country, kind (standard, reduced, zero), percent, and its "
                        "name on the bill. * is every country that is not listed."
                    ),
                    required=False,
                    empty="",
                    attributes={"rows": "14", "spellcheck": "false"},
                ),
            )
        ),
        _rates_shown,
        _rates_meant,
    ),
    "currencies": Section(
        N_("Currencies"),
        Form(
            (
                Field(
                    "currencies",
                    N_("Currencies on offer beside the shop's own"),
                    Kind.AREA,
                    hint=N_(
                        "One a line: currency, how many of it are worth one of the shop's own, the "
                        "day of that rate, and what prices end in: exact, 90, 95 or 00."
                    ),
                    required=False,
                    empty="",
                    attributes={"rows": "8", "spellcheck": "false"},
                ),
            )
        ),
        _currencies_shown,
        _currencies_meant,
    ),
    "gift-cards": Section(
        N_("Gift cards"),
        Form(
            (
                Field("is_on_sale", N_("Gift cards are sold"), Kind.FLAG),
                Field(
                    "amounts",
                    N_("Amounts on offer"),
                    hint=N_("In the shop's own currency, with spaces between."),
                ),
                Field("is_free_amount", N_("Buyers may choose another amount"), Kind.FLAG),
                Field("least", N_("Smallest amount")),
                Field("most", N_("Largest amount")),
            )
        ),
        _cards_shown,
        _cards_meant,
    ),
    "left-carts": Section(
        N_("Left carts"),
        Form(
            (
                Field(
                    "is_on",
                    N_("Remind those who agreed of the cart they left"),
                    Kind.FLAG,
                    hint=N_(
                        "One mail a cart and one a month to a person; never while the shop is "
                        "closed."
                    ),
                ),
                Field(
                    "after_hours",
                    N_("Hours that a cart rests first"),
                    Kind.NUMBER,
                    attributes={"min": "2", "max": "72"},
                ),
            )
        ),
        _left_shown,
        _left_meant,
    ),
    "closing": Section(
        N_("Closing"),
        Form(
            (
                Field(
                    "is_closed",
                    N_("Closed for customers"),
                    Kind.FLAG,
                    hint=N_(
                        "Staff, hubs and the payment service still come in, and an order that is "
                        "being paid can be finished."
                    ),
                ),
                Field(
                    "closed_text",
                    N_("What customers read"),
                    Kind.AREA,
                    required=False,
                    empty="",
                    attributes={"rows": "3", "maxlength": "500"},
                ),
            )
        ),
        _same("is_closed", "closed_text"),
        _plain,
    ),
}
