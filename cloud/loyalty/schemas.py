"""Points and rewards in JSON."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from cloud.foundation.words import N_
from cloud.loyalty.kinds import EntryKind, RewardKind, RewardStatus, TierIcon
from cloud.loyalty.terms import PLAIN_RATE_PERCENT

MOST_POINTS = 10_000_000
Points = Annotated[int, Field(ge=1, le=MOST_POINTS)]


class Benefits(BaseModel):
    """What a tier gives its members."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    multiplier_percent: int = Field(
        default=PLAIN_RATE_PERCENT,
        ge=PLAIN_RATE_PERCENT,
        le=1000,
        description="Points for purchases, in percent of the plain ones.",
    )
    free_delivery: bool = Field(default=False, description="Every purchase is delivered free.")
    discount_basis_points: int = Field(
        default=0, ge=0, le=9000, description="Off every purchase, in hundredths of a percent."
    )
    early_access_h: int = Field(
        default=0, ge=0, le=8760, description="Hours in which announced products can be bought."
    )
    birthday_points: int = Field(
        default=0, ge=0, le=100_000, description="On top of what everybody gets on a birthday."
    )


NO_BENEFITS = Benefits()


class TierFields(BaseModel):
    """A tier as staff write it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=40)
    min_points: Points = Field(description="Earned within a year; see the terms.")
    colour: str = Field(pattern="^#[0-9a-f]{6}$")
    icon: TierIcon
    benefits: Benefits = NO_BENEFITS


class TierChange(TierFields):
    """A new state of a tier, made from the version that `version` names."""

    version: int = Field(ge=1, lt=2**31)


class TierView(BaseModel):
    """A tier."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    min_points: int
    colour: str
    icon: TierIcon
    benefits: Benefits


class TierOfStaff(TierView):
    """A tier as staff see it."""

    version: int


class ProgressView(BaseModel):
    """Where a member stands among the tiers."""

    counted: int = Field(description="Points of the last year that count towards tiers.")
    tier: TierView | None
    held_until: datetime | None = Field(description="When `tier` is lost if nothing more comes.")
    next: TierView | None
    missing: int = Field(description="Points that `next` still takes; 0 without one.")


class InvitationView(BaseModel):
    """A member's invitation, and what became of it."""

    code: str
    url: str
    inviter_points: int
    friend_points: int
    waiting: int = Field(description="Friends whose first order may still go back, or is to come.")
    paid: int


class InvitationWish(BaseModel):
    """The code of who invited a member."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    invitation: str = Field(min_length=1, max_length=40)


class BirthdayWish(BaseModel):
    """A member's birthday; its year is nobody's affair."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class BirthdayView(BaseModel):
    """A member's birthday."""

    model_config = ConfigDict(from_attributes=True)

    month: int
    day: int
    known_since: datetime


class EarlyView(BaseModel):
    """An announced product that a member may buy already."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str
    published_at: datetime = Field(description="When everybody can buy it.")


class EntryView(BaseModel):
    """One movement of points."""

    id: int
    kind: EntryKind
    points: int = Field(description="Above 0: came; below: went.")
    total_after: int = Field(description="Balance less debt after it.")
    note: str
    at: datetime
    expires_at: datetime | None = Field(description="On what came: until when it can be spent.")


class PointsView(BaseModel):
    """A member's points, and a page of their history, the newest first."""

    balance: int = Field(description="What can be spent now.")
    debt: int = Field(description="Taken back after it was spent; the next points pay it.")
    expiring_soon: int = Field(description="What goes within thirty days.")
    next_expiry: datetime | None
    entries: list[EntryView]
    next: int | None = Field(description="Give it as `before` for older entries; null: no more.")


class PointCorrection(BaseModel):
    """Points that staff give a member, or take."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    user_id: int = Field(ge=1, lt=2**63)
    points: int = Field(ge=-MOST_POINTS, le=MOST_POINTS, description="Above 0 gives, below takes.")
    reason: str = Field(min_length=1, max_length=200, description="The member reads it.")


class RewardFields(BaseModel):
    """A reward as staff write it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=80)
    description: str = Field(default="", max_length=500)
    kind: RewardKind
    cost_points: Points
    basis_points: int | None = Field(
        default=None, ge=1, le=10_000, description="Of PERCENT: hundredths of a percent."
    )
    amount_minor: int | None = Field(
        default=None, ge=1, lt=2**40, description="Of AMOUNT, VOUCHER, GIFT_CARD: minor units."
    )
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    product_id: int | None = Field(
        default=None, ge=1, lt=2**63, description="Of PRODUCT and EXCLUSIVE_ACCESS."
    )
    tier_id: int | None = Field(
        default=None, ge=1, lt=2**63, description="For members from this tier on; null: for all."
    )
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    max_redemptions: int | None = Field(default=None, ge=1, lt=2**31)
    max_redemptions_per_user: int = Field(default=1, ge=1, lt=2**31)
    lasts_days: int = Field(default=90, ge=1, le=3650, description="How long a code is good.")
    is_active: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.kind is RewardKind.PERCENT) != (self.basis_points is not None):
            raise ValueError(N_("A percentage belongs to a reward of this kind, and to no other."))
        if {self.amount_minor is not None, self.currency is not None} != {self.kind.has_amount}:
            raise ValueError(N_("An amount belongs to a reward of this kind, and to no other."))
        if (self.product_id is not None) != self.kind.has_product:
            raise ValueError(N_("A product belongs to a reward of this kind, and to no other."))
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise ValueError(N_("It ends before it begins."))
        return self


class RewardChange(RewardFields):
    """A new state of a reward, made from the version that `version` names."""

    version: int = Field(ge=1, lt=2**31)


class OfferView(BaseModel):
    """A reward that can be taken now, by members from the tier `tier_id` on (null: by all)."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: str
    kind: RewardKind
    cost_points: int
    basis_points: int | None
    amount_minor: int | None
    currency: str | None
    product_id: int | None
    tier_id: int | None
    valid_until: datetime | None
    lasts_days: int


class RewardView(OfferView):
    """A reward as staff see it."""

    valid_from: datetime | None
    max_redemptions: int | None
    max_redemptions_per_user: int
    redeemed: int
    is_active: bool
    version: int


class TakenView(BaseModel):
    """A reward that a member took; `code` is entered at checkout, "" for early access."""

    id: int
    reward_id: int
    name: str
    kind: RewardKind
    status: RewardStatus
    code: str
    points_spent: int
    redeemed_at: datetime
    expires_at: datetime
    used_at: datetime | None
    returned_at: datetime | None
