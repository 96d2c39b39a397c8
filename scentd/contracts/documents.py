"""Documents the cloud owns and a hub shows: order news per slot, the catalogue's subset."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """What all documents share: frozen, and unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class ReorderState(StrEnum):
    """Where the refill of a slot stands, in the order it usually goes."""

    PROPOSED = "proposed"
    PENDING_CANCEL_WINDOW = "pending_cancel_window"
    ORDERED = "ordered"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    FAILED = "failed"


class ReorderStatusV1(Document):
    """The refill of one slot: document kind `reorder`, key `<diffuser_id>/<slot_no>`.

    `proposal_url` is where an adult member says yes or no; `cancel_until` the end of the window
    in which one tap cancels; `arrives_on` the likely day at the door. Money in minor units.
    """

    state: ReorderState
    product_name: str
    variant_name: str
    quantity: int = Field(ge=1)
    total_minor: int = Field(ge=0)
    currency: str = Field(min_length=3, max_length=3)
    install_id: str
    order_number: str | None = None
    arrives_on: date | None = None
    proposal_url: str | None = None
    order_url: str | None = None
    cancel_until: datetime | None = None
    reason: str | None = None
    is_test: bool = False
    changed_at: datetime


class CatalogueItemV1(Document):
    """A product the household's slots use: document kind `catalogue`, key its SKU.

    `unsafe_for` tags the scent: `child`, `pet`; a tag nobody knows is passed over.
    """

    sku: str
    product_name: str
    variant_name: str
    capacity_ul: int
    price_minor: int
    currency: str
    colour: str = "#2a7c8a"
    product_url: str = ""
    unsafe_for: tuple[str, ...] = ()


DOCUMENT_BODIES: dict[str, type[Document]] = {
    "reorder": ReorderStatusV1,
    "catalogue": CatalogueItemV1,
}
