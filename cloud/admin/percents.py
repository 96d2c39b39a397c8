"""Shares as staff type them (12.5), and as services keep them (hundredths of a percent)."""

from decimal import Decimal, InvalidOperation

from cloud.admin.forms import FormWrong
from cloud.foundation.words import N_

_MOST = 10_000


def percent_of(basis_points: int | None) -> str | None:
    """Return hundredths of a percent as a percentage; None stays None."""
    return None if basis_points is None else f"{Decimal(basis_points) / 100:f}"


def basis_points_of(percent: str | None, field: str = "percent") -> int | None:
    """Return a typed percentage as hundredths of a percent; raises FormWrong for `field`."""
    if percent is None:
        return None
    try:
        points = Decimal(percent.replace(",", ".").removesuffix("%").strip()) * 100
        if points == points.to_integral_value() and 1 <= points <= _MOST:
            return int(points)
    except InvalidOperation:
        pass
    raise FormWrong({field: N_("Write a number up to 100, with two decimals at most.")})
