"""The shapes of carts in JSON."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from cloud.carts.limits import MOST_OF_ONE
from cloud.catalogue.schemas import Picture, Price


class CartLineAnswer(BaseModel):
    """Some bottles of a variant, and what is true of them now."""

    model_config = ConfigDict(extra="forbid")

    variant_id: int
    sku: str
    slug: str = Field(description="Of the product's page.")
    product_name: str
    variant_name: str
    image: Picture | None
    quantity: int
    price: Price = Field(description="Of one bottle, now.")
    seen_price: Price = Field(description="Of one bottle, when it was last seen and accepted.")
    has_new_price: bool = Field(description="Whether the two differ: say so before payment.")
    total: Price = Field(description="Now.")
    available: int = Field(description="Bottles that can be bought now, 99 at most.")
    is_sellable: bool = Field(description="False for what is no longer on sale.")
    can_be_bought: bool


class CartGiftAnswer(BaseModel):
    """A gift card that shall be bought."""

    model_config = ConfigDict(extra="forbid")

    id: int
    amount: Price = Field(description="In the shop's own currency.")
    is_for_self: bool = Field(description="It goes to the order's own address.")
    recipient_name: str
    recipient_email: str
    sender_name: str
    message: str
    deliver_on: date | None = Field(description="Null: as soon as it is paid.")


class CartAnswer(BaseModel):
    """A cart as it is now. Nothing in it is set aside before payment begins."""

    model_config = ConfigDict(extra="forbid")

    lines: list[CartLineAnswer] = Field(description="First put in first.")
    gift_cards: list[CartGiftAnswer] = Field(description="To be bought; first put in first.")
    bottles: int
    subtotal: Price | None = Field(
        description="Of what is still on sale, without delivery; null for an empty cart."
    )
    has_new_prices: bool
    can_be_bought: bool = Field(description="Whether every line could be ordered as it is.")


class BottlesToAdd(BaseModel):
    """Bottles to put into a cart."""

    model_config = ConfigDict(extra="forbid")

    variant_id: int = Field(ge=1, lt=2**63)
    quantity: int = Field(default=1, ge=1, le=MOST_OF_ONE)


class QuantityWish(BaseModel):
    """How many bottles a line shall hold."""

    model_config = ConfigDict(extra="forbid")

    quantity: int = Field(ge=0, le=MOST_OF_ONE, description="0 takes them out.")
