"""What staff write in a draft and what they see of it: frozen values for callers and pages."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cloud.drafts.states import DraftState
from cloud.orders.schemas import PostalAddress

# As many as an order of staff may have.
Bottles = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")],
        Annotated[int, Field(ge=1, le=99)],
    ],
    Field(min_length=1, max_length=50, description="How many bottles, by SKU."),
]


class DraftFields(BaseModel):
    """What a draft says: who buys, what, where to, what staff take off it and why.

    Whoever has an account is mailed in its language, anybody else in `language`. Once sent, it
    can be paid for `keep_days`.
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    email: str = Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    bottles: Bottles
    address: PostalAddress
    method: str | None = Field(
        default=None, max_length=40, pattern=r"^[^\x00]*$", description="Null: the cheapest."
    )
    note: str = Field(default="", max_length=1000, pattern=r"^[^\x00]*$")
    keep_days: int = Field(default=7, ge=1, le=30)
    discount_minor: int = Field(default=0, ge=0, lt=2**53)
    discount_reason: str = Field(default="", max_length=120, pattern=r"^[^\x00]*$")


class NewDraft(DraftFields):
    """A draft to be written. `form_key` names the form: sent twice, it makes one draft."""

    form_key: str | None = Field(default=None, pattern=r"^[\w-]{16,64}$")


class DraftChange(DraftFields):
    """What a draft shall say; `version` is the one that was read."""

    version: int = Field(ge=1, lt=2**63)


class DraftStep(BaseModel):
    """A step that is taken with a draft as it was read."""

    model_config = ConfigDict(frozen=True)

    version: int = Field(ge=1, lt=2**63)


class DraftLineView(BaseModel):
    """Some bottles of one variant."""

    model_config = ConfigDict(frozen=True)

    sku: str
    product_name: str
    variant_name: str
    quantity: int


class DraftView(BaseModel):
    """A whole draft. Amounts in minor units of `currency`."""

    model_config = ConfigDict(frozen=True)

    id: int
    number: str
    state: DraftState
    version: int
    email: str
    language: str
    lines: list[DraftLineView]
    address: PostalAddress
    method: str | None
    note: str
    keep_days: int
    discount_minor: int
    discount_reason: str
    currency: str
    offered_minor: int | None = Field(description="What it came to when it was last sent.")
    sent_at: datetime | None
    expires_at: datetime
    order_number: str | None = Field(description="The order that it became.")

    @property
    def bottles(self) -> dict[str, int]:
        """Return how many bottles, by SKU."""
        return {line.sku: line.quantity for line in self.lines}


class DraftPage(BaseModel):
    """Some drafts, newest first; `next` is the `after` of the page that follows."""

    model_config = ConfigDict(frozen=True)

    drafts: list[DraftView]
    next: int | None
