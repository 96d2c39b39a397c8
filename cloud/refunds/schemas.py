"""Refunds as pages and the API ask for and show them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LineId = Annotated[int, Field(ge=1, lt=2**63)]
Bottles = Annotated[int, Field(ge=0, le=99)]
# Programs that keep numbers as doubles read this one exactly.
MOST_MINOR = 2**53 - 1
Amount = Annotated[int, Field(ge=1, le=MOST_MINOR)]


class RefundRequest(BaseModel):
    """What a member of staff gives back: bottles, delivery, an amount, or all that is left.

    With neither lines nor delivery nor amount it is all that is left. An amount beside lines says
    what they come to: less lowers each in proportion, more is goodwill.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: dict[LineId, Bottles] = Field(
        default_factory=dict,
        max_length=100,
        description="The money of how many of which line goes back, by line id.",
    )
    shipping_minor: int = Field(
        default=0,
        ge=0,
        le=MOST_MINOR,
        description="What of the delivery goes back, in minor units.",
    )
    amount_minor: Amount | None = Field(
        default=None,
        description="Minor units; null for what lines and delivery come to, or all that is left.",
    )
    reason: str = Field(default="", max_length=500)
    restock: dict[LineId, Bottles] = Field(
        default_factory=dict,
        max_length=100,
        description="How many of which line return to the shelf, by line id.",
    )


class Cancellation(BaseModel):
    """Why an order is called off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(default="", max_length=500)


class RefundLineView(BaseModel):
    """What a refund gives back of one line."""

    model_config = ConfigDict(frozen=True)

    order_item_id: int
    quantity: int
    amount_minor: int
    tax_minor: int


class RefundableLine(BaseModel):
    """What can still be given back of one line: `worth_minor` for all of the bottles left."""

    model_config = ConfigDict(frozen=True)

    order_item_id: int
    left: int
    worth_minor: int


class RefundableView(BaseModel):
    """What can still be given back of an order, refunds under way taken off."""

    model_config = ConfigDict(frozen=True)

    left_minor: int
    shipping_left_minor: int
    currency: str
    lines: list[RefundableLine]


class RefundView(BaseModel):
    """One refund."""

    model_config = ConfigDict(frozen=True)

    id: int
    stage: str
    amount_minor: int
    currency: str
    reason: str
    is_excess: bool = Field(description="The order never took this money.")
    lines: list[RefundLineView]
    shipping_minor: int
    gift_card_minor: int = Field(description="What of it goes back to gift cards.")
    tax_minor: int = Field(description="What of it is tax.")
    restock: dict[int, int]
    created_at: datetime
    settled_at: datetime | None
