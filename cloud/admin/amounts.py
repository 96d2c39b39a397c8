"""Amounts as staff type them, and how too much is said."""

from cloud.foundation.errors import Invalid, Refused
from cloud.foundation.money import Money, exponent_of
from cloud.refunds.schemas import MOST_MINOR


class AmountUnreadable(Invalid):
    """What was typed is no amount of the order's currency."""

    code = "amount_unreadable"

    def __init__(self, typed: str, currency: str, field: str = "amount") -> None:
        super().__init__(
            f"“{typed}” is no amount in {currency}.",
            hint="Write it like 12.50, with no more decimals than the currency has.",
            field=field,
        )


class AmountTooLarge(Refused):
    """More than is left of what the customer paid."""

    code = "refund_too_large"

    def __init__(self, left: Money, field: str = "amount") -> None:
        words = f"{left.major:.{exponent_of(left.currency)}f} {left.currency}"
        super().__init__(
            f"Only {words} is left to give back.",
            hint="Write an amount up to that.",
            field=field,
        )


def read_amount(typed: str, currency: str, field: str = "amount") -> int:
    """Return an amount, typed with a point or a comma, in minor units; AmountUnreadable."""
    try:
        amount = Money.parse(typed.strip().replace(",", "."), currency)
    except (ArithmeticError, ValueError) as error:
        raise AmountUnreadable(typed, currency, field) from error
    if amount.minor < 1:
        raise AmountUnreadable(typed, currency, field)
    # What no order can have paid need not be exact to be refused.
    return min(amount.minor, MOST_MINOR)
