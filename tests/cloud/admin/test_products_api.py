"""Products and bottles over the staff's API: made, changed, raced for, and taken out of sale."""

import asyncio
import base64
from typing import Any

import pytest
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import FORM, buy, put_in_cart, variant_of, words_of

pytestmark = pytest.mark.needs_postgres
API = "/api/v1/staff"
FIG = {"name": "Green Fig", "slug": "green-fig", "family": "fruity"}
BOTTLE = {
    "sku": "GREFIG-50",
    "name": "50 ml",
    "capacity_ul": 50_000,
    "weight_g": 290,
    "price_minor": 2890,
}


async def make(staff: CloudClient, **more: Any) -> dict[str, Any]:
    answer = await staff.post_json(f"{API}/products", {**FIG, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def change(staff: CloudClient, product: dict[str, Any], **more: Any) -> Any:
    apart = {"id", "deleted_at", "model_glb_key", "model_usdz_key", "ar_placement"}
    fields = {
        name: value
        for name, value in product.items()
        if name not in apart | {"related", "languages"}
    }
    return await staff.put_json(f"{API}/products/{product['id']}", {**fields, **more})


async def cedar(staff: CloudClient, market: Market) -> dict[str, Any]:
    product_id = await market.scalar("SELECT product_id FROM variants WHERE sku = 'CEDBER-50'")
    answer = await staff.get(f"{API}/products/{product_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_draft_is_seen_by_staff_alone_until_its_moment(
    staff: CloudClient, client: CloudClient, market: Market
) -> None:
    draft = await make(staff)
    await staff.post_json(f"{API}/products/{draft['id']}/variants", BOTTLE)
    hidden = await client.get("/api/v1/products/green-fig")
    listed = (await staff.get(f"{API}/products?status=draft&words=GREFIG")).json()
    await change(staff, draft, published_at="2026-01-01T00:00:00Z")
    shown = await client.get("/api/v1/products/green-fig")

    assert hidden.status_code == 404
    assert [one["status"] for one in listed] == ["draft"]
    assert shown.status_code == 200
    assert shown.json()["variants"][0]["is_default"]


async def test_r40_two_staff_who_edit_one_product_at_once_do_not_overwrite_each_other(
    staff: CloudClient, admin: CloudClient, market: Market
) -> None:
    product = await cedar(staff, market)

    answers = await asyncio.gather(
        change(staff, product, tagline="From the manager."),
        change(admin, product, tagline="From the admin."),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    late = next(answer for answer in answers if answer.status_code == 412).json()
    won = next(answer for answer in answers if answer.status_code == 200).json()
    assert late["code"] == "changed_meanwhile"
    assert late["current"]["tagline"] == won["tagline"]
    assert late["version"] == won["version"]


async def test_saving_what_is_already_so_changes_nothing(
    staff: CloudClient, market: Market
) -> None:
    product = await cedar(staff, market)

    again = await change(staff, product)

    assert again.json()["version"] == product["version"]
    assert await market.scalar("SELECT count(*) FROM audit_entries") == 0


async def test_what_a_product_goes_with_holds_in_both_directions(
    staff: CloudClient, market: Market
) -> None:
    fig, other = await make(staff), await cedar(staff, market)

    related = await staff.put_json(f"{API}/products/{fig['id']}/related", {"ids": [other["id"]]})
    itself = await staff.put_json(f"{API}/products/{fig['id']}/related", {"ids": [fig["id"]]})

    assert (related.status_code, itself.status_code) == (204, 422)
    assert (await cedar(staff, market))["related"] == [fig["id"]]


async def test_texts_in_a_language_come_and_go(staff: CloudClient, market: Market) -> None:
    product = await cedar(staff, market)
    path = f"{API}/products/{product['id']}/texts/de"
    first = await staff.put_json(path, {"name": "Zeder", "version": 0})
    stale = await staff.put_json(path, {"name": "Zedern", "version": 0})
    languages = (await cedar(staff, market))["languages"]
    gone = await staff.put_json(path, {"version": first.json()["version"]})

    assert (first.status_code, stale.status_code) == (200, 412)
    assert languages == ["de"]
    assert gone.json()["version"] == 0


async def test_moments_and_texts_that_no_row_can_hold_are_refused(
    staff: CloudClient, market: Market
) -> None:
    for wrong in (
        {"published_at": "0001-01-01T00:00:00+14:00"},
        {"published_at": "9999-12-31T23:59:59-14:00"},
        {"published_at": "2026-01-01T00:00:00"},
        {"tagline": "nothing\u0000here"},
        {"categories": [2**62]},
        {"position": 10**30},
    ):
        refused = await staff.post_json(f"{API}/products", {**FIG, **wrong})
        assert refused.status_code == 422, wrong
    mark = base64.urlsafe_b64encode(b'["\\ud800", 1]').decode()
    assert (await staff.get(f"/admin/products?order=name&after={mark}")).status_code == 200


async def test_bottles_are_told_apart_and_one_is_the_default(
    staff: CloudClient, market: Market
) -> None:
    fig = await make(staff)
    path = f"{API}/products/{fig['id']}/variants"
    await staff.post_json(path, BOTTLE | {"barcode": "4006381333931"})
    taken = await staff.post_json(path, BOTTLE | {"capacity_ul": 30_000})
    same_size = await staff.post_json(path, BOTTLE | {"sku": "GREFIG-51"})
    small = {"sku": "GREFIG-30", "name": "30 ml", "capacity_ul": 30_000, "is_default": True}
    second = await staff.post_json(path, BOTTLE | small)
    amber = {"sku": "GREFIG-50-A", "options": {"glass": "amber"}}
    third = await staff.post_json(path, BOTTLE | amber)
    found = (await staff.get(path)).json()

    codes = [answer.json().get("code") for answer in (taken, same_size)]
    assert codes == ["sku_taken", "size_taken"]
    assert (second.status_code, third.status_code) == (201, 201)
    assert [one["sku"] for one in found if one["is_default"]] == ["GREFIG-30"]


async def test_a_sold_bottle_is_not_removed_but_switched_off(
    staff: CloudClient, client: CloudClient, market: Market
) -> None:
    await buy(market, client)
    sold = await variant_of(market, "CEDBER-50")
    fig = await make(staff)
    fresh = await staff.post_json(f"{API}/products/{fig['id']}/variants", BOTTLE)

    refused = await staff.remove(f"{API}/variants/{sold}")
    removed = await staff.remove(f"{API}/variants/{fresh.json()['id']}")

    assert refused.status_code == 409
    assert refused.json()["code"] == "variant_in_use"
    assert removed.status_code == 204


async def test_h13_a_product_taken_out_of_sale_stays_in_orders_and_comes_back(
    staff: CloudClient, admin: CloudClient, client: CloudClient, market: Market
) -> None:
    await buy(market, client)
    product = await cedar(staff, market)
    path = f"{API}/products/{product['id']}"

    kept_out = await staff.remove(path)
    await admin.remove(path)
    hidden = await client.get("/api/v1/products/cedber-50")
    await admin.post_json(f"{path}/restore")
    shown = await client.get("/api/v1/products/cedber-50")

    assert (kept_out.status_code, hidden.status_code, shown.status_code) == (403, 410, 200)
    assert await market.scalar("SELECT count(*) FROM order_items") == 1


async def test_a_duplicate_is_a_draft_with_the_same_words_and_pictures(
    staff: CloudClient, market: Market
) -> None:
    product = await cedar(staff, market)
    image = await market.scalar("SELECT id FROM product_images")
    texts = {"alt": "A bottle.", "texts": {"de": "Eine Flasche."}}
    await staff.put_json(f"{API}/images/{image}", texts)

    copy = (await staff.post_json(f"{API}/products/{product['id']}/duplicate")).json()
    images = (await staff.get(f"{API}/products/{copy['id']}/images")).json()

    assert (copy["slug"], copy["published_at"]) == ("cedber-50-2", None)
    assert copy["description"] == product["description"]
    assert [(one["alt"], one["texts"]) for one in images] == [(texts["alt"], texts["texts"])]


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE products SET published_at = NULL",
        "UPDATE products SET deleted_at = now()",
        "UPDATE variants SET is_active = false",
    ],
    ids=["unpublished", "taken out", "switched off"],
)
async def test_r18_what_left_the_shop_while_in_a_cart_is_said_and_cannot_be_paid(
    client: CloudClient, market: Market, end: str
) -> None:
    await put_in_cart(market, client)
    page = await client.get("/checkout")
    total = page.text.split('name="seen_total_minor" value="')[1].split('"')[0]
    async with market.database.unit_of_work() as session:
        await session.execute(text(end))

    cart = await client.get("/cart")
    # The form that the buyer had open all the while.
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {**FORM, "csrf_token": token, "seen_total_minor": total}
    paid = await client.post("/checkout", data=form)

    assert "No longer on sale" in words_of(cart)
    assert "/checkout" not in cart.text
    assert paid.status_code == 422
    assert "Some of this is no longer sold." in words_of(paid)
    assert await market.scalar("SELECT count(*) FROM orders") == 0
