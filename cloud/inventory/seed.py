"""Puts the first bottles on the shelf."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.errors import VariantNotFound
from cloud.catalogue.service import ids_by_sku
from cloud.inventory import repository
from cloud.inventory.models import FIRST_LOCATION
from cloud.inventory.service import receive


async def seed_stock(session: AsyncSession, bottles: Mapping[str, int]) -> None:
    """Give every variant, by SKU, its first bottles; one that was ever stocked is left alone.

    Raises VariantNotFound for a SKU that the catalogue does not have.
    """
    ids = await ids_by_sku(session, bottles)
    stocked = await repository.read_levels(session, ids.values())
    for sku, quantity in sorted(bottles.items()):
        if sku not in ids:
            raise VariantNotFound(sku)
        if ids[sku] in stocked:
            continue
        if quantity:
            await receive(session, ids[sku], quantity, "first delivery")
        else:
            await repository.ensure_level(session, ids[sku], FIRST_LOCATION)
