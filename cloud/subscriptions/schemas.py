"""What goes into a subscription and what comes out of it: frozen values for callers and pages."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from cloud.orders.schemas import PostalAddress
from cloud.site.schemas import TimeZone
from cloud.subscriptions.frequencies import Frequency
from cloud.subscriptions.states import CycleStatus, MissingRule, Question, SubscriptionStatus

Id = Annotated[int, Field(ge=1, lt=2**63)]
Minor = Annotated[int, Field(ge=0, lt=2**53)]
Quantity = Annotated[int, Field(ge=1, le=20)]
Days = Annotated[int, Field(ge=0, le=60)]
Delay = Annotated[int, Field(ge=0, le=14)]
# Names a parcel, so that a request that comes twice is done once.
Number = Annotated[
    int, Field(ge=0, lt=2**31, description="Which parcel: `next_number` as it was shown.")
]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Seen(_Asked):
    """How the subscription stood when its `version` was read, by whoever asks for something.

    What is asked of an older version is refused, unless it is there already: a request that is
    sent again, or comes late, undoes nothing newer.
    """

    version: int | None = Field(
        default=None, ge=1, lt=2**31, description="`version` as it was shown; null: whatever it is."
    )


class ParcelAsked(_Asked):
    """A parcel whose price is to be named before anybody agrees."""

    variant_id: Id
    quantity: Quantity = 1
    address_id: Id | None = Field(default=None, description="Null: the default address.")


class NewSubscription(ParcelAsked):
    """What a member subscribes to."""

    frequency: Frequency
    first_on: date | None = Field(
        default=None, description="The day of the first charge; null: today."
    )
    card_id: Id | None = Field(default=None, description="Null: the default card.")
    time_zone: TimeZone | None = Field(
        default=None, description="Where the days are counted; null: the shop's zone."
    )
    seen_total_minor: Minor = Field(description="What a parcel costs as it was shown.")
    max_total_minor: Minor | None = Field(
        default=None, description="Above this we ask first; null: 10 % more than shown."
    )
    ships_after_days: Delay = Field(default=0, description="So long after its charge it leaves.")
    when_missing: MissingRule = MissingRule.ASK
    household_id: Id | None = Field(
        default=None, description="The home whose devices may claim a parcel."
    )
    may_pull_forward_days: Days = 0
    may_push_back_days: Days = 0


class SubscriptionChange(Seen):
    """What is to be changed; what is absent stays.

    `seen_total_minor` is needed with another variant, quantity or address: the new total as shown.
    """

    variant_id: Id | None = None
    quantity: Quantity | None = None
    address_id: Id | None = None
    frequency: Frequency | None = None
    card_id: Id | None = None
    max_total_minor: Minor | None = None
    ships_after_days: Delay | None = None
    when_missing: MissingRule | None = None
    may_pull_forward_days: Days | None = None
    may_push_back_days: Days | None = None
    seen_total_minor: Minor | None = None


class Home(Seen):
    """Which home a subscription is for."""

    household_id: Id | None = Field(description="Null: no device has a say.")


class PauseAsked(Seen):
    """How long to pause."""

    resume_on: date | None = Field(default=None, description="Null: until it is resumed.")


class ParcelNamed(_Asked):
    """The parcel that something is done to."""

    number: Number


class RetryAsked(_Asked):
    """The unpaid parcel that is to be charged again."""

    number: Annotated[int, Field(ge=0, lt=2**31, description="Its `number` among the `cycles`.")]
    tries: Annotated[int, Field(ge=0, lt=2**31, description="Its `tries`, as it was shown.")]


class DayAsked(ParcelNamed, Seen):
    """Another day for the next charge."""

    day: date
    counts_from_there: bool = Field(
        default=False, description="All later parcels are counted from this day too."
    )


class PriceAccepted(Seen):
    """A higher price that is agreed to."""

    seen_total_minor: Minor


class SuspensionAsked(Seen):
    """Why staff stop a subscription."""

    reason: str = Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")


class ShopPause(_Asked):
    """Whether the shop charges no subscription for now."""

    is_paused: bool
    version: int = Field(ge=0, lt=2**31, description="The version that was looked at.")


class ShopPauseView(BaseModel):
    """Whether the shop charges no subscription for now."""

    model_config = ConfigDict(frozen=True)

    is_paused: bool
    version: int


class ParcelQuote(BaseModel):
    """What a parcel costs, delivery and tax included."""

    model_config = ConfigDict(frozen=True)

    variant_id: int
    product_name: str
    variant_name: str
    slug: str
    quantity: int
    unit_price_minor: int
    shipping_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    currency: str
    p50_days: int
    p90_days: int
    is_in_stock: bool
    usual_ceiling_minor: int = Field(description="Above this we ask first, unless told otherwise.")
    ships_to: PostalAddress


class CycleView(BaseModel):
    """One parcel."""

    model_config = ConfigDict(frozen=True)

    number: int
    status: CycleStatus
    reason: str
    due_on: date
    ships_on: date
    quantity: int
    total_minor: int | None
    currency: str
    tries: int
    next_try_at: datetime | None
    paid_at: datetime | None
    shipped_at: datetime | None
    order_number: str | None


class SubscriptionStepView(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(frozen=True)

    what: str
    status: SubscriptionStatus
    detail: dict[str, Any]
    actor: str = Field(description="system, customer, or the name of a staff member.")
    at: datetime


class SubscriptionSummary(BaseModel):
    """One row of a list of subscriptions."""

    model_config = ConfigDict(frozen=True)

    id: int
    status: SubscriptionStatus
    product_name: str
    variant_name: str
    slug: str
    image_url: str | None
    variant_id: int
    quantity: int
    frequency: Frequency
    next_billing_on: date | None = Field(description="Null: no charge is planned.")
    next_shipping_on: date | None
    total_minor: int
    currency: str
    question: Question | None
    resume_on: date | None


class SubscriptionView(SubscriptionSummary):
    """A whole subscription, as its owner sees it."""

    time_zone: str
    upcoming: list[date] = Field(description="The days of the next charges.")
    version: int = Field(description="Counts what was decided about it; what is asked names it.")
    next_number: int = Field(description="Names the parcel to come.")
    last_billed_on: date | None
    last_shipped_on: date | None
    unit_price_minor: int
    max_total_minor: int
    ships_after_days: int
    when_missing: MissingRule
    address: PostalAddress
    card_id: int | None
    household_id: int | None
    household_name: str | None = Field(description="The home that it is for.")
    may_pull_forward_days: int
    may_push_back_days: int
    agreed_at: datetime
    ended_at: datetime | None
    end_reason: str
    open_order_number: str | None = Field(description="The order that waits for its money.")
    cycles: list[CycleView] = Field(description="Newest first.")
    can_change: bool
    can_pause: bool
    can_resume: bool
    can_skip: bool
    can_cancel: bool
    can_retry: bool


class StaffSubscription(SubscriptionSummary):
    """One row of the staff's list."""

    user_id: int
    email: str
    name: str


class StaffSubscriptionView(SubscriptionView):
    """A whole subscription, as staff see it."""

    user_id: int
    email: str
    name: str
    history: list[SubscriptionStepView] = Field(description="Newest first.")
    can_suspend: bool
    can_unsuspend: bool


class StaffSubscriptions(BaseModel):
    """One page of the staff's list; `next` goes into `after` for the following one."""

    model_config = ConfigDict(frozen=True)

    subscriptions: list[StaffSubscription]
    next: int | None
