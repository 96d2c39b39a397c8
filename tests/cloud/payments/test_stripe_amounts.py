"""Amounts in Stripe's units, and the least that it charges, as its pages give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.money import Money, exponent_of
from cloud.payments.stripe_amounts import received_minor, sent_amount
from cloud.payments.stripe_bodies import refund_body
from cloud.pricing.charges import smallest_charge_minor

# docs.stripe.com/currencies, "Zero-decimal currencies", without the special case MGA.
WITHOUT_DECIMALS = (
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF",
    "XPF",
)  # fmt: skip
WITH_THREE = ("BHD", "JOD", "KWD", "OMR", "TND")

PUBLISHED = {
    "USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500,
    "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50,
    "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300,
    "SGD": 50, "THB": 1000,
}  # fmt: skip


def test_decimals_are_those_that_stripe_counts() -> None:
    assert {exponent_of(code) for code in WITHOUT_DECIMALS} == {0}
    assert {exponent_of(code) for code in WITH_THREE} == {3}


@pytest.mark.parametrize(
    ("minor", "currency", "sent"),
    [
        (2890, "EUR", 2890),
        (500, "JPY", 500),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (70_000, "MGA", 700),
    ],
)
def test_what_stripe_counts_otherwise_goes_in_its_units(
    minor: int, currency: str, sent: int
) -> None:
    assert sent_amount(Money(minor, currency)) == sent
    assert received_minor(sent, currency) == minor


def test_a_refund_goes_in_the_same_units() -> None:
    assert refund_body("r", "pi_1", Money(5, "ISK"))["amount"] == 500


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "JPY", "ISK", "UGX", "KWD"]))
def test_what_was_sent_is_received(minor: int, currency: str) -> None:
    assert received_minor(sent_amount(Money(minor, currency)), currency) == minor


def test_the_least_charges_are_those_that_stripe_publishes() -> None:
    assert {code: smallest_charge_minor(code) for code in PUBLISHED} == PUBLISHED


@pytest.mark.parametrize("currency", [*WITHOUT_DECIMALS, *WITH_THREE, "ISK", "UGX", "MGA"])
def test_a_currency_of_small_units_has_a_least_charge_of_its_own(currency: str) -> None:
    if currency != "JPY":
        assert smallest_charge_minor(currency) > 50
