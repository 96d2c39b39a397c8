"""Staff who edit the shelves at two servers at once, sets of bottles, and the end of a sale."""

import asyncio
from collections import Counter

import pytest

from cloud.foundation.clock import SystemClock
from cloud.inventory.service import StockLine, make_set
from tests.cloud.races.hands import ON_HAND, STAFF, run, two_staff

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

BOTTLE = 7000  # delivered free
_APART = {"id", "deleted_at", "model_glb_key", "model_usdz_key", "ar_placement"}
_APART |= {"related", "languages"}


async def test_r03_buyers_of_a_set_and_of_its_part_never_oversell(town):
    part = await town.stock(5, price_minor=BOTTLE)
    the_set = await town.stock(0, price_minor=BOTTLE)
    async with town.database.unit_of_work() as session:
        await make_set(session, the_set, [StockLine(part, 2)])

    async def buy(variant_id):
        buyer = town.buyer()
        await buyer.put(variant_id)
        placed = await buyer.check_out(BOTTLE)
        if placed.status_code != 201:
            return placed.json()["code"]
        await buyer.pay(placed.json()["url"])
        return "paid"

    wanted = [the_set, part] * 15
    outcomes = await asyncio.gather(*(buy(variant_id) for variant_id in wanted))

    assert set(outcomes) == {"paid", "out_of_stock"}
    paid = Counter(id_ for id_, end in zip(wanted, outcomes, strict=True) if end == "paid")
    await town.until(ON_HAND, 5 - 2 * paid[the_set] - paid[part], id=part)
    assert 2 * paid[the_set] + paid[part] in {4, 5}


async def test_r40_two_staff_who_edit_one_product_do_not_overwrite_each_other(town):
    variant_id = await town.stock(1)
    product_id = await town.scalar("SELECT product_id FROM variants WHERE id = :id", id=variant_id)
    staff = await two_staff(town)
    product = (await staff[0].get(f"{STAFF}/products/{product_id}")).json()
    fields = {name: value for name, value in product.items() if name not in _APART}

    answers = await asyncio.gather(
        *(
            clerk.put_json(f"{STAFF}/products/{product_id}", {**fields, "tagline": f"From {at}."})
            for at, clerk in enumerate(staff)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    won, late = sorted(answers, key=lambda answer: answer.status_code)
    assert late.json()["current"]["tagline"] == won.json()["tagline"]


async def test_r41_two_categories_moved_under_each_other_make_no_circle(town):
    staff = await two_staff(town)
    ids = []
    for slug in ("r41-left", "r41-right"):
        form = {"name": slug, "slug": slug, "position": "0", "description": ""}
        made = await staff[0].post_form("/admin/categories/new", form)
        assert made.status_code == 303, made.text
        ids.append(await town.scalar("SELECT id FROM categories WHERE slug = :slug", slug=slug))

    left = {"name": "r41-left", "slug": "r41-left", "parent_id": ids[1], "version": 1}
    right = {"name": "r41-right", "slug": "r41-right", "parent_id": ids[0], "version": 1}
    answers = await asyncio.gather(
        staff[0].put_json(f"{STAFF}/categories/{ids[0]}", left),
        staff[1].put_json(f"{STAFF}/categories/{ids[1]}", right),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_r43_a_sale_that_ended_while_in_the_cart_is_told_by_both_servers(town):
    ends_at = SystemClock().now().replace(year=2100)
    variant_id = await town.stock(
        5, price_minor=8000, sale_price_minor=BOTTLE, sale_ends_at=ends_at
    )
    buyers = [town.buyer(at=0), town.buyer(at=1)]
    for buyer in buyers:
        await buyer.put(variant_id)
        assert await buyer.total({variant_id: 1}) == BOTTLE
    ended = "UPDATE variants SET sale_ends_at = clock_timestamp() WHERE id = :id"
    await run(town, ended, id=variant_id)

    refused = await asyncio.gather(*(buyer.check_out(BOTTLE) for buyer in buyers))

    assert [answer.json()["code"] for answer in refused] == ["total_changed"] * 2
    assert [await buyer.total({variant_id: 1}) for buyer in buyers] == [8000] * 2


async def test_r45_one_file_brought_to_both_servers_at_once_ends_where_one_does(town):
    staff = await two_staff(town)
    head = "product,name,family,sku,bottle_name,capacity_ul,weight_g,price"
    file = f"{head}\nr45-fig,R45 Fig,fruity,R45FIG-50,50 ml,50000,290,28.90\n"

    ids = [await _bring(clerk, file) for clerk in staff]
    looked_at = "SELECT count(*) FROM product_imports WHERE id = ANY (:ids) AND stage = 'preview'"
    looked_at += " AND lines_done = line_count"
    await town.until(looked_at, 2, ids=ids)
    started = await asyncio.gather(
        *(
            clerk.post_json(f"{STAFF}/imports/{id_}/apply")
            for clerk, id_ in zip(staff, ids, strict=True)
        )
    )

    assert [answer.status_code for answer in started] == [202, 202]
    done = "SELECT count(*) FROM product_imports WHERE id = ANY (:ids) AND stage = 'done'"
    await town.until(done, 2, ids=ids)
    assert await town.scalar("SELECT count(*) FROM variants WHERE sku = 'R45FIG-50'") == 1
    assert await town.scalar("SELECT count(*) FROM products WHERE slug = 'r45-fig'") == 1


async def _bring(clerk, file):
    token = (await clerk.get("/api/v1/csrf")).json()["csrf_token"]
    headers = {"x-csrf-token": token, "content-type": "text/csv"}
    answer = await clerk.post(f"{STAFF}/imports", content=file.encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]
