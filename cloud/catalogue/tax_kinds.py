"""The kinds of goods that taxes tell apart."""

from enum import StrEnum


class TaxKind(StrEnum):
    """Which of a country's rates a product bears; which rate that is, the site's settings say."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
