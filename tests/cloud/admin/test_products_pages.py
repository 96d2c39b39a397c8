"""The product editor as staff use it: forms, conflicts, pictures, models, lists."""

import asyncio
import re

import pytest
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.pictures import a_picture
from tests.fakes.shopping import words_of
from tests.fakes.solids import a_glb

pytestmark = pytest.mark.needs_postgres
NEW = {
    "name": "Green Fig",
    "slug": "green-fig",
    "family": "fruity",
    "intensity": "2",
    "position": "3",
    "tax_kind": "standard",
    "colour_primary": "#112233",
    "colour_secondary": "#112233",
    "colour_accent": "#112233",
    "moods": "calm, warm , calm",
}
BOTTLE = {
    "sku": "GREFIG-50",
    "name": "50 ml",
    "capacity_ml": "50",
    "options": "glass: amber",
    "price_minor": "28,90",
    "weight_g": "290",
    "cost_minor": "10",
    "is_active": "yes",
}


async def make(staff: CloudClient) -> str:
    """Make the fig and return its page."""
    answer = await staff.post_form("/admin/products/new", NEW)
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].split("?")[0]


async def send(staff: CloudClient, page: str, path: str, body: bytes, **fields: str):
    token = re.search(r'name="csrf_token" value="([^"]+)"', (await staff.get(page)).text)
    assert token
    name = fields.pop("file", "picture")
    return await staff.post(
        f"{page}/{path}",
        data={"csrf_token": token[1], **fields},
        files={name: ("photo.jpg", body, "text/html")},
    )


async def test_a_product_is_made_gets_a_bottle_and_goes_on_sale(
    staff: CloudClient, client: CloudClient, market: Market
) -> None:
    page = await make(staff)
    bottle = await staff.post_form(f"{page}/variants/new", BOTTLE)
    await staff.post_form(f"{page}/show/now", {}, form_at=page)
    shown = (await client.get("/api/v1/products/green-fig")).json()
    seen = words_of(await staff.get(page))

    assert bottle.status_code == 303
    assert shown["moods"] == ["calm", "warm"]
    assert shown["variants"][0]["price"]["minor"] == 2890
    assert "left after cost (65 %)" in seen
    assert "On sale" in seen


async def test_r40_the_second_editor_of_a_product_sees_what_it_says_now(
    staff: CloudClient, admin: CloudClient, market: Market
) -> None:
    page = await make(staff)
    await admin.post_form(page, {**NEW, "tagline": "Theirs.", "version": "1"})

    late = await staff.post_form(page, {**NEW, "tagline": "Mine.", "version": "1"})
    again = await staff.post_form(page, {**NEW, "tagline": "Mine.", "version": "2"})

    assert late.status_code == 412
    assert 'value="Mine."' in late.text
    assert "Now it says: Theirs." in words_of(late)
    assert again.status_code == 303


async def test_wrong_fields_are_marked_and_keep_what_was_typed(
    staff: CloudClient, market: Market
) -> None:
    page = await make(staff)
    wrong = await staff.post_form(
        f"{page}/variants/new", {**BOTTLE, "price_minor": "cheap", "weight_g": "", "barcode": "1"}
    )
    late = await staff.post_form(f"{page}/variants/new", {**BOTTLE, "sale_price_minor": "30"})

    assert wrong.status_code == 422
    assert 'value="cheap"' in wrong.text
    assert 'id="price_minor-error"' in wrong.text
    assert "This is needed." in words_of(wrong)
    assert "below the regular one" in words_of(late)


async def test_a_picture_is_sent_moved_described_and_taken_away(
    staff: CloudClient, market: Market
) -> None:
    page = await make(staff)
    refused = await send(staff, page, "images", b"<svg/>", alt="x")
    for alt in ("First", "Second"):
        sent = await send(staff, page, "images", a_picture(), alt=alt)
        assert sent.status_code == 303
    first = await market.scalar("SELECT id FROM product_images WHERE alt = 'First'")
    image = f"/admin/products/images/{first}"
    await staff.post_form(f"{image}/move/down", {}, form_at=page)
    await staff.post_form(image, {"alt": "A fig", "version": "1"})
    gallery = words_of(await staff.get(page))
    await staff.post_form(f"{image}/remove", {}, form_at=page)

    assert refused.status_code == 422
    assert "This is no picture that can be shown." in words_of(refused)
    assert gallery.index("Second") < gallery.index("A fig")
    assert await market.scalar("SELECT count(*) FROM product_images WHERE alt = 'A fig'") == 0


async def test_a_size_with_a_fraction_stays_as_it_is_when_its_bottle_is_saved(
    staff: CloudClient, market: Market
) -> None:
    await market.run("UPDATE variants SET capacity_ul = 7500")
    page = f"/admin/products/variants/{await market.scalar('SELECT id FROM variants')}"
    shown = (await staff.get(page)).text
    fields = {**BOTTLE, "sku": "CEDBER-50", "version": "1"}
    saved = await staff.post_form(page, {**fields, "capacity_ml": "7.5"})
    odd = await staff.post_form(page, {**fields, "version": "2", "capacity_ml": "much"})

    assert 'value="7.5"' in shown
    assert (saved.status_code, odd.status_code) == (303, 422)
    assert await market.scalar("SELECT capacity_ul FROM variants") == 7500


async def test_a_model_of_another_kind_is_refused_and_a_real_one_is_served(
    staff: CloudClient, client: CloudClient, market: Market
) -> None:
    page = await make(staff)
    glb = a_glb()

    refused = await send(staff, page, "models", b"MZ", file="model_glb", placement="table")
    kept = await send(staff, page, "models", glb, file="model_glb", placement="table")
    key = await market.scalar("SELECT model_glb_key FROM products WHERE slug = 'green-fig'")
    served = await client.get(f"/files/{key}")

    assert (refused.status_code, kept.status_code) == (422, 303)
    assert served.headers["content-type"] == "model/gltf-binary"
    assert served.content == glb


async def test_a_product_is_said_in_german_goes_with_another_and_is_duplicated(
    staff: CloudClient, market: Market
) -> None:
    page = await make(staff)
    german = f"{page}/texts/de"
    await staff.post_form(german, {"name": "Grüne Feige", "version": "0"})
    await staff.post_form(f"{page}/related", {"slug": "cedber-50"}, form_at=page)
    nobody = await staff.post_form(f"{page}/related", {"slug": "nobody"}, form_at=page)
    copy = await staff.post_form(f"{page}/duplicate", {}, form_at=page)
    copied = (await staff.get(copy.headers["location"].split("?")[0] + "/texts/de")).text

    assert 'value="Grüne Feige"' in copied
    assert "There is no product “nobody”." in words_of(nobody)
    assert await market.scalar("SELECT count(*) FROM related_products") == 1


async def test_what_two_of_the_staff_add_at_once_goes_with_it_both(
    staff: CloudClient, market: Market
) -> None:
    page = await make(staff)
    slugs = [f"beside-{number}" for number in range(4)]
    for slug in slugs:
        await staff.post_form("/admin/products/new", NEW | {"slug": slug, "name": slug})

    await asyncio.gather(
        *(staff.post_form(f"{page}/related", {"slug": slug}, form_at=page) for slug in slugs)
    )

    assert await market.scalar("SELECT count(*) FROM related_products") == len(slugs)


async def test_the_list_narrows_by_state_and_finds_by_sku(
    staff: CloudClient, market: Market
) -> None:
    await make(staff)
    async with market.database.unit_of_work() as session:
        await session.execute(text("UPDATE products SET deleted_at = now() WHERE position = 3"))

    live = words_of(await staff.get("/admin/products?status=live"))
    out = words_of(await staff.get("/admin/products?status=out"))
    found = words_of(await staff.get("/admin/products?q=CEDBER"))

    assert "Green Fig" not in live
    assert "Green Fig" in out
    assert "CEDBER-50" in found
