"""Rules about the slot, its household and what happened before. Pure, one fact each."""

from datetime import timedelta
from itertools import pairwise
from statistics import median

from cloud.reorders.cases import Case, Mode
from cloud.reorders.findings import DAY, Finding, Reason, ask, wait, wait_for

_THIRTY_DAYS = timedelta(days=30)


def mode_is_on(case: Case) -> Finding | None:
    """The household may have switched reorders of this slot off; switched on, it counts again."""
    return wait(Reason.OFF, None) if case.standing.mode is Mode.OFF else None


def slot_is_live(case: Case) -> Finding | None:
    """A revoked, unpaired or moved device freezes its slot until it is back."""
    return wait(Reason.SLOT_FROZEN, None) if case.standing.is_frozen else None


def nobody_else_refills(case: Case) -> Finding | None:
    """Another service's programme and ours are exclusive: two would send two bottles."""
    is_elsewhere = case.standing.is_refilled_elsewhere
    return wait(Reason.REFILLED_ELSEWHERE, None) if is_elsewhere else None


def nobody_paused(case: Case) -> Finding | None:
    """The household's pause holds for all slots."""
    return wait_for(case, Reason.PAUSED, case.standing.paused_until)


def nobody_snoozed(case: Case) -> Finding | None:
    """A member may have asked to be left alone about this slot for some days."""
    return wait_for(case, Reason.SNOOZED, case.standing.snoozed_until)


def nothing_is_open(case: Case) -> Finding | None:
    """One replenishment a slot at a time; the constraint in the database says so too."""
    return wait(Reason.OPEN_REORDER, None) if case.history.has_open_reorder else None


def nothing_just_shipped(case: Case) -> Finding | None:
    """After a parcel the slot has some days of grace: it may not have been fitted yet."""
    shipped = case.history.last_shipped_at
    if shipped is None:
        return None
    return wait_for(case, Reason.JUST_SHIPPED, shipped + case.rules.shipped_guard)


def no_bottle_on_hand(case: Case) -> Finding | None:
    """A full bottle stands in the cupboard."""
    if case.history.bottles_on_hand <= 0:
        return None
    return wait(Reason.BOTTLE_ON_HAND, case.now + DAY)


def no_bottle_on_the_way(case: Case) -> Finding | None:
    """The same bottle was bought by hand; whether for this slot, only a person knows."""
    return ask(Reason.BOTTLE_ON_THE_WAY) if case.history.bottles_on_the_way > 0 else None


def slot_is_below_cap(case: Case) -> Finding | None:
    """A broken sensor must not order for ever."""
    since = case.now - _THIRTY_DAYS
    recent = sum(moment > since for moment in case.history.ordered_at)
    own = case.standing.most_orders
    most = case.rules.slot_orders if own is None else own
    return ask(Reason.SLOT_CAP) if recent >= most else None


def household_is_below_cap(case: Case) -> Finding | None:
    """What a household spends automatically in a month is bounded."""
    if case.supply is None:
        return None
    spent = case.history.spent_this_month_minor + case.supply.total_minor
    own = case.standing.month_cap_minor
    most = case.rules.month_cap_minor if own is None else own
    return ask(Reason.MONTH_CAP) if spent > most else None


def pace_is_usual(case: Case) -> Finding | None:
    """Twice as fast as this slot ever was: something changed, so ask."""
    ordered = list(case.history.ordered_at)
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    if not gaps:
        return None
    typical = median(gap.total_seconds() for gap in gaps)
    is_fast = (case.now - ordered[-1]).total_seconds() * 2 < typical
    return ask(Reason.FASTER_THAN_USUAL) if is_fast else None


def hub_is_single(case: Case) -> Finding | None:
    """Two machines speak as this hub: a person decides until it is paired again."""
    return ask(Reason.HUB_DUPLICATED) if case.standing.is_hub_duplicated else None
