"""Taking a product for oneself while it is changed."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.errors import ProductUnknown
from cloud.catalogue.models import Product


async def lock_product(session: AsyncSession, product_id: int) -> Product:
    """Return a product as it is now, locked until the transaction ends; raises ProductUnknown.

    Carts and orders may go on pointing to it meanwhile.
    """
    product = await session.get(
        Product, product_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if product is None:
        raise ProductUnknown(product_id)
    return product
