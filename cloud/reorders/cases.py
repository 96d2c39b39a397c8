"""Everything a decision about a reorder rests on, as frozen values. Microlitres, minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Mode(StrEnum):
    """What the household wants for a slot: be asked, have it ordered, or neither."""

    ASK = "ask"
    AUTOMATIC = "automatic"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Look:
    """One estimate of what a cartridge holds; within ±`error_ul` nine times of ten."""

    remaining_ul: int
    capacity_ul: int
    error_ul: int
    quality: str
    at: datetime

    @property
    def percent(self) -> float:
        """Return how full the cartridge is, 0..100 or a little above."""
        return 100 * self.remaining_ul / self.capacity_ul


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the hub reported, and what the slot holds now.

    `observations` are the looks that the report rests on, oldest first. `present` is the newest
    look of the slot, `present_install_id` the cartridge it holds now, fitted at `fitted_at`, in a
    place that the present hub speaks of since `joined_at`.
    `runs_out_at` is the hub's median forecast; None: not within a year, or unknown.
    """

    install_id: str
    occurred_at: datetime
    received_at: datetime
    observations: Sequence[Look]
    present_install_id: str
    fitted_at: datetime
    joined_at: datetime
    present: Look
    runs_out_at: datetime | None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a member agreed to for one slot. Amounts are those shown at that moment.

    `mode`: that it is ordered by itself, or that it is asked about.
    """

    mode: Mode
    variant_id: int
    quantity: int
    currency: str
    shipping_minor: int
    tax_basis_points: int
    max_total_minor: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the slot and its household stand.

    `most_orders` in 30 days and `month_cap_minor` are the household's own bounds; None: the shop's.
    """

    mode: Mode
    is_frozen: bool = False
    is_refilled_elsewhere: bool = False
    is_hub_duplicated: bool = False
    snoozed_until: datetime | None = None
    paused_until: datetime | None = None
    most_orders: int | None = None
    month_cap_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """What the shop can send for the slot now, at which price and how fast.

    `p90_days`: nine of ten parcels reach this address within so many days. `is_subscribed`: a
    subscription of the home brings this bottle, and its next parcel may be pulled forward.
    """

    variant_id: int
    is_sellable: bool
    available: int
    quantity: int
    currency: str
    shipping_minor: int
    tax_basis_points: int
    total_minor: int
    p90_days: int
    is_subscribed: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What happened before. `ordered_at` are the slot's former orders, oldest first."""

    has_open_reorder: bool = False
    last_shipped_at: datetime | None = None
    ordered_at: Sequence[datetime] = ()
    spent_this_month_minor: int = 0
    bottles_on_hand: int = 0
    bottles_on_the_way: int = 0


@dataclass(frozen=True, slots=True)
class ReorderRules:
    """The numbers in the rules.

    cancel_window: how long an automatic order can be called off before it is charged. 24 h.
    asking_time: how long a person may take to answer a proposal. 3 days: over a weekend.
    safety: how much earlier than needed the parcel shall arrive. 2 days.
    shipped_guard: least time between a parcel for a slot and the next order. 72 h.
    order_percent: low, when no forecast exists. 15: about two weeks of common use.
    rearm_percent: a cartridge this full without a refill has a broken sensor. 50.
    confidence: how sure one look must be that the cartridge is low. 0.8.
    observation_gap: how far apart two looks must be to count as independent. 6 h.
    settling: how long after fitting or joining readings are not believed. 1 h; 0: all are.
    stale_after: a level older than this tells nothing. 48 h.
    clock_slack: stamps further in the future than this are a clock that jumped. 5 min.
    slot_orders: automatic orders a slot may have in 30 days. 1: a broken sensor costs one bottle.
    month_cap_minor: what a household may spend automatically in a calendar month. 150.00.
    proposal_life: a proposal nobody answered ends after this. 14 days.
    payment_life: an order whose card was refused waits this long for another. 3 days.
    alarm_after: a report without effect for this long calls the staff. 24 h.
    question_after: when to ask whether a delivered bottle is in. 1 day.
    question_again: when to ask again after "later". 3 days.
    test_step: how long a test waits between its steps. 1 min: it is watched.
    """

    cancel_window: timedelta = timedelta(hours=24)
    asking_time: timedelta = timedelta(days=3)
    safety: timedelta = timedelta(days=2)
    shipped_guard: timedelta = timedelta(hours=72)
    order_percent: float = 15.0
    rearm_percent: float = 50.0
    confidence: float = 0.8
    observation_gap: timedelta = timedelta(hours=6)
    settling: timedelta = timedelta(hours=1)
    stale_after: timedelta = timedelta(hours=48)
    clock_slack: timedelta = timedelta(minutes=5)
    slot_orders: int = 1
    month_cap_minor: int = 15_000
    proposal_life: timedelta = timedelta(days=14)
    payment_life: timedelta = timedelta(days=3)
    alarm_after: timedelta = timedelta(hours=24)
    question_after: timedelta = timedelta(days=1)
    question_again: timedelta = timedelta(days=3)
    test_step: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Case:
    """One question to decide. `consent` None: nobody agreed to anything for this slot yet.

    `supply` None: the shop does not know what is in the slot.
    """

    evidence: Evidence
    standing: Standing
    consent: Consent | None
    supply: Supply | None
    history: History
    rules: ReorderRules
    now: datetime
