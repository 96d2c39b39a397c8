"""Bottles of a product: made, changed, switched off, and removed while nobody has any."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.editing.product_shapes import VariantFields
from cloud.catalogue.editing.refusals import saying
from cloud.catalogue.editing.snapshots import snapshot
from cloud.catalogue.errors import (
    BarcodeTaken,
    SizeTaken,
    SkuTaken,
    VariantInUse,
    VariantNotFound,
)
from cloud.catalogue.models import Variant
from cloud.catalogue.service import make_default
from cloud.foundation import audit
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version

COLUMNS = tuple(name for name in VariantFields.model_fields if name != "is_default")
_SUBJECT = "variants"


async def list_variants(session: AsyncSession, product_id: int) -> Sequence[Variant]:
    """Return a product's bottles, smallest first, switched off or not."""
    found = await session.scalars(
        select(Variant)
        .where(Variant.product_id == product_id)
        .order_by(Variant.capacity_ul, Variant.id)
    )
    return found.all()


async def read_variant(session: AsyncSession, variant_id: int) -> Variant:
    """Return a bottle; raises VariantNotFound."""
    variant = await session.get(Variant, variant_id)
    if variant is None:
        raise VariantNotFound(variant_id)
    return variant


async def create(
    session: AsyncSession, staff: SignedIn, product_id: int, wish: VariantFields, currency: str
) -> int:
    """Add a bottle priced in the shop's currency and return its id; the first is the default.

    Raises ProductUnknown, SkuTaken, BarcodeTaken or SizeTaken.
    """
    await lock_product(session, product_id)
    is_first = not await list_variants(session, product_id)
    variant = Variant(
        product_id=product_id, currency=currency, is_default=is_first, **_columns_of(wish)
    )
    async with saying(session, _refusals(wish)):
        session.add(variant)
    if wish.is_default and not is_first:
        await make_default(session, variant)
    await audit.note(session, staff, "create", _SUBJECT, variant.id, after=_audited(variant))
    return variant.id


async def change(
    session: AsyncSession, staff: SignedIn, variant_id: int, wish: VariantFields, *, seen: int
) -> int:
    """Make a bottle say what staff wrote, if they saw its newest version; return its product.

    What is already so is not written. The default stays until another one is made it. Raises
    VariantNotFound, ChangedMeanwhile, SkuTaken, BarcodeTaken or SizeTaken.
    """
    product_id = (await read_variant(session, variant_id)).product_id
    await lock_product(session, product_id)
    variant = await _locked(session, variant_id)
    before = _audited(variant)
    check_version(variant.version, seen, before)
    async with saying(session, _refusals(wish)):
        for name, value in _columns_of(wish).items():
            setattr(variant, name, value)
    if wish.is_default and not variant.is_default:
        await make_default(session, variant)
    after = _audited(variant)
    await audit.note(session, staff, "change", _SUBJECT, variant_id, before=before, after=after)
    return product_id


async def remove(session: AsyncSession, staff: SignedIn, variant_id: int) -> int:
    """Remove a bottle that was never sold, counted or put in a cart; return its product.

    Raises VariantNotFound, or VariantInUse: such a bottle can be switched off.
    """
    product_id = (await read_variant(session, variant_id)).product_id
    await lock_product(session, product_id)
    variant = await _locked(session, variant_id)
    before = _audited(variant)
    others = [one for one in await list_variants(session, product_id) if one.id != variant_id]
    try:
        async with session.begin_nested():
            await session.delete(variant)
    except IntegrityError as error:
        raise VariantInUse(before["sku"]) from error
    if before["is_default"] and others:
        await make_default(session, others[0])
    await audit.note(session, staff, "remove", _SUBJECT, variant_id, before=before)
    return product_id


async def _locked(session: AsyncSession, variant_id: int) -> Variant:
    variant = await session.get(
        Variant, variant_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if variant is None:
        raise VariantNotFound(variant_id)
    return variant


def _columns_of(wish: VariantFields) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in COLUMNS}


def _refusals(wish: VariantFields) -> dict[str, CloudError]:
    return {
        "uq_variants_sku": SkuTaken(wish.sku),
        "uq_variants_barcode": BarcodeTaken(wish.barcode or ""),
        "uq_variants_product_id_capacity_ul_options": SizeTaken(),
    }


def _audited(variant: Variant) -> dict[str, Any]:
    return snapshot(variant, (*COLUMNS, "is_default"))
