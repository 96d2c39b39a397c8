"""The families of scents."""

from enum import StrEnum


class ScentFamily(StrEnum):
    """What a scent smells of first."""

    CITRUS = "citrus"
    FLORAL = "floral"
    FRUITY = "fruity"
    HERBAL = "herbal"
    FRESH = "fresh"
    WOODY = "woody"
    AMBER = "amber"
    SPICE = "spice"
    GOURMAND = "gourmand"
