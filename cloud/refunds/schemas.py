"""Refunds as pages and the API ask for and show them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class RefundRequest(BaseModel):
    """What a member of staff gives back."""

    model_config = ConfigDict(frozen=True)

    amount_minor: int | None = Field(
        default=None, ge=1, description="Minor units; all that is left when null."
    )
    reason: str = Field(default="", max_length=500)
    restock: dict[int, int] = Field(
        default_factory=dict,
        description="How many of which line return to the shelf, by line id.",
    )


class Cancellation(BaseModel):
    """Why an order is called off."""

    model_config = ConfigDict(frozen=True)

    reason: str = Field(default="", max_length=500)


class RefundView(BaseModel):
    """One refund."""

    model_config = ConfigDict(frozen=True)

    id: int
    stage: str
    amount_minor: int
    currency: str
    reason: str
    is_excess: bool = Field(description="The order never took this money.")
    restock: dict[int, int]
    created_at: datetime
    settled_at: datetime | None
