"""What hubs know of the shop's goods: the bottles in their household's slots, nothing else."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.offers import Offer
from cloud.catalogue.service import ids_by_sku, offers
from cloud.foundation.jobs import defer
from cloud.hubs import service as hubs
from cloud.orders.links import OrderLinks
from cloud.reorders import repository
from scentd.contracts.documents import CatalogueItemV1

# Longer than an import of many products: its rows bear the time when it began, and are seen when
# it ends.
_OVERLAP = timedelta(minutes=10)


async def tell_products(
    session: AsyncSession, links: OrderLinks, household_id: int, now: datetime
) -> None:
    """Publish each bottle of a household's slots, with its name and today's price.

    What already stands is not published again, so repeating it wakes no hub. A bottle that the
    shop does not have is left out: the hub keeps the name it knows.
    """
    slots = await repository.slots_of(session, [household_id])
    skus = sorted({slot.scent_sku for slot in slots if slot.scent_sku})
    found = await offers(session, list((await ids_by_sku(session, skus)).values()), now)
    for offer in sorted(found.values(), key=lambda one: one.sku):
        body = _document(offer, links).model_dump(mode="json")
        await hubs.publish(session, household_id, "catalogue", offer.sku, body)


async def defer_telling(session: AsyncSession, household_ids: Sequence[int]) -> None:
    """Have jobs publish the bottles of households; one waiting job a household is enough."""
    for household_id in household_ids:
        await defer(
            session,
            "reorders.tell_products",
            queueing_lock=f"tell-products:{household_id}",
            household_id=household_id,
        )


async def tell_changed(session: AsyncSession, since: datetime | None, now: datetime) -> None:
    """Have jobs tell the households whose bottles changed, or went in or out of a sale."""
    if since is not None:
        since -= _OVERLAP
    await defer_telling(session, await repository.households_with_news(session, since, now))


def _document(offer: Offer, links: OrderLinks) -> CatalogueItemV1:
    return CatalogueItemV1(
        sku=offer.sku,
        product_name=offer.product_name,
        variant_name=offer.variant_name,
        capacity_ul=offer.capacity_ul,
        price_minor=offer.price.minor,
        currency=offer.price.currency,
        colour=offer.colour,
        product_url=links.product(offer.slug, offer.sku),
    )
