"""Plain words for the stages and reasons of refills."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cloud.reorders.cases import Mode
from cloud.reorders.stages import ReorderStage

_S = ReorderStage

# Words, and the kind of pill they stand in.
STAGES: Mapping[ReorderStage, tuple[str, str]] = {
    _S.RECEIVED: ("Being looked at", ""),
    _S.WAITING: ("Not yet needed", ""),
    _S.PROPOSED: ("Waiting for your answer", "warn"),
    _S.PENDING_CANCEL_WINDOW: ("Will be ordered", "info"),
    _S.ORDERED: ("Ordered", "info"),
    _S.PAYMENT_DUE: ("Payment needed", "bad"),
    _S.PAID: ("Paid, being packed", "good"),
    _S.SHIPPED: ("On its way", "good"),
    _S.DELIVERED: ("Delivered", "good"),
    _S.FITTED: ("Refilled", "good"),
    _S.REFUSED: ("Not ordered", ""),
    _S.DECLINED: ("You said no", ""),
    _S.CANCELLED: ("Cancelled", ""),
    _S.EXPIRED: ("Not answered in time", ""),
    _S.FAILED: ("Payment failed", "bad"),
}

MODES: Mapping[Mode, str] = {
    Mode.ASK: "Asks you first",
    Mode.AUTOMATIC: "Ordered by itself",
    Mode.OFF: "Off",
}

_REASONS: Mapping[str, str] = {
    "ask_mode": "You chose to be asked before anything is ordered.",
    "no_consent": "Refills for this diffuser come only with your yes.",
    "agreed": "You agreed to automatic refills for this diffuser.",
    "price_above_ceiling": "The price is above the highest you agreed to.",
    "price_changed": "The price has changed since you agreed.",
    "shipping_changed": "Delivery costs something else than when you agreed.",
    "tax_changed": "The tax has changed since you agreed.",
    "new_currency": "The shop's currency has changed since you agreed.",
    "other_variant": "Another bottle is in the diffuser than the one you agreed to.",
    "out_of_stock": "The bottle is sold out at the moment.",
    "not_sellable": "The bottle is no longer sold.",
    "slot_cap": "This diffuser has had its refill for these 30 days.",
    "month_cap": "Your monthly limit for refills would be passed.",
    "faster_than_usual": "The oil went down much faster than it usually does.",
    "bottle_on_the_way": "Another bottle of this scent is on its way already.",
    "hub_duplicated": "Two machines speak as your hub, so nothing is ordered by itself.",
}


def why(reason: str) -> str:
    """Return why a person is asked, in a sentence; an empty text for reasons of the machine."""
    return _REASONS.get(reason, "")


def evidence_facts(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the hub reported, as names and values for people; unknown shapes give less."""
    level = evidence.get("level") or {}
    facts = []
    if level.get("capacity_ul"):
        percent = 100 * level["remaining_ul"] / level["capacity_ul"]
        facts.append(
            ("Left in the bottle", f"{percent:.0f} % ({level['remaining_ul'] / 1000:.1f} ml)")
        )
    if "error_ul" in level:
        facts.append(("Give or take", f"{level['error_ul'] / 1000:.1f} ml"))
    quality = {
        "measured": "measured by the device",
        "device_estimate": "estimated by the device",
        "hub_estimate": "estimated by your hub",
        "inferred": "inferred",
    }.get(level.get("quality", ""))
    if quality:
        facts.append(("How we know", quality))
    looks = evidence.get("observations") or ()
    if looks:
        facts.append(("Seen low", "once" if len(looks) == 1 else f"{len(looks)} times"))
    if moment := (evidence.get("run_out") or {}).get("p50"):
        ends = datetime.fromisoformat(moment)
        facts.append(("Runs out about", f"{ends:%-d %B %Y}"))
    return facts
