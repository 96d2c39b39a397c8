"""Amounts as Stripe counts them: for some currencies in other units than ISO 4217. Pure.

From docs.stripe.com/currencies, "Minor units in API amounts" and "Special cases" (read November
2026). Its list of currencies without decimals is ours, but for three: crowns of Iceland and
shillings of Uganda go there with two decimals that must be 00, ariary of Madagascar with none.
"""

from fractions import Fraction

from cloud.foundation.money import Money, rounded

_TIMES = {"ISK": 100, "UGX": 100}
_PER = {"MGA": 100}


def sent_amount(amount: Money) -> int:
    """Return an amount in Stripe's units; what they cannot express is rounded half to even."""
    times, per = _TIMES.get(amount.currency, 1), _PER.get(amount.currency, 1)
    return rounded(Fraction(amount.minor * times, per))


def received_minor(amount: int, currency: str) -> int:
    """Return what a number of Stripe's units is in minor units of a currency, in capitals."""
    return amount * _PER.get(currency, 1) // _TIMES.get(currency, 1)
