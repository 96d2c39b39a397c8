"""Which gift cards the shop sells."""

from typing import Annotated

from pydantic import Field, model_validator

from cloud.site.values import Value

MOST_AMOUNTS = 8


class GiftOffers(Value):
    """The amounts of gift cards on offer, in minor units of the shop's own currency.

    Buyers choose one of `amounts`, or any between `least_minor` and `most_minor` when
    `is_free_amount`. The defaults suit a currency with two decimals; staff set others.
    """

    is_on_sale: bool = Field(default=True, description="Whether gift cards are sold at all.")
    amounts_minor: tuple[Annotated[int, Field(ge=1, le=10**9)], ...] = Field(
        default=(2500, 5000, 10_000), min_length=1, max_length=MOST_AMOUNTS
    )
    is_free_amount: bool = Field(default=True, description="Whether other amounts are sold too.")
    least_minor: int = Field(default=1000, ge=1, le=10**9)
    most_minor: int = Field(default=50_000, ge=1, le=10**9)

    @model_validator(mode="after")
    def _in_bounds(self) -> "GiftOffers":
        if self.most_minor < self.least_minor:
            raise ValueError("most_minor must not be below least_minor")
        if any(not self.least_minor <= one <= self.most_minor for one in self.amounts_minor):
            raise ValueError("every amount must lie between least_minor and most_minor")
        return self

    def sells(self, amount_minor: int) -> bool:
        """Tell whether a card of an amount is sold."""
        is_free = self.is_free_amount and self.least_minor <= amount_minor <= self.most_minor
        return self.is_on_sale and (is_free or amount_minor in self.amounts_minor)
