"""How fast a device really uses oil, beside what its model's data say; pure arithmetic."""

import math
from dataclasses import dataclass

Z90 = 1.645
"""Half width of a 90 % band in standard deviations."""

LEARN_FROM = 3.0
"""A fall teaches the rate once it is this many times the error of a reading."""

FIRST_SPREAD = 0.3
"""Before any evidence the truth lies between 0.6 and 1.6 times the data in nine of ten cases.
Assumed: makers state one number for all scents, and oils differ in thickness."""

_LEAST_SPREAD = 0.05
_DRIFT = 0.02
_LEAST_FACTOR, _GREATEST_FACTOR = 0.02, 1e5


@dataclass(frozen=True, slots=True)
class Rate:
    """True use over use by data, and the standard deviation of that factor's logarithm."""

    factor: float = 1.0
    spread: float = FIRST_SPREAD

    def after_fall(self, fall_ul: float, use_by_data_ul: float, error_ul: float) -> "Rate":
        """Weigh what was believed against a fall seen, both on a logarithmic scale.

        `error_ul` is the half width of the band of one reading; two of them make a fall. What
        lies far outside of both was no noise: the device differs from its data, and the fall
        alone counts.
        """
        seen = max(fall_ul, error_ul / 2) / use_by_data_ul
        noise = error_ul * math.sqrt(2) / Z90 / max(fall_ul, error_ul)
        spread = math.hypot(self.spread, _DRIFT)
        both = math.hypot(spread, noise)
        surprise = math.log(seen / self.factor)
        if abs(surprise) > 3 * both:
            return _bounded(seen, noise)
        weight = spread**2 / both**2
        return _bounded(self.factor * math.exp(weight * surprise), spread * math.sqrt(1 - weight))


def _bounded(factor: float, spread: float) -> Rate:
    return Rate(
        min(max(factor, _LEAST_FACTOR), _GREATEST_FACTOR),
        min(max(spread, _LEAST_SPREAD), FIRST_SPREAD),
    )
