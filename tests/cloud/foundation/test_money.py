"""The algebra of money."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.locale import best_language, format_money
from cloud.foundation.money import MixedCurrency, Money, exponent_of, total

MINORS = st.integers(-(10**12), 10**12)
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any)


@given(MINORS, CURRENCIES, WEIGHTS)
def test_parts_of_a_split_add_up_exactly(minor, currency, weights):
    amount = Money(minor, currency)

    parts = amount.split(weights)

    assert total(parts, currency) == amount
    assert len(parts) == len(weights)


@given(MINORS, WEIGHTS)
def test_every_part_but_the_largest_is_within_half_a_cent_of_its_share(minor, weights):
    parts = Money(minor, "EUR").split(weights)

    largest = weights.index(max(weights))
    for place, (part, weight) in enumerate(zip(parts, weights, strict=True)):
        share = Fraction(minor * weight, sum(weights))
        assert place == largest or abs(part.minor - share) <= Fraction(1, 2)


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -1]])
def test_a_split_without_sensible_weights_is_refused(weights):
    with pytest.raises(ValueError, match="weights must be"):
        Money(100, "EUR").split(weights)


@given(MINORS, MINORS, CURRENCIES)
def test_adding_then_subtracting_gives_back_the_amount(left, right, currency):
    assert Money(left, currency) + Money(right, currency) - Money(right, currency) == Money(
        left, currency
    )


@given(MINORS, CURRENCIES)
def test_an_amount_written_in_major_units_reads_back_the_same(minor, currency):
    amount = Money(minor, currency)

    assert Money.parse(str(amount.major), currency) == amount


def test_two_currencies_never_mix():
    with pytest.raises(MixedCurrency):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(MixedCurrency):
        assert Money(1, "EUR") < Money(1, "USD")
    assert Money(1, "EUR") != Money(1, "USD")


@pytest.mark.parametrize(
    ("minor", "ratio", "expected"),
    [
        (5, "0.5", 2),
        (7, "0.5", 4),
        (15, "0.1", 2),
        (25, "0.1", 2),
        (-5, "0.5", -2),
        (100, "0.19", 19),
    ],
)
def test_a_ratio_rounds_half_to_even(minor, ratio, expected):
    assert Money(minor, "EUR").times(Decimal(ratio)) == Money(expected, "EUR")


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("KWD", 3)])
def test_each_currency_has_its_own_decimals(currency, decimals):
    assert exponent_of(currency) == decimals
    assert -Money(1, currency).major.as_tuple().exponent == decimals


@pytest.mark.parametrize("text", ["1.005", "NaN", "Infinity"])
def test_an_amount_that_is_not_whole_minor_units_is_refused(text):
    with pytest.raises(ValueError, match="whole number"):
        Money.parse(text, "EUR")


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "E1R"])
def test_a_currency_that_is_no_code_is_refused(currency):
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("money", "locale", "written"),
    [
        (Money(123456, "EUR"), "en", "€1,234.56"),
        (Money(123456, "EUR"), "de", "1.234,56\N{NO-BREAK SPACE}€"),
        (
            Money(123456, "EUR"),
            "fr",
            "1\N{NARROW NO-BREAK SPACE}234,56\N{NO-BREAK SPACE}€",
        ),
        (Money(1290, "JPY"), "en", "¥1,290"),
        (Money(1290, "KWD"), "en", "KWD1.290"),
        (Money(1250, "IQD"), "en", "IQD1.250"),
        (Money(-500, "EUR"), "en", "-€5.00"),
    ],
)
def test_a_price_is_written_as_its_readers_write_it(money, locale, written):
    assert format_money(money, locale) == written


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr;q=0.9,en;q=0.4", "en"),
        ("en;q=0.2,de;q=0.8", "de"),
        ("de;q=nonsense", "en"),
    ],
)
def test_the_best_language_on_offer_is_chosen(accepted, language):
    assert best_language(accepted, ("en", "de")) == language
