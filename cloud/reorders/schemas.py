"""Reorders as pages and the API show them, and what members send."""

from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.reorders.cases import Mode
from cloud.reorders.stages import RefillAnswer, ReorderStage

# The words a member agrees to; a new text is a new version, and old consents keep theirs.
CONSENT_TEXT_VERSION: Final = "2026-11"


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
    can_claim: bool = Field(
        description="It can come with the next parcel of the home's subscription instead."
    )
    subscription_id: int | None
    can_answer_refill: bool = Field(description="The bottle was delivered: is it in?")
    refill_answer: RefillAnswer | None
    refill_asked_at: datetime | None
    frozen_at: datetime | None = Field(
        description="Its device left the home since then; a person decides whether it still comes."
    )
    proposed_by: str | None = Field(
        description="Who asked for it, a member or a speaker or panel at home; null: its level did."
    )
    is_test: bool
    proposal_url: str
    undo_url: str | None = Field(
        description="Opens without signing in and calls off with one tap; while it is announced."
    )


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


class Evidenced(_View):
    """What an order of a device rests on: readings, estimate, rule and consent."""

    reorder_id: int
    diffuser_name: str
    room: str
    stage: ReorderStage
    reason: str = Field(description="Stable name of the rule that decided.")
    low_at: datetime
    evidence: dict[str, Any] = Field(description="The hub's report, as it came.")
    decision: dict[str, Any] | None
    consent: "ConsentView | None"
    steps: list[StepView] = Field(description="Oldest first.")
    is_test: bool


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
    most_orders: int = Field(description="Refills that may be ordered by themselves in 30 days.")
    is_refilled_elsewhere: bool = Field(description="Another service sends refills for it.")
    is_frozen: bool = Field(description="Its device left the home; nothing is ordered.")
    paused_until: datetime | None = Field(description="The household's pause.")
    consent: ConsentView | None
    open_reorder_id: int | None


class Confirmation(BaseModel):
    """A member's yes."""

    model_config = ConfigDict(frozen=True)

    seen_total_minor: int = Field(
        ge=0, lt=2**53, description="The total that was shown; another one today is refused."
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
        default=None,
        ge=1,
        lt=2**63,
        description="The exact bottle; null for the one that is in the slot.",
    )
    quantity: int = Field(default=1, ge=1, le=10)
    address_id: int | None = Field(
        default=None, ge=1, lt=2**63, description="Null for the default address."
    )
    card_id: int | None = Field(
        default=None, ge=1, lt=2**63, description="Null for the default card."
    )
    seen_total_minor: int = Field(ge=1, lt=2**53, description="The total that was shown.")
    max_total_minor: int = Field(
        ge=1, lt=2**53, description="Above this we ask, whatever the mode."
    )
    text_version: Literal["2026-11"] = Field(
        default=CONSENT_TEXT_VERSION, description="The words that were shown; older ones are over."
    )


class SlotWish(BaseModel):
    """A change of what a household wants for a slot; what is absent stays."""

    model_config = ConfigDict(frozen=True)

    mode: Mode | None = None
    snooze_days: int | None = Field(default=None, ge=0, le=90, description="0 ends a snooze.")
    bottles_on_hand: int | None = Field(default=None, ge=0, le=99)
    is_test: bool | None = Field(default=None, description="Everything happens but the charge.")
    most_orders: int | None = Field(
        default=None, ge=0, le=10, description="Above this many in 30 days we ask."
    )
    is_refilled_elsewhere: bool | None = Field(
        default=None, description="Another service sends refills for it: we keep out."
    )


class Pause(BaseModel):
    """A pause of all refills of a household, as for a vacation."""

    model_config = ConfigDict(frozen=True)

    until: datetime | None = Field(description="Null ends the pause.")


class Bounds(BaseModel):
    """What a household's refills may cost by themselves in a calendar month."""

    model_config = ConfigDict(frozen=True)

    month_cap_minor: int | None = Field(
        ge=0, lt=2**53, description="Above this we ask. Null: the shop's own bound."
    )
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")


class HouseholdView(_View):
    """What holds for all refills of a household."""

    household_id: int
    name: str
    paused_until: datetime | None
    month_cap_minor: int = Field(description="What may be ordered by itself in a calendar month.")
    is_own_cap: bool
    spent_this_month_minor: int
    currency: str


class PushBackView(_View):
    """A parcel of a subscription that would come while its bottle is full."""

    id: int
    slot_id: int
    diffuser_name: str
    subscription_id: int
    remaining_percent: float
    until_on: date = Field(description="When a bottle is needed again.")


class PushBackReply(BaseModel):
    """Whether the next parcel shall wait."""

    model_config = ConfigDict(frozen=True)

    is_wanted: bool


class HubProposal(BaseModel):
    """A place for which somebody at home asks for a refill, by voice or at a panel."""

    model_config = ConfigDict(frozen=True)

    diffuser_id: str = Field(min_length=1, max_length=120)
    slot_no: int = Field(default=1, ge=1, le=16)
    asked_by: str = Field(
        default="", max_length=80, description='Who asked there, as "Kitchen speaker".'
    )


class Proposed(_View):
    """The refill that is asked about; the open one of the slot if there was one."""

    reorder_id: int


class RefillReply(BaseModel):
    """Whether the delivered bottle is in."""

    model_config = ConfigDict(frozen=True)

    answer: RefillAnswer


class BegunTest(_View):
    """A test that was begun."""

    reorder_id: int
