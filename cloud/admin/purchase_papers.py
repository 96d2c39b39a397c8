"""What staff type about purchase orders, between the form's texts and the service's values."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from cloud.admin.desk import parsed
from cloud.admin.forms import FormWrong
from cloud.admin.purchase_desks import read_lines
from cloud.catalogue.service import get_variant, ids_by_sku
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.words import N_, Phrase
from cloud.inventory.purchase_schemas import Delivery, PurchaseMove

_COUNT = "count-"


async def lines_of(
    session: AsyncSession, values: Mapping[str, Any], currency: str
) -> dict[str, Any]:
    """Return a draft's values with the typed lines read; raises FormWrong."""
    typed = read_lines(values["lines"], currency)
    ids = await ids_by_sku(session, [sku for sku, _, _ in typed])
    for sku, _, _ in typed:
        if sku not in ids:
            raise FormWrong({"lines": Phrase("There is no bottle with the SKU %(sku)s.", sku=sku)})
    lines = [
        {"variant_id": ids[sku], "ordered": count, "unit_cost_minor": cost_minor}
        for sku, count, cost_minor in typed
    ]
    return {**values, "currency": currency, "lines": lines}


async def typed_lines(
    session: AsyncSession, lines: Sequence[Mapping[str, Any]], currency: str
) -> str:
    """Return lines as they are typed: SKU, how many, what one costs, if that is known."""
    written = []
    for line in lines:
        variant = await get_variant(session, line["variant_id"])
        cost = Money(line["unit_cost_minor"], currency).major
        said = f"{cost:.{exponent_of(currency)}f}" if cost else ""
        written.append(f"{variant.sku} {line['ordered']} {said}".rstrip())
    return "\n".join(written)


def as_move(form: FormData) -> PurchaseMove:
    """Return where an order shall go; raises FormWrong for a form that is none of ours."""
    typed = {name: str(form.get(name, "")) for name in ("to", "version")}
    return parsed(PurchaseMove, {**typed, "costs_seen": "costs_seen" in form})


def as_delivery(form: FormData) -> Delivery:
    """Return what came in, empty counts left out; raises FormWrong."""
    lines = [
        {"line_id": name.removeprefix(_COUNT), "quantity": str(value).strip()}
        for name, value in form.multi_items()
        if name.startswith(_COUNT) and str(value).strip() not in ("", "0")
    ]
    if not lines:
        raise FormWrong({"lines": N_("Say of at least one bottle how many came.")})
    return parsed(
        Delivery,
        {
            "delivery_note": str(form.get("delivery_note", "")),
            "notes": str(form.get("notes", "")),
            "allow_over": "allow_over" in form,
            "lines": lines,
        },
    )
