"""Returns as pages and the API ask for and show them."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cloud.returns.stages import Condition, ReturnReason, ReturnStage

# The law gives 14 days to say so and 14 more to send (2011/83/EU); one number is easier to keep.
RETURN_WITHIN = timedelta(days=30)

LineId = Annotated[int, Field(ge=1, lt=2**63)]
Bottles = Annotated[int, Field(ge=0, le=99)]
Text = Annotated[str, Field(max_length=1000)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ReturnLineRequest(_Asked):
    """How many of one line come back, and why."""

    quantity: Bottles
    reason: ReturnReason = ReturnReason.NOT_WANTED


class ReturnRequest(_Asked):
    """What a buyer wants to send back."""

    lines: dict[LineId, ReturnLineRequest] = Field(
        max_length=100, description="By the order's line id."
    )
    comment: Text = ""


class Approval(_Asked):
    """Yes to a return: what the buyer is told, and where the label for the parcel is."""

    answer: Text = ""
    label_url: str = Field(default="", max_length=500, pattern=r"^(https://[!-~]+)?$")


class Refusal(_Asked):
    """No to a return, with the reason that the buyer reads."""

    answer: str = Field(min_length=1, max_length=1000)


class ReceivedLine(_Asked):
    """What came of one line: `restocked` of the `received` go back to the shelf."""

    received: Bottles
    restocked: Bottles = 0
    condition: Condition = Condition.SEALED


class Receipt(_Asked):
    """What was in the parcel."""

    lines: dict[LineId, ReceivedLine] = Field(
        max_length=100, description="By the order's line id; lines left out did not come."
    )
    comment: Text = ""


class ReturnRefund(_Asked):
    """The money for what came: null for what it was worth, else an amount in minor units."""

    amount_minor: int | None = Field(default=None, ge=1, le=2**53 - 1)
    shipping_minor: int = Field(default=0, ge=0, le=2**53 - 1)
    reason: str = Field(default="", max_length=500)


class Closing(_Asked):
    """Why a return ends without money."""

    comment: str = Field(min_length=1, max_length=1000)


class ReturnLineView(BaseModel):
    """One line of a return."""

    model_config = ConfigDict(frozen=True)

    order_item_id: int
    product_name: str
    variant_name: str
    quantity: int
    reason: ReturnReason
    received: int
    restocked: int
    condition: Condition | None


class ReturnStepView(BaseModel):
    """One move of a return."""

    model_config = ConfigDict(frozen=True)

    stage: ReturnStage
    comment: str
    actor: str = Field(description="system, customer, or the name of a staff member.")
    at: datetime


class ReturnView(BaseModel):
    """A whole return."""

    model_config = ConfigDict(frozen=True)

    id: int
    number: str
    order_id: int
    order_number: str
    customer_name: str
    stage: ReturnStage
    comment: str
    answer: str
    label_url: str
    refund_id: int | None
    asked_at: datetime
    decided_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    lines: list[ReturnLineView]
    steps: list[ReturnStepView] = Field(description="Oldest first.")


class ReturnPage(BaseModel):
    """One page of a list; `next` goes into `after` for the following one, null at the end."""

    returns: list[ReturnView]
    next: int | None


class ReturnableLine(BaseModel):
    """How many of one line can still be sent back."""

    model_config = ConfigDict(frozen=True)

    order_item_id: int
    product_name: str
    variant_name: str
    left: int


class ReturnableView(BaseModel):
    """What of an order can be sent back now; no lines when nothing can."""

    model_config = ConfigDict(frozen=True)

    until: datetime | None = Field(description="Until when it can be asked for.")
    lines: list[ReturnableLine]
