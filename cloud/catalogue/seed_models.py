"""Gives the scents of a shelf file the 3D model of their bottle."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.art.solid_bottles import sculpt
from cloud.catalogue.models import Product
from cloud.catalogue.placements import ArPlacement
from cloud.catalogue.shelf_file import ShelfFile
from cloud.foundation.filing import Filing
from cloud.foundation.solids import GLB


async def seed_models(session: AsyncSession, filing: Filing, shelf: ShelfFile) -> None:
    """Give every scent of a file a model, if it has none; whatever staff gave it stays."""
    subjects = {scent.slug: scent.subject for scent in shelf.scents}
    for product in await session.scalars(
        select(Product)
        .where(
            Product.slug.in_(subjects),
            Product.model_glb_key.is_(None),
            Product.model_usdz_key.is_(None),
        )
        .order_by(Product.id)
    ):
        subject = subjects[product.slug]
        body = sculpt(subject.bottle, subject.ink)
        product.model_glb_key = (await filing.keep(session, body, GLB, "glb")).key
        product.ar_placement = ArPlacement.TABLE
    await session.flush()
