"""From the shop's own currency to another, exact and the same every time. Pure.

The database has the same rule as `converted_minor`, for the shop's hot reads; a test holds the
two against each other.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cloud.foundation.money import Money, exponent_of, rounded

# Amounts beyond this are held to it, here and in the database, so that a whole cart of them still
# fits into 64 bits.
MOST_MINOR = 10**15
_COIN = 10  # three-decimal amounts must end in 0 to be charged (Stripe, "Three-decimal currencies")


class Ending(StrEnum):
    """What a converted price ends in: the last two digits before rounding was any finer.

    EXACT keeps what the rate gives. The others go up to the next price with that ending: of a
    currency with two or three decimals x.90, x.95 or x.00, of one without decimals …90, …95, …00.
    """

    EXACT = "exact"
    NINETY = "90"
    NINETY_FIVE = "95"
    ROUND = "00"


@dataclass(frozen=True, slots=True)
class Conversion:
    """How amounts of one currency become those of another, `currency`.

    `factor` is how many minor units of it one minor unit is worth. What that gives is rounded half
    to even, and then up to the next whole number n with `n % step == ending`.
    """

    currency: str
    factor: Decimal
    step: int = 1
    ending: int = 0

    @classmethod
    def by_rate(cls, main: str, currency: str, rate: Decimal, ending: Ending) -> "Conversion":
        """Return the conversion by a rate: so many units of a currency for one of the main one."""
        exponent = exponent_of(currency)
        factor = rate.scaleb(exponent - exponent_of(main))
        if ending is Ending.EXACT:
            return cls(currency, factor, _COIN if exponent == 3 else 1, 0)
        step = 10 ** max(exponent, 2)
        return cls(currency, factor, step, int(ending.value) * step // 100)

    def minor(self, minor: int) -> int:
        """Return an amount of 0 or more, in minor units; nothing stays nothing, and only that."""
        if minor == 0:
            return 0
        near = rounded(minor * Fraction(self.factor))
        near = min(max(near, 1), MOST_MINOR)
        return near + (self.ending - near) % self.step

    def money(self, amount: Money) -> Money:
        """Return an amount of the main currency in this one."""
        return Money(self.minor(amount.minor), self.currency)
