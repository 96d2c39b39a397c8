"""A household's refills written out for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from cloud.orders.service.bulk import safe_cell
from cloud.reorders.schemas import ExplainedReorder

_HEADINGS = (
    *("refill", "stage", "reason", "is_test", "room", "diffuser", "product", "variant"),
    *("quantity", "total_minor", "currency", "low_at", "remaining_ul", "capacity_ul", "error_ul"),
    *("observations", "runs_out_at", "consent", "consented_by", "consented_at", "ceiling_minor"),
    *("order", "arrives_on", "delivered_answer", "steps"),
)


def as_csv(history: Iterable[ExplainedReorder]) -> str:
    """Return refills as CSV, one a line, with what each rests on; amounts in minor units."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(_HEADINGS)
    for one in history:
        writer.writerow([safe_cell(cell) for cell in _cells(one)])
    return written.getvalue()


def _cells(one: ExplainedReorder) -> Sequence[object]:
    view, consent, level = one.reorder, one.consent, one.evidence.get("level") or {}
    return (
        *(view.id, view.stage.value, view.reason, view.is_test, view.room, view.diffuser_name),
        *(view.product_name, view.variant_name, view.quantity, view.total_minor, view.currency),
        *(view.low_at.isoformat(), *(level.get(name) for name in _LEVEL)),
        len(one.evidence.get("observations") or ()),
        _run_out(one.evidence),
        *((consent.id, consent.member, consent.consented_at.isoformat()) if consent else ("",) * 3),
        consent.max_total_minor if consent else "",
        *(view.order_number, view.arrives_on, view.refill_answer),
        " > ".join(f"{step.at:%Y-%m-%dT%H:%MZ} {step.stage.value}" for step in one.steps),
    )


_LEVEL = ("remaining_ul", "capacity_ul", "error_ul")


def _run_out(evidence: dict[str, Any]) -> object:
    return (evidence.get("run_out") or {}).get("p50")
