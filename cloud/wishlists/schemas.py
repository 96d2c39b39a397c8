"""Wishlists in JSON."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.catalogue.schemas import Picture, Price


class NewWish(BaseModel):
    """A product to be put on the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: int = Field(ge=1, lt=2**63)
    variant_id: int | None = Field(
        default=None, ge=1, lt=2**63, description="Null: whichever size."
    )


class WishAnswer(BaseModel):
    """A wish, and what can be bought of it now."""

    id: int
    product_id: int
    slug: str
    name: str
    image: Picture | None
    wished_variant_id: int | None = Field(description="Null: whichever size.")
    variant_id: int | None = Field(description="What goes into a cart; null: nothing is sold.")
    variant_name: str | None
    price: Price | None
    available: int
    can_be_bought: bool
    wished_at: datetime


class WishlistAnswer(BaseModel):
    """A wishlist, the newest wish first."""

    wishes: list[WishAnswer]
