"""The rates a new shop starts with, held against what was published elsewhere."""

from cloud.site.seed import standard_rates

# Standard rates in percent on 1 January 2026, from lists other than ours: newcraft.dev/
# vat-rates-eu-countries (December 2025) and mindlink.lv/useful/vat-rates-in-eu, which agree but
# for the two raises in between (EE in July, RO in August 2025).
PERCENT = {
    "AT": 20, "BE": 21, "BG": 20, "CY": 19, "CZ": 21, "DE": 19, "DK": 25, "EE": 24, "ES": 21,
    "FI": 25.5, "FR": 20, "GR": 24, "HR": 25, "HU": 27, "IE": 23, "IT": 22, "LT": 21, "LU": 17,
    "LV": 21, "MT": 18, "NL": 21, "PL": 23, "PT": 23, "RO": 21, "SE": 25, "SI": 22, "SK": 23,
}  # fmt: skip


def test_every_member_state_has_its_standard_rate() -> None:
    assert standard_rates() == {code: round(rate * 100) for code, rate in PERCENT.items()}
