"""The written shape of the settings, and of the JSON that they hold.

Values are frozen: `Site` is what other features read.
"""

from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

ANYWHERE = "*"


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone of the IANA list")
    return name


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
CountryOrAnywhere = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
TimeZone = Annotated[str, AfterValidator(_known_zone)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreAddress(_Value):
    """Where parcels come from, and what an invoice says about the seller."""

    company: str = Field(default="", max_length=120, description="Legal name of the seller.")
    line1: str = Field(default="", max_length=120)
    line2: str = Field(default="", max_length=120)
    postcode: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=120)
    country: Country = "DE"
    tax_number: str = Field(default="", max_length=40, description="VAT number, if any.")


class WeightStep(_Value):
    """What delivery costs for parcels up to a weight."""

    up_to_g: int = Field(gt=0, le=1_000_000, description="Grams, inclusive.")
    price_minor: int = Field(ge=0, description="Minor units of the site's currency, as charged.")


class ShippingMethod(_Value):
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
        default=None, ge=0, description="Goods worth this much or more are delivered free."
    )
    p50_days: int = Field(ge=0, le=90)
    p90_days: int = Field(ge=0, le=90)

    @model_validator(mode="after")
    def _in_order(self) -> "ShippingMethod":
        weights = [step.up_to_g for step in self.steps]
        if weights != sorted(set(weights)):
            raise ValueError("steps must rise in weight")
        if self.p90_days < self.p50_days:
            raise ValueError("p90_days must not be below p50_days")
        return self

    def delivers_to(self, country: str) -> bool:
        """Tell whether this method serves a country (ISO 3166 alpha-2)."""
        return country in self.countries or ANYWHERE in self.countries


class TaxRate(_Value):
    """The standard rate of value added tax in a country."""

    country: CountryOrAnywhere = Field(description='ISO 3166 alpha-2, or "*" for all others.')
    name: str = Field(default="VAT", max_length=40, description="As it stands on the bill.")
    basis_points: int = Field(ge=0, le=10_000, description="Hundredths of a percent: 1900 is 19 %.")


class Site(_Value):
    """All settings of the shop, as other features read them."""

    version: int
    name: str = Field(min_length=1, max_length=60)
    primary_colour: Colour
    secondary_colour: Colour
    accent_colour: Colour
    currency: Currency
    languages: tuple[Language, ...] = Field(min_length=1, description="On offer, default first.")
    time_zone: TimeZone
    support_email: str = Field(max_length=254)
    prices_include_tax: bool = Field(description="Catalogue prices are what the customer pays.")
    store_address: StoreAddress
    shipping_methods: tuple[ShippingMethod, ...]
    tax_rates: tuple[TaxRate, ...]

    @property
    def language(self) -> str:
        """Return the default language."""
        return self.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        """Return the shop's time zone."""
        return ZoneInfo(self.time_zone)

    def shipping_to(self, country: str) -> tuple[ShippingMethod, ...]:
        """Return the methods that serve a country, in the order of the settings."""
        return tuple(method for method in self.shipping_methods if method.delivers_to(country))

    def tax_rate(self, country: str) -> TaxRate | None:
        """Return the rate of a country, else that of all others, else None: no tax."""
        by_country = {rate.country: rate for rate in self.tax_rates}
        return by_country.get(country) or by_country.get(ANYWHERE)


class SiteChange(_Value):
    """A new state of the settings, made from the version that `version` names."""

    version: int = Field(description="The version that the change was made from.")
    name: str = Field(min_length=1, max_length=60)
    primary_colour: Colour
    secondary_colour: Colour
    accent_colour: Colour
    languages: tuple[Language, ...] = Field(min_length=1)
    time_zone: TimeZone
    support_email: str = Field(max_length=254)
    store_address: StoreAddress
    shipping_methods: tuple[ShippingMethod, ...]
    tax_rates: tuple[TaxRate, ...]
