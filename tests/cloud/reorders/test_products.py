from datetime import timedelta

from sqlalchemy import text

from cloud.reorders.service import tell_changed
from tests.fakes.cloud_client import CloudClient
from tests.fakes.hub import cartridge
from tests.fakes.market import SKU, Home, Market

DOCUMENTS = "SELECT body FROM cloud_documents WHERE kind = 'catalogue' ORDER BY key"


async def a_home_with_a_bottle(market: Market) -> Home:
    home = await market.open_home(await market.user_id())
    await home.says("cartridge.fitted", cartridge(sku=SKU))
    await market.settle()
    return home


async def test_a_home_learns_the_name_and_price_of_the_bottle_it_fitted(
    market: Market, customer: CloudClient
) -> None:
    await a_home_with_a_bottle(market)

    ((body,),) = await market.rows(DOCUMENTS)

    assert body["sku"] == SKU
    assert body["product_name"]
    assert body["price_minor"] > 0
    assert body["product_url"].endswith(f"?size={SKU}")


async def test_a_new_price_reaches_the_homes_that_have_the_bottle(
    market: Market, customer: CloudClient
) -> None:
    await a_home_with_a_bottle(market)
    await market.run("UPDATE variants SET price_minor = 4242 WHERE sku = :sku", sku=SKU)

    await market.clock.advance(timedelta(minutes=16))
    await market.settle()

    ((body,),) = await market.rows(DOCUMENTS)
    assert body["price_minor"] == 4242

    # An import takes a while: what it wrote bears the time when it began.
    async with market.database.unit_of_work() as session:
        price = text("UPDATE variants SET price_minor = 4343 WHERE sku = :sku")
        await session.execute(price, {"sku": SKU})
        looked_at = await session.scalar(text("SELECT clock_timestamp()"))
    async with market.database.unit_of_work() as session:
        await tell_changed(session, looked_at, looked_at)
    await market.settle()
    ((body,),) = await market.rows(DOCUMENTS)
    assert body["price_minor"] == 4343


async def test_a_bottle_told_of_again_wakes_no_hub(market: Market, customer: CloudClient) -> None:
    home = await a_home_with_a_bottle(market)
    before = await market.scalar("SELECT max(version) FROM cloud_documents")

    await home.says("cartridge.fitted", cartridge("install-2", 2, sku=SKU))
    await market.settle()

    told = await market.scalar("SELECT max(version) FROM cloud_documents WHERE kind = 'catalogue'")
    assert told <= before


async def test_a_bottle_the_shop_does_not_have_is_left_out(
    market: Market, customer: CloudClient
) -> None:
    home = await market.open_home(await market.user_id())

    await home.says("cartridge.fitted", cartridge(sku="FOREIGN-10"))
    await market.settle()

    assert await market.rows(DOCUMENTS) == []
