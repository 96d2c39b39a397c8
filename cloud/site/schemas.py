"""The written shape of the settings, and of the JSON that they hold.

Values are frozen: `Site` is what other features read.
"""

from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cloud.foundation.conversion import Conversion
from cloud.foundation.words import N_
from cloud.site.currencies import CurrencyOffer
from cloud.site.errors import CurrencyNotOffered
from cloud.site.gift_offers import GiftOffers
from cloud.site.left_cart_mails import LeftCartMails
from cloud.site.presence import Contacts, InvoiceFacts, Seo, SocialLink
from cloud.site.values import Country, Currency, OwnAddress, Value

ANYWHERE = "*"


# Listing them walks the whole folder of zones.
_zones = cache(available_timezones)


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is no time zone of the IANA list")
    return name


CountryOrAnywhere = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
TaxKind = Literal["standard", "reduced", "zero"]
PostcodeStart = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{1,12}$")]
TimeZone = Annotated[str, AfterValidator(_known_zone)]


class StoreAddress(Value):
    """Where parcels come from, and what an invoice says about the seller."""

    company: str = Field(default="", max_length=120, description="Legal name of the seller.")
    line1: str = Field(default="", max_length=120)
    line2: str = Field(default="", max_length=120)
    postcode: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=120)
    country: Country = "DE"
    tax_number: str = Field(default="", max_length=40, description="VAT number, if any.")


class WeightStep(Value):
    """What delivery costs for parcels up to a weight."""

    up_to_g: int = Field(gt=0, le=1_000_000, description="Grams, inclusive.")
    price_minor: int = Field(
        ge=0, le=10**12, description="Minor units of the site's currency, as charged."
    )


class ShippingMethod(Value):
    """One way to deliver, for some countries, by weight.

    Days are calendar days from the moment of payment to the door, handling included:
    half of the parcels arrive within `p50_days`, nine of ten within `p90_days`.
    """

    code: str = Field(pattern=r"^[a-z0-9-]{1,40}$", description="Stable name; orders keep it.")
    name: str = Field(min_length=1, max_length=80)
    countries: tuple[CountryOrAnywhere, ...] = Field(
        min_length=1, description='ISO 3166 alpha-2 codes, or "*" for every country.'
    )
    steps: tuple[WeightStep, ...] = Field(
        min_length=1, description="By rising weight; heavier than the last is not delivered."
    )
    free_from_minor: int | None = Field(
        default=None,
        ge=0,
        le=10**12,
        description="Goods worth this much or more are delivered free.",
    )
    p50_days: int = Field(ge=0, le=90)
    p90_days: int = Field(ge=0, le=90)
    postcodes: tuple[PostcodeStart, ...] = Field(
        default=(), max_length=200, description="Beginnings of the postcodes served; none: all."
    )
    not_postcodes: tuple[PostcodeStart, ...] = Field(
        default=(), max_length=200, description="Beginnings of those left out: islands."
    )
    cut_off_hour: int | None = Field(
        default=None, ge=0, le=23, description="Paid from this hour on, it leaves a day later."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "ShippingMethod":
        weights = [step.up_to_g for step in self.steps]
        if weights != sorted(set(weights)):
            raise ValueError(N_("The weights must rise from line to line."))
        if self.p90_days < self.p50_days:
            raise ValueError(N_("Nine of ten cannot arrive before half of them do."))
        return self

    def converted(self, conversion: Conversion) -> "ShippingMethod":
        """Return the method with its amounts in another currency."""
        steps = tuple(
            step.model_copy(update={"price_minor": conversion.minor(step.price_minor)})
            for step in self.steps
        )
        free = self.free_from_minor
        update = {
            "steps": steps,
            "free_from_minor": None if free is None else conversion.minor(free),
        }
        return self.model_copy(update=update)

    def delivers_to(self, country: str, postcode: str = "") -> bool:
        """Tell whether this method serves a country (ISO 3166 alpha-2) and a postcode in it.

        A postcode that is not known yet ("") is taken as one that is served.
        """
        if country not in self.countries and ANYWHERE not in self.countries:
            return False
        start = "".join(postcode.split()).upper()
        if not start:
            return True
        is_in = not self.postcodes or start.startswith(self.postcodes)
        return is_in and not start.startswith(self.not_postcodes)


class TaxRate(Value):
    """A rate of value added tax in a country, for one kind of goods."""

    country: CountryOrAnywhere = Field(description='ISO 3166 alpha-2, or "*" for all others.')
    kind: TaxKind = Field(default="standard", description="The kind of goods it is for.")
    name: str = Field(default="VAT", max_length=40, description="As it stands on the bill.")
    basis_points: int = Field(ge=0, le=10_000, description="Hundredths of a percent: 1900 is 19 %.")


class SiteFields(Value):
    """What staff may change."""

    name: str = Field(min_length=1, max_length=60)
    primary_colour: Colour
    secondary_colour: Colour
    accent_colour: Colour
    languages: tuple[Language, ...] = Field(
        min_length=1, max_length=20, description="On offer, default first."
    )
    time_zone: TimeZone
    support_email: str = Field(max_length=254)
    store_address: StoreAddress
    shipping_methods: tuple[ShippingMethod, ...] = Field(max_length=100)
    tax_rates: tuple[TaxRate, ...] = Field(max_length=300)
    logo_url: OwnAddress = ""
    favicon_url: OwnAddress = ""
    contacts: Contacts = Contacts()
    social_links: tuple[SocialLink, ...] = Field(default=(), max_length=12)
    seo: Seo = Seo()
    invoice_facts: InvoiceFacts = InvoiceFacts()
    is_closed: bool = Field(default=False, description="Only staff may come in.")
    closed_text: str = Field(
        default="", max_length=500, description='What customers read meanwhile; "" is our own.'
    )
    currencies: tuple[CurrencyOffer, ...] = Field(
        default=(), max_length=40, description="On offer beside the shop's own."
    )
    gift_cards: GiftOffers = GiftOffers()
    left_carts: LeftCartMails = LeftCartMails()

    @model_validator(mode="after")
    def _each_currency_once(self) -> "SiteFields":
        if len({one.currency for one in self.currencies}) < len(self.currencies):
            raise ValueError("a currency may be listed only once")
        return self


class Site(SiteFields):
    """All settings of the shop, as other features read them."""

    version: int
    currency: Currency
    prices_include_tax: bool = Field(description="Catalogue prices are what the customer pays.")

    @property
    def language(self) -> str:
        """Return the default language."""
        return self.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        """Return the shop's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def offered_currencies(self) -> tuple[str, ...]:
        """Return the currencies that visitors may choose, the shop's own first."""
        return (self.currency, *(one.currency for one in self.currencies))

    def conversion_to(self, currency: str | None) -> Conversion | None:
        """Return how prices become those of a currency; None for the shop's own, or for None.

        Raises CurrencyNotOffered.
        """
        if currency is None or currency == self.currency:
            return None
        for one in self.currencies:
            if one.currency == currency:
                return one.conversion(self.currency)
        raise CurrencyNotOffered(currency)

    def in_currency(self, currency: str | None) -> "Site":
        """Return the settings with every amount in a currency; raises CurrencyNotOffered."""
        conversion = self.conversion_to(currency)
        if conversion is None:
            return self
        methods = tuple(method.converted(conversion) for method in self.shipping_methods)
        update = {"currency": conversion.currency, "shipping_methods": methods}
        return self.model_copy(update=update)

    def shipping_to(self, country: str, postcode: str = "") -> tuple[ShippingMethod, ...]:
        """Return the methods that serve a country and postcode, in the order of the settings."""
        return tuple(
            method for method in self.shipping_methods if method.delivers_to(country, postcode)
        )

    def tax_rate(self, country: str, kind: str = "standard") -> TaxRate | None:
        """Return the rate that goods of a kind bear in a country; None: no tax.

        A country that is not listed goes with all others ("*"). One without a reduced rate taxes
        such goods like any other; what bears the zero rate bears it everywhere.
        """
        rates: dict[tuple[str, str], TaxRate] = {
            (rate.country, rate.kind): rate for rate in self.tax_rates
        }
        place = country if any(rate.country == country for rate in self.tax_rates) else ANYWHERE
        if found := rates.get((place, kind)):
            return found
        usual = rates.get((place, "standard"))
        return usual.model_copy(update={"basis_points": 0}) if usual and kind == "zero" else usual


class SiteChange(SiteFields):
    """A new state of the settings, made from the version that `version` names."""

    version: int = Field(ge=1, lt=2**63, description="The version that the change was made from.")
