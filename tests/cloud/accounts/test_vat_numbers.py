"""VAT numbers: read from what people type, refused with an example when they cannot be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.accounts.errors import VatNumberWrong
from cloud.accounts.vat_digits import CHECKS
from cloud.accounts.vat_numbers import UNION, read_vat_number

# Published by the firms themselves or by their tax office as examples.
GOOD = (
    "ATU13585627", "BE0428759497", "BG175074752", "CY10259033P", "CZ25123891", "DE136695976",
    "DK13585628", "EE100931558", "ESB58378431", "FI20774740", "FR40303265045", "EL094259216",
    "HR33392005961", "HU12892312", "IE6433435F", "IE8D79739I", "IT00743110157", "LT119511515",
    "LT100001919017", "LU15027442", "LV40003521600", "MT11679112", "NL004495445B01",
    "PL8567346215", "PT501964843", "RO18547290", "SE123456789701", "SI50223054", "SK2022749619",
)  # fmt: skip


def test_every_country_of_the_union_has_a_form_and_a_check() -> None:
    assert set(CHECKS) == UNION
    assert len(UNION) == 27


@pytest.mark.parametrize("number", GOOD)
def test_a_number_in_force_is_read(number: str) -> None:
    assert str(read_vat_number(number)) == number


@pytest.mark.parametrize("number", GOOD)
def test_another_last_digit_is_refused(number: str) -> None:
    at = max(at for at, sign in enumerate(number) if sign.isdigit())
    if number.startswith(("NL", "SE")):
        # Their last two count a firm's branches; the check digit stands before.
        at = {"NL": 10, "SE": 11}[number[:2]]
    wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]

    with pytest.raises(VatNumberWrong):
        read_vat_number(wrong)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" de 136 695-976 ", "DE136695976"),
        ("be 428.759.497", "BE0428759497"),
        ("GR094259216", "EL094259216"),
    ],
)
def test_it_may_be_typed_with_blanks_and_by_the_old_rules(typed: str, read: str) -> None:
    assert str(read_vat_number(typed)) == read


def test_greece_is_a_country_by_its_iso_name() -> None:
    number = read_vat_number("EL094259216")

    assert number is not None
    assert (number.country, number.prefix) == ("GR", "EL")


@pytest.mark.parametrize("typed", ["", "  ", " - "])
def test_blanks_are_no_number(typed: str) -> None:
    assert read_vat_number(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "136695976",
        "US123456789",
        "DE",
        "DE\u0663\u0666\u0669\u0665\u0669\u0667\u0666\u0661\u0661",
        "GB980780684",
    ],
)
def test_what_is_none_of_the_union_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(VatNumberWrong) as refusal:
        read_vat_number(typed)

    assert refusal.value.example in GOOD


@given(st.sampled_from(sorted(UNION)), st.text("0123456789ABCDEFXYZ+*B", max_size=14))
def test_whatever_is_typed_is_read_or_refused(country: str, rest: str) -> None:
    try:
        number = read_vat_number(country + rest)
    except VatNumberWrong:
        return

    assert read_vat_number(str(number)) == number
