"""Payments as pages and the API show them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class CardView(BaseModel):
    """A saved card."""

    model_config = ConfigDict(frozen=True)

    id: int
    brand: str = Field(description="visa, mastercard and so on.")
    last4: str
    exp_month: int
    exp_year: int
    is_default: bool


class PaymentView(BaseModel):
    """One attempt to pay an order, for staff."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: str
    status: str
    amount_minor: int
    currency: str
    provider_intent_id: str | None
    refusal_code: str | None
    is_accepted: bool
    created_at: datetime


class PageLink(BaseModel):
    """Where to go to pay or to save a card."""

    url: str = Field(description="On the payment provider's site; open it in the same window.")
