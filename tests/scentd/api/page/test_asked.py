"""A refill that a dashboard's button asked for: a person sees it, and decides."""

import json

from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source

SLOT = SlotKey("native-c3")
PAGE = "/cartridges/native-c3/1"
DASHBOARD = Source(Origin.PLATFORM, "home_assistant")
PRODUCT = {
    "sku": "CEDBER-50",
    "product_name": "Cedar & Bergamot",
    "variant_name": "50 ml",
    "capacity_ul": 50_000,
    "price_minor": 2_400,
    "currency": "EUR",
    "product_url": "https://shop.example/cedar",
}


async def test_an_ask_stands_on_the_card_and_on_the_cartridges_page(member, rig):
    rig.house.refill_asks.ask(SLOT, DASHBOARD)

    _, home = await member.read("/")
    _, page = await member.read(PAGE)

    assert "Somebody in Home Assistant asks for a refill." in home
    assert f'href="{PAGE}"' in home
    assert "Shall there be a refill?" in page
    assert "Nothing is ordered by that; you decide." in page


async def test_the_shop_is_one_link_away_where_the_hub_knows_it(member, rig):
    sku = rig.cartridges.get(SLOT).sku
    rig.house.refill_asks.ask(SLOT, DASHBOARD)
    _, without = await member.read(PAGE)

    await rig.tell_document("catalogue", sku, json.dumps({**PRODUCT, "sku": sku}))
    _, with_shop = await member.read(PAGE)

    assert "This hub knows no shop that sells it" in without
    assert 'href="https://shop.example/cedar"' in with_shop
    assert "This hub knows no shop that sells it" not in with_shop


async def test_a_link_that_is_no_web_address_is_not_followed(member, rig):
    sku = rig.cartridges.get(SLOT).sku
    rig.house.refill_asks.ask(SLOT, DASHBOARD)
    product = {**PRODUCT, "sku": sku, "product_url": "javascript:alert(1)"}
    await rig.tell_document("catalogue", sku, json.dumps(product))

    _, page = await member.read(PAGE)

    assert "javascript:" not in page


async def test_a_no_ends_it(member, rig):
    rig.house.refill_asks.ask(SLOT, DASHBOARD)

    _, page = await member.submit(f"{PAGE}/no-refill")

    assert "Noted: no refill for now." in page
    assert "Shall there be a refill?" not in page
    assert rig.house.refill_asks.waiting(SLOT) is None


async def test_whoever_asks_is_named(member, rig):
    rig.house.refill_asks.ask(SLOT, Source(Origin.VOICE, "somewhere"))

    _, page = await member.read(PAGE)

    assert "Somebody by voice asked for one" in page
