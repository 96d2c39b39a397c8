"""Amounts of money: whole minor units with their currency. Pure arithmetic, no formatting."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from cloud.foundation.errors import CloudError

# ISO 4217, table A.1: every currency that is not listed has two decimals.
_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_CODE = re.compile(r"[A-Z]{3}")


class MixedCurrency(CloudError):
    """Two amounts of different currencies met in one calculation."""

    code = "mixed_currency"

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            f"Amounts in {left} and {right} cannot be combined.",
            hint="Use one currency for the whole calculation.",
        )


def exponent_of(currency: str) -> int:
    """Return how many decimals a currency has: 0, 2 or 3 (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def rounded(value: Fraction) -> int:
    """Return the nearest whole number, a half going to the even neighbour."""
    return round(value)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (cents, yen, fils) of `currency` (ISO 4217, upper case).

    May be negative (a discount, a refund). Combining or comparing two currencies raises
    MixedCurrency; equality of two currencies is simply False.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("minor must be a whole number of minor units")
        if _CODE.fullmatch(self.currency) is None:
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, amount: str | Decimal, currency: str) -> "Money":
        """Return the amount written in major units ("12.90"); ValueError when not exact."""
        scaled = Decimal(amount).scaleb(exponent_of(currency))
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} is not a whole number of minor units of {currency}")
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        """Return the amount in major units, exact, with the currency's own decimals."""
        step = Decimal(1).scaleb(-exponent_of(self.currency))
        scaled = Decimal(self.minor).scaleb(-exponent_of(self.currency))
        return scaled.quantize(step, rounding=ROUND_HALF_EVEN)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, ratio: Fraction | Decimal) -> "Money":
        """Return the amount times a ratio, rounded once, half to even, to whole minor units."""
        return Money(rounded(self.minor * Fraction(ratio)), self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Return one part per weight, in order, in proportion; the parts add up exactly.

        Each part is rounded half to even; what rounding leaves over goes to the part with the
        largest weight (the first of equals). Weights are 0 or more and not all 0, else
        ValueError.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("weights must be 0 or more, and at least one above 0")
        parts = [rounded(Fraction(self.minor * weight, whole)) for weight in weights]
        parts[weights.index(max(weights))] += self.minor - sum(parts)
        return [Money(part, self.currency) for part in parts]

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise MixedCurrency(self.currency, other.currency)
        return other.minor


def total(amounts: Sequence[Money], currency: str) -> Money:
    """Return the sum of amounts in a currency; nothing for an empty list."""
    return sum(amounts, start=Money.zero(currency))
