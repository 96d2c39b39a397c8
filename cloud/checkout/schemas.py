"""What a buyer sends to check out, and what comes back."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderStatus


class CheckoutForm(BaseModel):
    """Everything about a purchase that does not lie in the cart.

    A member may name a stored address by id, or leave it out for the default one; a guest writes
    the address and an e-mail address.
    """

    model_config = ConfigDict(frozen=True)

    email: str | None = Field(
        default=None,
        max_length=254,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="For guests; members have theirs.",
    )
    address_id: int | None = Field(default=None, ge=1, lt=2**63)
    shipping_address: PostalAddress | None = None
    billing_address: PostalAddress | None = Field(
        default=None, description="Null: the same as the shipping address."
    )
    shipping_method: str | None = Field(
        default=None, max_length=40, description="Code of a way of delivery; null: the cheapest."
    )
    note: str = Field(default="", max_length=1000)
    company: str = Field(
        default="", max_length=120, pattern=r"^[^\x00]*$", description="The firm that buys, if any."
    )
    vat_number: str = Field(
        default="",
        max_length=40,
        pattern=r"^[^\x00]*$",
        description="Its VAT number in the EU, with the letters of its country.",
    )
    seen_total_minor: int = Field(
        ge=0, lt=2**53, description="The total that was shown; another one today is refused."
    )
    seen_due_minor: int | None = Field(
        default=None,
        ge=0,
        lt=2**53,
        description="What was shown to be left after gift cards; another today is refused.",
    )
    save_card: bool = Field(default=False, description="Keep the card for refills; members only.")
    pay_by: Literal["page", "intent"] = Field(
        default="page",
        description="`page` opens the payment provider's page; with `intent` a program of the "
        "buyer's asks for a payment intent next.",
    )


class CheckoutAnswer(BaseModel):
    """The order, and where to pay it."""

    order_number: str
    url: str | None = Field(
        description="The payment page; open it in the same window. Null: an intent is wanted."
    )
    order_url: str = Field(description="Where the order is seen; a guest's carries its key.")


class IntentForm(BaseModel):
    """How a payment intent may be paid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    save_card: bool = Field(default=False, description="Keep the card for refills; members only.")
    card_id: int | None = Field(
        default=None,
        ge=1,
        lt=2**63,
        description="One of the caller's saved cards; null: a new one.",
    )


class IntentAnswer(BaseModel):
    """What a program needs to confirm a payment with the provider; card data never comes here."""

    order_number: str
    amount_minor: int = Field(description="What is asked for; 0: nothing was due, it is paid.")
    currency: str
    publishable_key: str
    payment_intent: str | None = Field(description="Null: nothing was due.")
    client_secret: str | None = Field(
        description="Lets whoever holds it pay; keep it in memory alone. Null: nothing was due."
    )


class CompletionForm(BaseModel):
    """Which payment to ask about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_intent: str | None = Field(
        default=None,
        max_length=120,
        pattern="^[A-Za-z0-9_]+$",
        description="Null: the order's newest payment.",
    )


class CompletionAnswer(BaseModel):
    """How the order and its payment stand now."""

    order_number: str
    order_status: OrderStatus
    is_paid: bool
    payment_status: (
        Literal["open", "needs_customer", "refused", "succeeded", "cancelled"] | None
    ) = Field(description="Null: no payment was begun, or nothing was due.")
    refusal: str | None = Field(description="Why the card was refused, for the buyer to read.")
