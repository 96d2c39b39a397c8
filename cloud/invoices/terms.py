"""How one buyer reads words, amounts, days and addresses. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_percent

from cloud.foundation.locale import format_date, format_money, known_locale
from cloud.foundation.money import Money
from cloud.foundation.words import say
from cloud.orders.schemas import BillingAddress, PostalAddress
from cloud.site.schemas import Site


@dataclass(frozen=True, slots=True)
class Terms:
    """One language and one currency."""

    language: str
    currency: str

    def say(self, text: str, **facts: object) -> str:
        """Return a text in the language."""
        return say(self.language, text, **facts)

    def money(self, minor: int) -> str:
        """Return an amount in minor units."""
        return format_money(Money(minor, self.currency), self.language)

    def day(self, day: date) -> str:
        """Return a calendar day."""
        return format_date(day, self.language, "long")

    def rate(self, basis_points: int) -> str:
        """Return a rate given in hundredths of a percent."""
        return str(
            format_percent(
                Decimal(basis_points) / 10_000,
                locale=known_locale(self.language),
                decimal_quantization=False,
            )
        )

    def country(self, code: str) -> str:
        """Return a country's name; the code itself for one that Babel does not know."""
        return str(known_locale(self.language).territories.get(code, code))

    def seller(self, site: Site) -> tuple[str, ...]:
        """Return who sells, line by line."""
        ours = site.store_address
        return _filled(
            ours.company or site.name,
            ours.line1,
            ours.line2,
            f"{ours.postcode} {ours.city}",
            self.country(ours.country) if ours.city else "",
            self._tax_number(ours.tax_number),
        )

    def address(self, place: PostalAddress) -> tuple[str, ...]:
        """Return an address, line by line."""
        company = place.company if isinstance(place, BillingAddress) else ""
        number = place.tax_number if isinstance(place, BillingAddress) else ""
        return _filled(
            company,
            place.recipient,
            place.line1,
            place.line2,
            f"{place.postcode} {place.city}",
            place.region,
            self.country(place.country),
            self._tax_number(number),
        )

    def _tax_number(self, number: str) -> str:
        return self.say("VAT number %(number)s", number=number) if number else ""


def _filled(*parts: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in parts) if part)
