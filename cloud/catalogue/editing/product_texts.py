"""A product's texts in other languages than the shop's own, and its 3D model."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.editing.product_shapes import ProductTexts
from cloud.catalogue.editing.snapshots import snapshot
from cloud.catalogue.errors import ModelNeeded
from cloud.catalogue.models import ProductTranslation
from cloud.catalogue.placements import ArPlacement
from cloud.foundation import audit
from cloud.foundation.filing import Filing, sweep_soon
from cloud.foundation.identity import SignedIn
from cloud.foundation.solids import GLB, USDZ, check_glb, check_usdz
from cloud.foundation.versions import check_version

_TEXTS = ProductTranslation.text_columns


async def read_texts(session: AsyncSession, product_id: int, language: str) -> dict[str, Any]:
    """Return a product's texts in a language with their version; version 0 when there are none."""
    row = await session.get(ProductTranslation, (product_id, language))
    if row is None:
        return {"language": language, "version": 0, **dict.fromkeys(_TEXTS)}
    return {"language": language, "version": row.version, **snapshot(row, _TEXTS)}


async def write_texts(
    session: AsyncSession,
    staff: SignedIn,
    product_id: int,
    language: str,
    wish: ProductTexts,
    *,
    seen: int,
) -> None:
    """Say a product in a language; without any text the language is taken away.

    Raises ProductUnknown or ChangedMeanwhile. What is already so is not written.
    """
    await lock_product(session, product_id)
    row = await session.get(ProductTranslation, (product_id, language), populate_existing=True)
    before = snapshot(row, _TEXTS) if row else dict.fromkeys(_TEXTS)
    check_version(row.version if row else 0, seen, before)
    said = {name: getattr(wish, name) or None for name in _TEXTS}
    if row is None and any(said.values()):
        session.add(ProductTranslation(product_id=product_id, language=language, **said))
    elif row is not None and any(said.values()):
        for name, text in said.items():
            setattr(row, name, text)
    elif row is not None:
        await session.delete(row)
    await session.flush()
    named = {"language": language}
    await audit.note(
        session,
        staff,
        "translate",
        "products",
        product_id,
        before=None if row is None else {**before, **named},
        after={**said, **named} if any(said.values()) or row is None else None,
    )


async def set_model(
    session: AsyncSession,
    staff: SignedIn,
    filing: Filing,
    product_id: int,
    *,
    glb: bytes | None,
    usdz: bytes | None,
    placement: ArPlacement | None,
) -> None:
    """Give a product its 3D model; a file that is None stays as it is.

    Raises ModelRefused, ProductUnknown, or ModelNeeded for a placement of nothing.
    """
    product = await lock_product(session, product_id)
    names = ("model_glb_key", "model_usdz_key", "ar_placement")
    before = snapshot(product, names)
    if glb is not None:
        check_glb(glb)
        product.model_glb_key = (await filing.keep(session, glb, GLB, "glb")).key
    if usdz is not None:
        check_usdz(usdz)
        product.model_usdz_key = (await filing.keep(session, usdz, USDZ, "usdz")).key
    if placement and not (product.model_glb_key or product.model_usdz_key):
        raise ModelNeeded
    product.ar_placement = placement
    await _noted(session, staff, product_id, before, snapshot(product, names))


async def remove_model(session: AsyncSession, staff: SignedIn, product_id: int) -> None:
    """Take a product's 3D model away; again changes nothing."""
    product = await lock_product(session, product_id)
    names = ("model_glb_key", "model_usdz_key", "ar_placement")
    before = snapshot(product, names)
    for name in names:
        setattr(product, name, None)
    await _noted(session, staff, product_id, before, dict.fromkeys(names))


async def _noted(
    session: AsyncSession,
    staff: SignedIn,
    product_id: int,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    await session.flush()
    await audit.note(session, staff, "model", "products", product_id, before=before, after=after)
    await sweep_soon(session)
