"""Plain words for the stages and reasons of refills, for customers and staff alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cloud.foundation.words import N_, Phrase
from cloud.reorders.cases import Mode
from cloud.reorders.schemas import ConsentView, Evidenced, ExplainedReorder, StepView
from cloud.reorders.stages import ReorderStage

_S = ReorderStage

# Words, and the kind of pill they stand in.
STAGES: Mapping[ReorderStage, tuple[str, str]] = {
    _S.RECEIVED: (N_("Being looked at"), ""),
    _S.WAITING: (N_("Not yet needed"), ""),
    _S.PROPOSED: (N_("Waiting for your answer"), "warn"),
    _S.PENDING_CANCEL_WINDOW: (N_("Will be ordered"), "info"),
    _S.ORDERED: (N_("Ordered"), "info"),
    _S.PAYMENT_DUE: (N_("Payment needed"), "bad"),
    _S.PAID: (N_("Paid, being packed"), "good"),
    _S.SHIPPED: (N_("On its way"), "good"),
    _S.DELIVERED: (N_("Delivered"), "good"),
    _S.FITTED: (N_("Refilled"), "good"),
    _S.REFUSED: (N_("Not ordered"), ""),
    _S.DECLINED: (N_("You said no"), ""),
    _S.CANCELLED: (N_("Cancelled"), ""),
    _S.EXPIRED: (N_("Not answered in time"), ""),
    _S.FAILED: (N_("Payment failed"), "bad"),
    _S.CLAIMED: (N_("Comes with your subscription"), "good"),
}

MODES: Mapping[Mode, str] = {
    Mode.ASK: N_("Asks you first"),
    Mode.AUTOMATIC: N_("Ordered by itself"),
    Mode.OFF: N_("Off"),
}

_REASONS: Mapping[str, str] = {
    "ask_mode": N_("You chose to be asked before anything is ordered."),
    "no_consent": N_("Refills for this diffuser come only with your yes."),
    "agreed": N_("You agreed to automatic refills for this diffuser."),
    "price_above_ceiling": N_("The price is above the highest you agreed to."),
    "price_changed": N_("The price has changed since you agreed."),
    "shipping_changed": N_("Delivery costs something else than when you agreed."),
    "tax_changed": N_("The tax has changed since you agreed."),
    "new_currency": N_("The shop's currency has changed since you agreed."),
    "other_variant": N_("Another bottle is in the diffuser than the one you agreed to."),
    "out_of_stock": N_("The bottle is sold out at the moment."),
    "not_sellable": N_("The bottle is no longer sold."),
    "slot_cap": N_("This diffuser has had its refill for these 30 days."),
    "month_cap": N_("Your monthly limit for refills would be passed."),
    "faster_than_usual": N_("The oil went down much faster than it usually does."),
    "bottle_on_the_way": N_("Another bottle of this scent is on its way already."),
    "hub_duplicated": N_("Two machines speak as your hub, so nothing is ordered by itself."),
    "slot_frozen": N_("The device left your home, so nothing is ordered by itself."),
    "refilled_elsewhere": N_("Another service sends refills for this diffuser."),
    "subscription_parcel": N_("It comes with the next parcel of your subscription."),
    "asked_by_member": N_("Somebody in your home asked for it."),
    "asked_by_home": N_("It was asked for at home, by voice or at a panel."),
    "test": N_("This is a test: everything happens as it would, and nothing is charged."),
}
# What the machine did not believe or waited for; shown where somebody asks why.
_OBJECTIONS: Mapping[str, str] = {
    "off": N_("Refills are switched off for this diffuser."),
    "paused": N_("Refills of this home are paused."),
    "snoozed": N_("Refills of this diffuser are put off for some days."),
    "cartridge_changed": N_("Another bottle is in the diffuser by now."),
    "level_rose_without_refill": N_("The level rose although nobody refilled it."),
    "not_sold_here": N_("The shop does not know this scent."),
    "open_reorder": N_("A refill for this diffuser is on its way already."),
    "just_shipped": N_("A bottle for this diffuser was sent only now."),
    "bottle_on_hand": N_("A full bottle is in the cupboard."),
    "just_fitted": N_("The device was only just set up; its first readings are not relied on."),
    "level_unknown": N_("The level was only guessed."),
    "stale": N_("The last reading was too old."),
    "clock_jump": N_("The clock of the hub was wrong."),
    "needs_second_look": N_("One reading alone was not certain enough."),
    "enough_oil": N_("The oil lasts longer than a parcel takes."),
}
# Steps that are no stage of their own.
_NOTES: Mapping[str, str] = {
    "slot_frozen": N_("The device left the home"),
    "kept": N_("Kept, although the device left the home"),
    "refill_asked": N_("Asked whether the bottle is in"),
    "refill_no": N_("Not refilled yet"),
    "refill_later": N_("Ask again later"),
    "carrier_silent": N_("It should have arrived; the carrier did not say"),
    "declined_by_link": N_("Called off by the link in the mail"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a cartridge, in millilitres with one decimal."""

    at: datetime
    left_ml: str
    error_ml: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a refill rests on, for people: reasons, facts, readings, consent and steps."""

    why: str
    facts: Sequence[tuple[str, str | Phrase]]
    runs_out_on: date | None
    objections: Sequence[str]
    looks: Sequence[Reading]
    consent: ConsentView | None
    steps: Sequence[tuple[str, StepView]]
    is_ordered: bool


def shown(one: ExplainedReorder | Evidenced) -> Shown:
    """Return what a page shows of why a refill was asked about or ordered."""
    is_ordered = isinstance(one, Evidenced)
    reason = one.reason if isinstance(one, Evidenced) else one.reorder.reason
    moment = (one.evidence.get("run_out") or {}).get("p50")
    return Shown(
        why=why(reason) or why(str((one.decision or {}).get("reason"))),
        facts=[*evidence_facts(one.evidence), *decision_facts(one.decision)],
        runs_out_on=datetime.fromisoformat(moment).date() if moment else None,
        objections=[words for words in objections(one.decision) if words != why(reason)],
        looks=[_reading(look) for look in one.evidence.get("observations") or ()],
        consent=one.consent,
        steps=[(step_words(step.stage, step.reason), step) for step in one.steps],
        is_ordered=is_ordered,
    )


def _reading(look: Mapping[str, Any]) -> Reading:
    return Reading(
        at=datetime.fromisoformat(look["at"]),
        left_ml=f"{look['remaining_ul'] / 1000:.1f}",
        error_ml=f"{look['error_ul'] / 1000:.1f}",
    )


def why(reason: str) -> str:
    """Return why a person is asked, in a sentence; an empty text for reasons of the machine."""
    return _REASONS.get(reason, "")


def step_words(stage: ReorderStage, reason: str) -> str:
    """Return what happened at a step of a refill."""
    return _NOTES.get(reason) or STAGES[stage][0]


def objections(decision: Mapping[str, Any] | None) -> list[str]:
    """Return what spoke against ordering when it was last decided, in sentences."""
    found = [str(one.get("reason")) for one in (decision or {}).get("objections") or ()]
    words = [_REASONS.get(reason) or _OBJECTIONS.get(reason, "") for reason in found]
    return [sentence for sentence in words if sentence]


def decision_facts(decision: Mapping[str, Any] | None) -> list[tuple[str, str | Phrase]]:
    """Return what the decision reckoned with: the parcel's days."""
    supply = (decision or {}).get("supply") or {}
    if "p90_days" not in supply:
        return []
    days = Phrase("%(number)s days, nine times of ten", number=supply["p90_days"])
    return [(N_("A parcel takes"), days)]


def evidence_facts(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the hub reported, as names and values for people; unknown shapes give less."""
    level = evidence.get("level") or {}
    facts = []
    if level.get("capacity_ul"):
        percent = 100 * level["remaining_ul"] / level["capacity_ul"]
        facts.append(
            (N_("Left in the bottle"), f"{percent:.0f} % ({level['remaining_ul'] / 1000:.1f} ml)")
        )
    if "error_ul" in level:
        facts.append((N_("Give or take"), f"{level['error_ul'] / 1000:.1f} ml"))
    quality = {
        "measured": N_("measured by the device"),
        "device_estimate": N_("estimated by the device"),
        "hub_estimate": N_("estimated by your hub"),
        "inferred": N_("inferred"),
    }.get(level.get("quality", ""))
    if quality:
        facts.append((N_("How we know"), quality))
    is_reported = "proposed" not in evidence or "reported_at" in evidence
    looks = evidence.get("observations") or ()
    if looks and is_reported:
        facts.append(
            (
                N_("Seen low"),
                N_("once") if len(looks) == 1 else Phrase("%(number)s times", number=len(looks)),
            )
        )
    return facts
