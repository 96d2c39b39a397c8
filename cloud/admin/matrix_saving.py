"""Saving what was changed in the matrix: bottles by the catalogue, their stock by the inventory."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.admin.desk import parsed
from cloud.admin.forms import FormWrong
from cloud.admin.matrix_form import Edit
from cloud.catalogue.editing import matrices
from cloud.catalogue.editing.matrix_axes import Combination
from cloud.catalogue.editing.matrix_shapes import Cell, CellChange, CellNew, MatrixWish
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.inventory import keeping
from cloud.inventory.schemas import Correction

_Model = TypeVar("_Model", bound=BaseModel)
_WHY = "product editor"  # as the ledger keeps it, whatever language the editor speaks


async def save_edits(
    session: AsyncSession, staff: SignedIn, product_id: int, wanted: list[Edit], currency: str
) -> None:
    """Make and change bottles, and book what there shall be more or fewer of, all or none.

    Stock is booked as a difference, so that what was sold meanwhile stays sold. Raises FormWrong,
    ChangedMeanwhile, or a refusal of the services, all by the names of the form's fields.
    """
    changed = [one for one in wanted if one.slot.cell and one.seen and one.is_of_bottle]
    made = [one for one in wanted if one.seen is None]
    wish = MatrixWish(
        changed=[
            _cell_change(one, one.slot.cell, one.seen)
            for one in changed
            if one.slot.cell and one.seen
        ],
        made=[_cell_new(one) for one in made],
    )
    try:
        ids = await matrices.save(session, staff, product_id, wish, currency)
    except matrices.MatrixChanged as error:
        raise ChangedMeanwhile(0, _now(error)) from error
    except CloudError as error:
        error.field = _field_of(error.field or "", changed, made)
        raise
    if staff.may(permits.STOCK_CHANGE):
        for one in wanted:
            cell = one.slot.cell
            variant_id = cell.id if cell else ids[one.slot.kind]
            if one.stock_delta:
                await keeping.set_right(session, staff, variant_id, _correction(one))


def _cell_change(one: Edit, cell: Cell, seen: Mapping[str, Any]) -> CellChange:
    said = {name: one.values[name] for name in ("sku", "price_minor", "is_active")}
    return _read(CellChange, one, {"id": cell.id, "version": seen["version"], **said})


def _cell_new(one: Edit) -> CellNew:
    said = {name: one.values[name] for name in ("sku", "price_minor", "is_active", "weight_g")}
    proposal = one.slot.proposal
    name = proposal.name if proposal else one.slot.cell.name if one.slot.cell else ""
    kind = {"capacity_ul": one.slot.kind.capacity_ul, "options": dict(one.slot.kind.options)}
    return _read(CellNew, one, {"name": name, **kind, **said})


def _read(model: type[_Model], one: Edit, values: dict[str, Any]) -> _Model:
    try:
        return parsed(model, values)
    except FormWrong as error:
        raise FormWrong(
            {f"{name}.{one.slot.key}": words for name, words in error.problems.items()}
        ) from error


def _correction(one: Edit) -> Correction:
    try:
        return parsed(Correction, {"delta": one.stock_delta, "note": _WHY})
    except FormWrong as error:
        raise FormWrong({f"stock.{one.slot.key}": error.problems["delta"]}) from error


def _now(error: matrices.MatrixChanged) -> dict[str, Any]:
    return {
        f"{name}.{Combination.of(cell.capacity_ul, cell.options).key}": getattr(cell, name)
        for cell in error.cells
        for name in ("sku", "price_minor", "is_active")
    }


def _field_of(field: str, changed: list[Edit], made: list[Edit]) -> str:
    """Return the form's name of a field that the service names: "made.1.sku"."""
    kind, _, rest = field.partition(".")
    place, _, name = rest.partition(".")
    named = {"changed": changed, "made": made}.get(kind, [])
    if not place.isdigit() or int(place) >= len(named):
        return field
    return f"{name}.{named[int(place)].slot.key}"
