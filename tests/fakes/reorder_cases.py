"""A reorder to decide about: automatic, agreed, due, and without any objection."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cloud.reorders.cases import (
    Case,
    Consent,
    Evidence,
    History,
    Look,
    Mode,
    ReorderRules,
    Standing,
    Supply,
)
from cloud.reorders.findings import Decision, Reason, Verdict

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def look(
    percent: float, at: datetime = NOW, *, error: float = 1, quality: str = "measured"
) -> Look:
    return Look(
        remaining_ul=int(percent * 500),
        capacity_ul=50_000,
        error_ul=int(error * 500),
        quality=quality,
        at=at,
    )


EVIDENCE = Evidence(
    install_id="cartridge-1",
    occurred_at=NOW - HOUR,
    received_at=NOW - HOUR,
    observations=(look(10.5, NOW - 8 * HOUR), look(10, NOW - HOUR)),
    present_install_id="cartridge-1",
    fitted_at=NOW - 40 * DAY,
    joined_at=NOW - 90 * DAY,
    present=look(10),
    runs_out_at=NOW + 4 * DAY,
)
CONSENT = Consent(
    mode=Mode.AUTOMATIC,
    variant_id=7,
    quantity=1,
    currency="EUR",
    shipping_minor=490,
    tax_basis_points=1900,
    max_total_minor=4000,
)
SUPPLY = Supply(
    variant_id=7,
    is_sellable=True,
    available=5,
    quantity=1,
    currency="EUR",
    shipping_minor=490,
    tax_basis_points=1900,
    total_minor=3390,
    p90_days=4,
)
AUTOMATIC = Case(
    evidence=EVIDENCE,
    standing=Standing(mode=Mode.AUTOMATIC),
    consent=CONSENT,
    supply=SUPPLY,
    history=History(),
    rules=ReorderRules(),
    now=NOW,
)


def case(**parts: Any) -> Case:
    """Return the automatic case with fields of its parts changed, e.g. `supply__available=0`."""
    changed = AUTOMATIC
    for name, wanted in parts.items():
        part, _, field = name.partition("__")
        value = replace(getattr(changed, part), **{field: wanted}) if field else wanted
        changed = replace(changed, **{part: value})
    return changed


def outcome(decision: Decision) -> tuple[Verdict, Reason]:
    return decision.verdict, decision.reason


def reasons(decision: Decision) -> set[Reason]:
    return {finding.reason for finding in decision.findings}
