"""Suppliers: writing them down, changing and listing them, each write noted in the audit."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.inventory.purchase_errors import SupplierNotFound, SupplierTaken
from cloud.inventory.purchase_models import Supplier
from cloud.inventory.purchase_schemas import (
    SupplierChange,
    SupplierFields,
    SupplierPage,
    SupplierView,
)

_SUBJECT = "suppliers"


async def get_supplier(session: AsyncSession, supplier_id: int) -> SupplierView:
    """Return a supplier; raises SupplierNotFound."""
    supplier = await session.get(Supplier, supplier_id)
    if supplier is None:
        raise SupplierNotFound
    return _view(supplier)


async def list_suppliers(
    session: AsyncSession, *, after: int | None = None, limit: int = 50
) -> SupplierPage:
    """Return suppliers in the order that they were written down."""
    statement = select(Supplier).order_by(Supplier.id).limit(limit + 1)
    if after is not None:
        statement = statement.where(Supplier.id > after)
    found = list(await session.scalars(statement))
    shown = [_view(one) for one in found[:limit]]
    return SupplierPage(suppliers=shown, next=shown[-1].id if len(found) > limit else None)


async def list_active(session: AsyncSession) -> list[SupplierView]:
    """Return everybody from whom something can be ordered, by name."""
    rows = await session.scalars(
        select(Supplier).where(Supplier.is_active).order_by(Supplier.name, Supplier.id)
    )
    return [_view(one) for one in rows]


async def make_supplier(
    session: AsyncSession, staff: SignedIn, wish: SupplierFields
) -> SupplierView:
    """Return a new supplier; raises SupplierTaken."""
    supplier = Supplier(**wish.model_dump())
    session.add(supplier)
    await _flush(session)
    await audit.note(session, staff, "make", _SUBJECT, supplier.id, after=_facts(supplier))
    return _view(supplier)


async def change_supplier(
    session: AsyncSession, staff: SignedIn, supplier_id: int, change: SupplierChange
) -> SupplierView:
    """Return a supplier as it is now; raises SupplierNotFound, ChangedMeanwhile, SupplierTaken."""
    supplier = await session.get(
        Supplier, supplier_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if supplier is None:
        raise SupplierNotFound
    before = _facts(supplier)
    check_version(supplier.version, change.version, before)
    for name, value in change.model_dump(exclude={"version"}).items():
        setattr(supplier, name, value)
    await _flush(session)
    after = _facts(supplier)
    await audit.note(session, staff, "change", _SUBJECT, supplier_id, before=before, after=after)
    return _view(supplier)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        for field in ("name", "email"):
            if f"uq_suppliers_{field}" in str(error.orig):
                raise SupplierTaken(field) from error
        raise


def _facts(supplier: Supplier) -> dict[str, Any]:
    return {name: getattr(supplier, name) for name in SupplierFields.model_fields}


def _view(supplier: Supplier) -> SupplierView:
    return SupplierView(id=supplier.id, version=supplier.version, **_facts(supplier))
