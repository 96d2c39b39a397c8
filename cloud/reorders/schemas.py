"""Reorders as pages and the API show them, and what members send."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cloud.reorders.cases import Mode
from cloud.reorders.stages import ReorderStage

# The words a member agrees to; a new text is a new version, and old consents keep theirs.
CONSENT_TEXT_VERSION = "2026-11"


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReorderView(_View):
    """A refill as the household sees it. Amounts in minor units."""

    id: int
    household_id: int
    slot_id: int
    stage: ReorderStage
    reason: str = Field(description="Stable name of why it stands there.")
    room: str
    diffuser_name: str
    product_name: str
    variant_name: str
    variant_id: int | None
    quantity: int
    shipping_minor: int | None
    total_minor: int | None
    currency: str | None
    arrives_on: date | None
    remaining_percent: float = Field(description="How full the cartridge is now.")
    low_at: datetime
    shown_at: datetime | None
    cancel_until: datetime | None = Field(
        description="Until then one tap calls an automatic order off."
    )
    order_number: str | None
    can_confirm: bool
    can_call_off: bool
    is_test: bool
    proposal_url: str


class StepView(_View):
    """One step of a refill."""

    stage: ReorderStage
    reason: str
    by: str | None = Field(description="The member who did it; null when the rules did.")
    at: datetime


class ExplainedReorder(_View):
    """A refill with everything it rests on."""

    reorder: ReorderView
    evidence: dict[str, Any] = Field(description="The hub's report, as it came.")
    decision: dict[str, Any] | None = Field(
        description="The last decision with every objection and the facts it was made on."
    )
    consent: "ConsentView | None"
    steps: list[StepView] = Field(description="Oldest first.")


class ConsentView(_View):
    """What a member agreed to for a slot."""

    id: int
    slot_id: int
    member: str
    variant_id: int
    quantity: int
    unit_price_minor: int
    shipping_minor: int
    tax_basis_points: int
    total_minor: int
    max_total_minor: int
    currency: str
    ships_to: str
    card_id: int | None
    mode: Mode
    text_version: str
    consented_at: datetime
    revoked_at: datetime | None


class SlotView(_View):
    """A slot and what the household wants for it."""

    slot_id: int
    household_id: int
    room: str
    diffuser_name: str
    slot_no: int
    scent_sku: str | None
    remaining_percent: float
    runs_out_at: datetime | None
    mode: Mode
    snoozed_until: datetime | None
    bottles_on_hand: int
    is_test: bool
    consent: ConsentView | None
    open_reorder_id: int | None


class Confirmation(BaseModel):
    """A member's yes."""

    model_config = ConfigDict(frozen=True)

    seen_total_minor: int = Field(
        ge=0, description="The total that was shown; another one today is refused."
    )


class ConfirmationAnswer(_View):
    """What a yes led to."""

    order_number: str
    pay_by_page: bool = Field(
        description="The order waits for its payment: open its payment page next."
    )


class NewConsent(BaseModel):
    """What a member agrees to for one slot."""

    model_config = ConfigDict(frozen=True)

    mode: Mode
    variant_id: int | None = Field(
        default=None, description="The exact bottle; null for the one that is in the slot."
    )
    quantity: int = Field(default=1, ge=1, le=10)
    address_id: int | None = Field(default=None, description="Null for the default address.")
    card_id: int | None = Field(default=None, description="Null for the default card.")
    seen_total_minor: int = Field(ge=1, description="The total that was shown.")
    max_total_minor: int = Field(ge=1, description="Above this we ask, whatever the mode.")
    text_version: str = Field(default=CONSENT_TEXT_VERSION, max_length=20)


class SlotWish(BaseModel):
    """A change of what a household wants for a slot; what is absent stays."""

    model_config = ConfigDict(frozen=True)

    mode: Mode | None = None
    snooze_days: int | None = Field(default=None, ge=0, le=90, description="0 ends a snooze.")
    bottles_on_hand: int | None = Field(default=None, ge=0, le=99)
    is_test: bool | None = Field(default=None, description="Everything happens but the charge.")


class Pause(BaseModel):
    """A pause of all refills of a household, as for a vacation."""

    model_config = ConfigDict(frozen=True)

    until: datetime | None = Field(description="Null ends the pause.")
