"""The words of a decision: what shall happen, why, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cloud.reorders.cases import Case

DAY = timedelta(days=1)
# When a rule waits for something that no clock tells, it is looked at again after this.
LOOK_AGAIN = timedelta(hours=6)


class Verdict(StrEnum):
    """What shall happen, gravest objection first."""

    REFUSE = "refuse"
    WAIT = "wait"
    PROPOSE = "propose"
    ORDER = "order"


class Reason(StrEnum):
    """Why; stable names that texts are written for."""

    OFF = "off"
    SLOT_FROZEN = "slot_frozen"
    REFILLED_ELSEWHERE = "refilled_elsewhere"
    CARTRIDGE_CHANGED = "cartridge_changed"
    LEVEL_ROSE = "level_rose_without_refill"
    NOT_SOLD = "not_sold_here"
    PAUSED = "paused"
    SNOOZED = "snoozed"
    OPEN_REORDER = "open_reorder"
    JUST_SHIPPED = "just_shipped"
    BOTTLE_ON_HAND = "bottle_on_hand"
    JUST_FITTED = "just_fitted"
    LEVEL_UNKNOWN = "level_unknown"
    STALE = "stale"
    CLOCK_JUMP = "clock_jump"
    NEEDS_SECOND_LOOK = "needs_second_look"
    ENOUGH_OIL = "enough_oil"
    NO_CONSENT = "no_consent"
    OTHER_VARIANT = "other_variant"
    NOT_SELLABLE = "not_sellable"
    OUT_OF_STOCK = "out_of_stock"
    NEW_CURRENCY = "new_currency"
    PRICE_ABOVE_CEILING = "price_above_ceiling"
    PRICE_CHANGED = "price_changed"
    SHIPPING_CHANGED = "shipping_changed"
    TAX_CHANGED = "tax_changed"
    BOTTLE_ON_THE_WAY = "bottle_on_the_way"
    SLOT_CAP = "slot_cap"
    MONTH_CAP = "month_cap"
    FASTER_THAN_USUAL = "faster_than_usual"
    HUB_DUPLICATED = "hub_duplicated"
    ASK_MODE = "ask_mode"
    MEMBER_ASKED = "asked_by_member"
    HOME_ASKED = "asked_by_home"
    TEST = "test"
    SUBSCRIPTION_PARCEL = "subscription_parcel"
    AGREED = "agreed"


# Doubts about the readings: a new level may end them, and nothing else will.
DOUBTS = (
    Reason.LEVEL_ROSE,
    Reason.JUST_FITTED,
    Reason.LEVEL_UNKNOWN,
    Reason.STALE,
    Reason.CLOCK_JUMP,
    Reason.NEEDS_SECOND_LOOK,
)
# Somebody asked for it, whatever the level.
ASKED_FOR = (Reason.MEMBER_ASKED, Reason.HOME_ASKED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's objection. `until` is when looking again makes sense; None: when told."""

    verdict: Verdict
    reason: Reason
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall happen and why. `findings` are all objections, in the order of the rules.

    `reason` is the one that decided. `until` is when a waiting case is looked at again.
    """

    verdict: Verdict
    reason: Reason
    until: datetime | None
    findings: tuple[Finding, ...]


def refuse(reason: Reason) -> Finding:
    """Return the objection that ends the matter."""
    return Finding(Verdict.REFUSE, reason)


def wait(reason: Reason, until: datetime | None) -> Finding:
    """Return the objection that puts the matter off."""
    return Finding(Verdict.WAIT, reason, until)


def ask(reason: Reason) -> Finding:
    """Return the objection that leaves the matter to a person."""
    return Finding(Verdict.PROPOSE, reason)


def wait_for(case: Case, reason: Reason, until: datetime | None) -> Finding | None:
    """Return an objection that holds until a moment; None when the moment has come."""
    return wait(reason, until) if until is not None and until > case.now else None
