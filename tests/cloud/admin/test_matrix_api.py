"""All bottles of a product at once over HTTP: proposed, saved together, never one over another."""

import asyncio

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres

SOFT_AND_STRONG = {"axes": [{"name": "strength", "values": ["soft", "strong"]}]}


@pytest.fixture
async def matrix(market: Market) -> str:
    """The address of the matrix of a product with one bottle of 50 ml."""
    product_id = await market.scalar("SELECT min(product_id) FROM variants")
    return f"/api/v1/staff/products/{product_id}/matrix"


def change(cell: dict, **said: object) -> dict:
    kept = {name: cell[name] for name in ("id", "version", "sku", "price_minor", "is_active")}
    return kept | said


def new(proposal: dict, **said: object) -> dict:
    return proposal | {"price_minor": 2000, "weight_g": 200} | said


async def test_missing_bottles_are_proposed_made_and_then_there(
    staff: CloudClient, matrix: str
) -> None:
    wish = {"sizes_ul": [30_000], **SOFT_AND_STRONG}
    proposals = (await staff.post_json(f"{matrix}/proposals", wish)).json()
    saved = await staff.put_json(matrix, {"made": [new(one) for one in proposals]})
    again = (await staff.post_json(f"{matrix}/proposals", wish)).json()

    assert [one["sku"] for one in proposals] == [
        "CEDBER-30-SOFT",
        "CEDBER-30-STRONG",
        "CEDBER-50-SOFT",
        "CEDBER-50-STRONG",
    ]
    assert [one["price_minor"] for one in proposals][:2] == [None, None]
    assert all(one["price_minor"] and one["weight_g"] for one in proposals[2:])
    assert saved.status_code == 200, saved.text
    assert saved.json()["axes"] == [{"name": "strength", "values": ["soft", "strong"]}]
    assert [cell["options"] for cell in saved.json()["cells"]][:2] == [
        {"strength": "soft"},
        {"strength": "strong"},
    ]
    assert again == []


async def test_what_was_there_stays_and_one_wrong_bottle_refuses_all(
    staff: CloudClient, matrix: str, market: Market
) -> None:
    before = (await staff.get(matrix)).json()["cells"][0]
    made = [
        new({"sku": sku, "name": "30 ml", "capacity_ul": size, "options": {}})
        for sku, size in (("FREE-30", 30_000), ("CEDBER-50", 100_000))
    ]
    wish = {"changed": [change(before, price_minor=1111)], "made": made}

    refused = await staff.put_json(matrix, wish)

    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["field"]) == ("sku_taken", "made.1.sku")
    assert (await staff.get(matrix)).json()["cells"] == [before]
    assert await market.scalar("SELECT sum(on_hand) FROM stock_levels") == 10


async def test_r40_two_saves_at_once_one_wins_and_the_other_is_told_what_is_there(
    staff: CloudClient, admin: CloudClient, matrix: str
) -> None:
    cell = (await staff.get(matrix)).json()["cells"][0]
    kind = {"sku": "CEDBER-30", "name": "30 ml", "capacity_ul": 30_000, "options": {}}

    answers = await asyncio.gather(
        *(
            tab.put_json(
                matrix, {"changed": [change(cell, price_minor=price)], "made": [new(kind)]}
            )
            for tab, price in ((staff, 1000), (admin, 2000))
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    late = next(answer for answer in answers if answer.status_code == 412).json()
    now = (await staff.get(matrix)).json()["cells"]
    assert late["code"] == "changed_meanwhile"
    assert sorted(one["id"] for one in late["cells"]) == sorted(one["id"] for one in now)
    assert len(now) == 2


async def test_a_price_below_its_sale_price_a_strange_bottle_and_too_many_are_refused(
    staff: CloudClient, customer: CloudClient, matrix: str, market: Market
) -> None:
    await market.run("UPDATE variants SET sale_price_minor = 1500")
    cell = (await staff.get(matrix)).json()["cells"][0]
    many = [str(number) for number in range(30)]
    axes = [{"name": name, "values": many} for name in ("a", "b")]

    answers = [
        await staff.put_json(matrix, {"changed": [change(cell, price_minor=1500)]}),
        await staff.put_json(matrix, {"changed": [change(cell, id=999)]}),
        await staff.put_json("/api/v1/staff/products/999/matrix", {}),
        await staff.post_json(f"{matrix}/proposals", {"axes": axes}),
        await customer.put_json(matrix, {}),
    ]

    assert [answer.status_code for answer in answers] == [422, 404, 404, 422, 403]
    assert (await staff.get(matrix)).json()["cells"] == [cell]
