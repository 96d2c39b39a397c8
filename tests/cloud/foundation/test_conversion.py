"""From the shop's own currency to another."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.conversion import MOST_MINOR, Conversion, Ending
from cloud.foundation.money import Money, exponent_of

CURRENCIES = ("EUR", "USD", "JPY", "KWD")
rates = st.decimals("0.000001", "1000000", places=6).filter(lambda rate: rate > 0)
prices = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("currency", "rate", "ending", "minor", "converted"),
    [
        ("USD", "1.0854", Ending.EXACT, 2890, 3137),
        ("USD", "1.0854", Ending.NINETY, 2890, 3190),
        ("USD", "1.0854", Ending.NINETY_FIVE, 2890, 3195),
        ("USD", "1.0854", Ending.ROUND, 2890, 3200),
        ("USD", "1.0", Ending.NINETY, 2890, 2890),
        ("USD", "1.0", Ending.NINETY, 2891, 2990),
        ("JPY", "163.5", Ending.EXACT, 2890, 4725),
        ("JPY", "163.5", Ending.NINETY, 2890, 4790),
        ("JPY", "163.5", Ending.ROUND, 2890, 4800),
        ("KWD", "0.3331", Ending.EXACT, 2890, 9630),
        ("KWD", "0.3331", Ending.NINETY, 2890, 9900),
        ("KWD", "0.3331", Ending.ROUND, 2890, 10_000),
        ("USD", "0.5", Ending.EXACT, 5, 2),
        ("USD", "0.5", Ending.EXACT, 7, 4),
        ("USD", "0.0001", Ending.EXACT, 1, 1),
        ("JPY", "163.5", Ending.NINETY, 0, 0),
    ],
)
def test_euros_become_other_money(
    currency: str, rate: str, ending: Ending, minor: int, converted: int
) -> None:
    conversion = Conversion.by_rate("EUR", currency, Decimal(rate), ending)

    assert conversion.money(Money(minor, "EUR")) == Money(converted, currency)


@given(st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES), rates, st.sampled_from(Ending))
def test_a_price_ends_as_the_rule_says(
    main: str, currency: str, rate: Decimal, ending: Ending
) -> None:
    conversion = Conversion.by_rate(main, currency, rate, ending)
    major = Money(conversion.minor(2890), currency).major

    if ending is not Ending.EXACT:
        whole = Decimal(100) if exponent_of(currency) == 0 else Decimal(1)
        assert major % whole == whole * Decimal(ending.value) / 100


@given(
    st.sampled_from(CURRENCIES),
    st.sampled_from(CURRENCIES),
    rates,
    st.sampled_from(Ending),
    prices,
    prices,
)
def test_a_price_is_never_below_its_worth_by_a_coin_nor_out_of_order(
    main: str, currency: str, rate: Decimal, ending: Ending, one: int, other: int
) -> None:
    conversion = Conversion.by_rate(main, currency, rate, ending)
    low, high = sorted((one, other))

    assert 0 <= conversion.minor(low) <= conversion.minor(high) < MOST_MINOR * 2
    worth = low * Fraction(conversion.factor)
    if 0 < worth < MOST_MINOR:
        assert worth - 1 < conversion.minor(low) <= worth + 1 + conversion.step
