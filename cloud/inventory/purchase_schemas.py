"""Purchasing in JSON."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from cloud.inventory.purchase_states import PurchaseState
from cloud.inventory.schemas import Count, Id, Named, Words

MOST_LINES = 200
# What a line's cost is until somebody knows it; what is free of charge is written so, too.
COST_UNKNOWN = 0


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("A text cannot hold the character NUL.")
    return text


def _in_reach(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2199:
        raise ValueError("A day in this century or the next.")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]
Notes = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_storable)
]
Minor = Annotated[int, Field(ge=0, le=1_000_000_000, description="In minor units.")]
Version = Annotated[int, Field(ge=1, lt=2**31)]


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SupplierAddress(_Input):
    """Where a supplier is."""

    line1: Named
    line2: Words = ""
    postcode: Annotated[Words, StringConstraints(max_length=20)] = ""
    city: Named
    region: Words = ""
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")


class SupplierFields(_Input):
    """Whom bottles are bought from; name and e-mail are unique, whatever their case."""

    name: Named
    email: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, max_length=254, pattern=r"^[^\s@\x00]+@[^\s@\x00]+$"
        ),
    ]
    contact_name: Words = ""
    phone: Annotated[Words, StringConstraints(max_length=40)] = ""
    address: SupplierAddress
    notes: Notes = ""
    is_active: bool = True


class SupplierChange(SupplierFields):
    """A new state of a supplier, made from the version that `version` names."""

    version: Version


class SupplierView(SupplierFields):
    """A supplier."""

    id: int
    version: int


class SupplierPage(BaseModel):
    """Some suppliers, in the order that they were written down."""

    suppliers: list[SupplierView]
    next: int | None = Field(description="Ask with after=… for more; null at the end.")


class PurchaseLineFields(_Input):
    """Bottles to be ordered."""

    variant_id: Id
    ordered: Count
    unit_cost_minor: Minor = Field(description="0: not known yet, or free of charge.")


class PurchaseFields(_Input):
    """What is ordered, from whom, and where it goes. Each variant stands in one line."""

    supplier_id: Id
    location_id: Id = 1
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217; that of all amounts.")
    expected_at: Moment | None = None
    shipping_minor: Minor = 0
    notes: Notes = ""
    lines: tuple[PurchaseLineFields, ...] = Field(default=(), max_length=MOST_LINES)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({line.variant_id for line in self.lines}) < len(self.lines):
            raise ValueError("A variant stands in one line only.")
        return self


class PurchaseChange(PurchaseFields):
    """A new state of a draft, made from the version that `version` names."""

    version: Version


class PurchaseMove(_Input):
    """Where an order shall go; bottles that come in move it to the two RECEIVED states."""

    to: PurchaseState
    version: Version
    costs_seen: bool = Field(
        default=False, description="Send it to the supplier although a line costs nothing."
    )


class DeliveryLine(_Input):
    """Bottles of one line that came."""

    line_id: Id
    quantity: Count


class Delivery(_Input):
    """A delivery that came in.

    The same note with the same bottles may be sent again: it counts once.
    """

    delivery_note: Annotated[Named, StringConstraints(max_length=80)] = Field(
        description="The supplier's number of this delivery."
    )
    lines: tuple[DeliveryLine, ...] = Field(min_length=1, max_length=MOST_LINES)
    allow_over: bool = Field(
        default=False, description="Take in up to a tenth more than was ordered, too."
    )
    notes: Annotated[Notes, StringConstraints(max_length=1000)] = ""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({line.line_id for line in self.lines}) < len(self.lines):
            raise ValueError("A line stands in a delivery once.")
        return self


class PurchaseLineView(BaseModel):
    """A line; `most` bottles can still come in, a tenth over what was ordered counted."""

    id: int
    variant_id: int
    ordered: int
    received: int
    open: int
    most: int
    unit_cost_minor: int


class ReceivedLine(BaseModel):
    """Bottles of a line in a delivery, `surplus` of them more than ordered."""

    line_id: int
    quantity: int
    surplus: int


class ReceiptView(BaseModel):
    """A delivery that came in."""

    delivery_note: str
    notes: str
    by: str
    at: datetime
    lines: list[ReceivedLine]


class StepView(BaseModel):
    """A move of an order."""

    from_state: PurchaseState | None
    to_state: PurchaseState
    by: str
    at: datetime


class PurchaseSummary(BaseModel):
    """A purchase order without its lines."""

    id: int
    number: str
    supplier_id: int
    location_id: int
    state: PurchaseState
    currency: str
    expected_at: datetime | None
    arrived_at: datetime | None
    shipping_minor: int
    subtotal_minor: int
    total_minor: int
    notes: str
    version: int


class PurchaseView(PurchaseSummary):
    """A purchase order; `ways` are the states that staff can move it to now."""

    lines: list[PurchaseLineView]
    receipts: list[ReceiptView]
    steps: list[StepView]
    ways: list[PurchaseState]
    can_receive: bool


class PurchasePage(BaseModel):
    """Some purchase orders, newest first."""

    purchase_orders: list[PurchaseSummary]
    next: int | None = Field(description="Ask with before=… for older ones; null at the end.")
