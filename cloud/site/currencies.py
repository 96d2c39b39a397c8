"""The currencies on offer beside the shop's own."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from cloud.foundation.conversion import Conversion, Ending
from cloud.foundation.money import exponent_of
from cloud.site.values import Currency, Value

Rate = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=20, decimal_places=12)]


class CurrencyOffer(Value):
    """A currency that visitors may choose, and how prices become its prices."""

    currency: Currency
    rate: Rate = Field(description="Units of it for one unit of the shop's own currency.")
    rate_as_of: date = Field(description="The day the rate is of.")
    ending: Ending = Field(
        default=Ending.EXACT, description="What prices are rounded up to: exact, 90, 95 or 00."
    )

    @property
    def exponent(self) -> int:
        """Return how many decimals it has."""
        return exponent_of(self.currency)

    def conversion(self, main: str) -> Conversion:
        """Return how amounts of the shop's own currency become amounts of this one."""
        return Conversion.by_rate(main, self.currency, self.rate, self.ending)
