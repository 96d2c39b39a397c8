"""VAT numbers of firms in the EU: read from what people type, their form and digits checked.

Whether a number is in force only its country knows: that is asked at VIES, not here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cloud.accounts.errors import VatNumberWrong
from cloud.accounts.vat_digits import CHECKS

# As the European Commission's VIES describes them (question 11 of its FAQ); an example beside.
_WRITTEN: Mapping[str, tuple[str, str]] = {
    "AT": (r"U\d{8}", "ATU13585627"),
    "BE": (r"[01]\d{9}", "BE0428759497"),
    "BG": (r"\d{9,10}", "BG175074752"),
    "CY": (r"\d{8}[A-Z]", "CY10259033P"),
    "CZ": (r"[0-8]\d{7}|\d{9,10}", "CZ25123891"),
    "DE": (r"[1-9]\d{8}", "DE136695976"),
    "DK": (r"[1-9]\d{7}", "DK13585628"),
    "EE": (r"\d{9}", "EE100931558"),
    "ES": (r"[0-9A-HJ-NP-SU-Z]\d{7}[0-9A-Z]", "ESB58378431"),
    "FI": (r"\d{8}", "FI20774740"),
    "FR": (r"[0-9A-HJ-NP-Z]{2}\d{9}", "FR40303265045"),
    "GR": (r"\d{9}", "EL094259216"),
    "HR": (r"\d{11}", "HR33392005961"),
    "HU": (r"\d{8}", "HU12892312"),
    "IE": (r"\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W]", "IE6433435F"),
    "IT": (r"\d{11}", "IT00743110157"),
    "LT": (r"\d{9}|\d{12}", "LT119511515"),
    "LU": (r"\d{8}", "LU15027442"),
    "LV": (r"\d{11}", "LV40003521600"),
    "MT": (r"[1-9]\d{7}", "MT11679112"),
    "NL": (r"\d{9}B(?!00)\d{2}", "NL004495445B01"),
    "PL": (r"\d{10}", "PL8567346215"),
    "PT": (r"[1-9]\d{8}", "PT501964843"),
    "RO": (r"[1-9]\d{1,9}", "RO18547290"),
    "SE": (r"\d{12}", "SE123456789701"),
    "SI": (r"[1-9]\d{7}", "SI50223054"),
    "SK": (r"\d{10}", "SK2022749619"),
}

UNION = frozenset(_WRITTEN)
_ANY = "DE136695976"


@dataclass(frozen=True, slots=True)
class VatNumber:
    """A number that can be one. `country` is ISO 3166 alpha-2 (Greece: GR), `national` the rest."""

    country: str
    national: str

    @property
    def prefix(self) -> str:
        """Return the letters that stand before it: the country's, but EL for Greece."""
        return "EL" if self.country == "GR" else self.country

    def __str__(self) -> str:
        """Return it as it stands on an invoice, without blanks."""
        return self.prefix + self.national


def read_vat_number(typed: str) -> VatNumber | None:
    """Return the number that somebody typed with its country's letters; None for blanks.

    Blanks, dots and hyphens do not count. VatNumberWrong for what is no VAT number of the EU.
    """
    letters = re.sub(r"[\s.\-/]", "", typed).upper()
    if not letters:
        return None
    country = "GR" if letters[:2] == "EL" else letters[:2]
    if country not in _WRITTEN:
        raise VatNumberWrong(_ANY)
    form, example = _WRITTEN[country]
    national = letters[2:]
    if country == "BE" and len(national) == 9:
        # Written before 2008, when a zero came in front.
        national = "0" + national
    if re.fullmatch(form, national, re.ASCII) is None or not CHECKS[country](national):
        raise VatNumberWrong(example)
    return VatNumber(country, national)
