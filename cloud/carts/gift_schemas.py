"""The shapes of gift cards that shall be bought, in JSON."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.carts.gifts import GiftWish
from cloud.foundation.money import Money

# One line, so that nothing can slip into the head of a mail.
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Message = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$"
    ),
]


class GiftToAdd(BaseModel):
    """A gift card to put into the cart, in the shop's own currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount_minor: int = Field(ge=1, lt=2**53, description="Minor units, see the offers.")
    is_for_self: bool = Field(default=False, description="It goes to the order's own address.")
    recipient_name: Line = Field(default="", description="Needed unless it is for the buyer.")
    recipient_email: Address = Field(default="", description="Needed unless it is for the buyer.")
    sender_name: Line = Field(default="", description="Who it is from.")
    message: Message = Field(default="", description="Printed on the card.")
    deliver_on: date | None = Field(
        default=None,
        description="In the shop's zone, up to a year ahead; null: as soon as it is paid.",
    )

    def wish(self, currency: str) -> GiftWish:
        """Return it as a cart takes it."""
        fields = self.model_dump(exclude={"amount_minor"})
        return GiftWish(Money(self.amount_minor, currency), **fields)


class CodeToLookUp(BaseModel):
    """The code of a gift card, in whatever case and spacing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(min_length=1, max_length=60)


class BalanceAnswer(BaseModel):
    """What is left on a gift card."""

    ending: str = Field(description="The last four characters of its code.")
    balance_minor: int
    currency: str
    is_good: bool = Field(description="Whether it could pay now.")
    expires_at: datetime | None = Field(description="Null: never.")


class GiftOffersAnswer(BaseModel):
    """Which gift cards are sold. Amounts in minor units of `currency`."""

    is_on_sale: bool
    currency: str
    amounts_minor: list[int]
    is_free_amount: bool = Field(description="Whether any amount between the bounds is sold.")
    least_minor: int
    most_minor: int
    first_day: date = Field(description="The first day one can go out: today, in the shop's zone.")
    last_day: date
    most_in_cart: int
