"""Tax by rate, as an invoice must state it: what was paid for what at which rate. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount with its tax inside, at a rate in hundredths of a percent."""

    gross_minor: int
    tax_minor: int
    basis_points: int


@dataclass(frozen=True, slots=True)
class RateSum:
    """All that was taxed at one rate."""

    basis_points: int
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """Return both together."""
        return self.net_minor + self.tax_minor


def by_rate(parts: Iterable[Taxed], gross_minor: int, tax_minor: int) -> tuple[RateSum, ...]:
    """Return the sums of each rate, the highest first; together exactly the two given amounts.

    What the parts do not explain (goodwill, a rest of rounding) goes to the rate with the most.
    """
    gross: dict[int, int] = {}
    tax: dict[int, int] = {}
    for part in parts:
        gross[part.basis_points] = gross.get(part.basis_points, 0) + part.gross_minor
        tax[part.basis_points] = tax.get(part.basis_points, 0) + part.tax_minor
    if not gross:
        gross, tax = {0: 0}, {0: 0}
    most = max(gross, key=lambda rate: (gross[rate], rate))
    gross[most] += gross_minor - sum(gross.values())
    tax[most] += tax_minor - sum(tax.values())
    return tuple(
        RateSum(rate, gross[rate] - tax[rate], tax[rate])
        for rate in sorted(gross, reverse=True)
        if gross[rate] or tax[rate]
    )
