"""Rules about the evidence: is the cartridge really low, and is it time? Pure, one fact each."""

from datetime import timedelta
from math import erf, sqrt

from cloud.reorders.cases import Case, Look, Mode
from cloud.reorders.findings import (
    DAY,
    LOOK_AGAIN,
    Finding,
    Reason,
    refuse,
    wait,
)

# `error_ul` holds nine times of ten: 1.645 standard deviations of a normal distribution.
_NINE_OF_TEN = 1.645


def cartridge_is_present(case: Case) -> Finding | None:
    """A report about a cartridge that was taken out since is history."""
    evidence = case.evidence
    is_gone = evidence.install_id != evidence.present_install_id
    return refuse(Reason.CARTRIDGE_CHANGED) if is_gone else None


def level_did_not_rise(case: Case) -> Finding | None:
    """Oil does not grow back: a sensor that says so is not believed about being low either."""
    has_risen = case.evidence.present.percent >= case.rules.rearm_percent
    return wait(Reason.LEVEL_ROSE, None) if has_risen else None


def device_has_settled(case: Case) -> Finding | None:
    """The first readings after fitting, joining or a reset say little: a later one must agree."""
    evidence = case.evidence
    settled_at = max(evidence.fitted_at, evidence.joined_at) + case.rules.settling
    if settled_at > case.now:
        return wait(Reason.JUST_FITTED, settled_at)
    is_early = case.rules.settling > timedelta(0) and evidence.present.at < settled_at
    return wait(Reason.JUST_FITTED, case.now + LOOK_AGAIN) if is_early else None


def level_is_known(case: Case) -> Finding | None:
    """A level that was only inferred, as from a plug's wattage, never orders."""
    is_unknown = case.evidence.present.quality == "inferred"
    return wait(Reason.LEVEL_UNKNOWN, case.now + LOOK_AGAIN) if is_unknown else None


def level_is_fresh(case: Case) -> Finding | None:
    """An old level, replayed after an outage, is not the present one."""
    is_stale = case.now - case.evidence.present.at > case.rules.stale_after
    return wait(Reason.STALE, case.now + LOOK_AGAIN) if is_stale else None


def clock_did_not_jump(case: Case) -> Finding | None:
    """A stamp in the future comes from a clock that is wrong; so may be the forecast."""
    latest = case.now + case.rules.clock_slack
    evidence = case.evidence
    has_jumped = max(evidence.occurred_at, evidence.present.at) > latest
    return wait(Reason.CLOCK_JUMP, case.now + LOOK_AGAIN) if has_jumped else None


def low_is_certain(case: Case) -> Finding | None:
    """Two looks hours apart agree, or one is sure enough by its own error bound."""
    if _have_two_looks_agreed(case) or _confidence(case) >= case.rules.confidence:
        return None
    last = case.evidence.observations[-1].at if case.evidence.observations else case.now
    again = max(last + case.rules.observation_gap, case.now + timedelta(hours=1))
    return wait(Reason.NEEDS_SECOND_LOOK, again)


def _have_two_looks_agreed(case: Case) -> bool:
    looks = (*case.evidence.observations, case.evidence.present)
    low = [look.at for look in looks if look.percent <= _threshold(case)]
    return len(low) > 1 and max(low) - min(low) >= case.rules.observation_gap


def _threshold(case: Case) -> float:
    """Return the percentage that counts as low: the fixed one, or what the days left allow."""
    if _is_due_by_days(case):
        return case.rules.rearm_percent
    return case.rules.order_percent


def _confidence(case: Case) -> float:
    """Return how sure the present look is that the cartridge is low, 0..1."""
    look = case.evidence.present
    if look.error_ul == 0:
        return 1.0 if look.percent <= _threshold(case) else 0.0
    return _below(look, _threshold(case) * look.capacity_ul / 100)


def _below(look: Look, limit_ul: float) -> float:
    sigmas = (limit_ul - look.remaining_ul) * _NINE_OF_TEN / look.error_ul
    return (1 + erf(sigmas / sqrt(2))) / 2


def oil_will_not_outlast_parcel(case: Case) -> Finding | None:
    """Order when the days left are those the parcel, the window and some safety need."""
    runs_out_at = case.evidence.runs_out_at
    if runs_out_at is None:
        is_low = case.evidence.present.percent <= case.rules.order_percent
        return None if is_low else wait(Reason.ENOUGH_OIL, case.now + DAY)
    if _is_due_by_days(case):
        return None
    return wait(Reason.ENOUGH_OIL, runs_out_at - _lead(case))


def _is_due_by_days(case: Case) -> bool:
    runs_out_at = case.evidence.runs_out_at
    return runs_out_at is not None and runs_out_at - case.now <= _lead(case)


def _lead(case: Case) -> timedelta:
    rules = case.rules
    # A parcel of a subscription is not charged without notice: that takes as long as asking.
    is_subscribed = case.supply is not None and case.supply.is_subscribed
    is_quick = case.standing.mode is Mode.AUTOMATIC and not is_subscribed
    answer = rules.cancel_window if is_quick else rules.asking_time
    delivery = timedelta(days=case.supply.p90_days if case.supply else 0)
    return delivery + answer + rules.safety
