"""Postcodes by country: how they are written, from what the postal services publish."""

import re
from collections.abc import Mapping

from cloud.accounts.errors import PostcodeWrong

_FOUR, _FIVE, _SIX = r"\d{4}", r"\d{5}", r"\d{6}"

# Blanks and capitals are made equal before. A country that is not here may write what it likes.
_WRITTEN: Mapping[str, tuple[str, str]] = {
    "AT": (_FOUR, "1010"),
    "AU": (_FOUR, "2000"),
    "BE": (_FOUR, "1000"),
    "BG": (_FOUR, "1000"),
    "BR": (r"\d{5}-?\d{3}", "01310-100"),
    "CA": (r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d", "K1A 0B1"),
    "CH": (_FOUR, "8001"),
    "CZ": (r"\d{3} ?\d{2}", "110 00"),
    "DE": (_FIVE, "10115"),
    "DK": (_FOUR, "1050"),
    "EE": (_FIVE, "10111"),
    "ES": (_FIVE, "28001"),
    "FI": (_FIVE, "00100"),
    "FR": (_FIVE, "75001"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "GR": (r"\d{3} ?\d{2}", "104 31"),
    "HR": (_FIVE, "10000"),
    "HU": (_FOUR, "1011"),
    "IN": (r"\d{3} ?\d{3}", "110001"),
    "IT": (_FIVE, "00118"),
    "JP": (r"\d{3}-?\d{4}", "100-0001"),
    "LI": (_FOUR, "9490"),
    "LT": (r"(LT-)?\d{5}", "01100"),
    "LU": (r"(L-)?\d{4}", "1111"),
    "LV": (r"(LV-)?\d{4}", "LV-1050"),
    "MX": (_FIVE, "06000"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 AB"),
    "NO": (_FOUR, "0150"),
    "NZ": (_FOUR, "6011"),
    "PL": (r"\d{2}-?\d{3}", "00-001"),
    "PT": (r"\d{4}-?\d{3}", "1000-001"),
    "RO": (_SIX, "010011"),
    "SE": (r"\d{3} ?\d{2}", "111 20"),
    "SG": (_SIX, "018956"),
    "SI": (r"(SI-)?\d{4}", "1000"),
    "SK": (r"\d{3} ?\d{2}", "811 01"),
    "US": (r"\d{5}(-\d{4})?", "10001"),
}


def clean_postcode(country: str, postcode: str) -> str:
    """Return a postcode with single blanks and capitals; PostcodeWrong if it cannot be one there.

    `country` is ISO 3166 alpha-2.
    """
    cleaned = " ".join(postcode.upper().split())
    written = _WRITTEN.get(country)
    if written is not None and re.fullmatch(written[0], cleaned, re.ASCII) is None:
        raise PostcodeWrong(written[1])
    return cleaned
