"""What a buyer sends to check out, and what comes back."""

from pydantic import BaseModel, ConfigDict, Field

from cloud.orders.schemas import PostalAddress


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
    address_id: int | None = None
    shipping_address: PostalAddress | None = None
    billing_address: PostalAddress | None = Field(
        default=None, description="Null: the same as the shipping address."
    )
    shipping_method: str | None = Field(
        default=None, max_length=40, description="Code of a way of delivery; null: the cheapest."
    )
    note: str = Field(default="", max_length=1000)
    seen_total_minor: int = Field(
        ge=0, description="The total that was shown; another one today is refused."
    )
    save_card: bool = Field(default=False, description="Keep the card for refills; members only.")


class CheckoutAnswer(BaseModel):
    """The order, and where to pay it."""

    order_number: str
    url: str = Field(description="The payment page; open it in the same window.")
    order_url: str = Field(description="Where the order is seen; a guest's carries its key.")
