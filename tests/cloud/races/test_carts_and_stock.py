"""Carts from two devices, two lines of one bottle, and a count of the shelf in the middle of it."""

import asyncio
from collections import Counter

import pytest

from cloud.inventory.service import correct

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

PASSWORD = "correct horse battery staple"


async def _in_cart(buyer):
    lines = (await buyer.client.get("/api/v1/cart")).json()["lines"]
    return {line["variant_id"]: line["quantity"] for line in lines}


async def test_r02_the_last_bottles_put_twice_into_one_cart_are_one_line(town):
    variant_id = await town.stock(3)
    buyer = town.buyer()

    answers = await asyncio.gather(*(buyer.put(variant_id) for _ in range(6)))

    held = await _in_cart(buyer)
    assert held[variant_id] <= 3
    assert Counter(answer.status_code for answer in answers)[200] >= 1
    placed = await buyer.check_out(await buyer.total(held))
    assert placed.status_code == 201, placed.text


async def _sign_up(town, email):
    buyer = town.buyer()
    body = {"email": email, "name": "Ada", "password": PASSWORD}
    made = await buyer.client.post_json("/api/v1/auth/sign-up", body)
    assert made.status_code == 201, made.text
    return buyer


async def test_r28_two_devices_sign_in_at_once_and_both_carts_are_there(town):
    first, second, both = [await town.stock(100) for _ in range(3)]
    email = f"two-devices-{first}@example.org"
    await _sign_up(town, email)
    devices = [town.buyer(at=0), town.buyer(at=1)]
    for device, own in zip(devices, (first, second), strict=True):
        await device.put(own, 2)
        await device.put(both, 3)

    async def sign_in(device):
        body = {"email": email, "password": PASSWORD}
        signed = await device.client.post_json("/api/v1/auth/sign-in", body)
        assert signed.status_code == 200, signed.text
        return await device.client.get("/api/v1/cart")

    await asyncio.gather(*(sign_in(device) for device in devices))

    for device in devices:
        assert await _in_cart(device) == {first: 2, second: 2, both: 6}


async def test_r28_one_device_that_looks_twice_at_once_pours_its_cart_once(town):
    variant_id = await town.stock(100)
    email = f"looks-twice-{variant_id}@example.org"
    await _sign_up(town, email)
    device = town.buyer()
    await device.put(variant_id, 4)
    body = {"email": email, "password": PASSWORD}
    await device.client.post_json("/api/v1/auth/sign-in", body)

    await asyncio.gather(*(device.client.get("/api/v1/cart") for _ in range(6)))

    assert await _in_cart(device) == {variant_id: 4}


async def test_r27_counting_the_shelf_amid_checkouts_oversells_nothing(town):
    variant_id = await town.stock(10)
    total = await town.buyer().total({variant_id: 1})

    async def buy():
        buyer = town.buyer()
        await buyer.put(variant_id)
        placed = await buyer.check_out(total)
        if placed.status_code != 201:
            return placed.json()["code"]
        await buyer.pay(placed.json()["url"])
        return "paid"

    async def count():
        async with town.database.unit_of_work() as session:
            await correct(session, variant_id, -4, "broken")

    outcomes = Counter((await asyncio.gather(*(buy() for _ in range(15)), count()))[:-1])

    # The shelf is right: whoever paid for a bottle that broke has the money back.
    await town.until(
        "SELECT count(*) FROM orders o JOIN order_items i ON i.order_id = o.id"
        " WHERE i.variant_id = :id AND o.status = 'AWAITING_PAYMENT'",
        0,
        id=variant_id,
    )
    rows = await town.scalar(
        "SELECT json_object_agg(status, n) FROM (SELECT o.status, count(*) AS n FROM orders o"
        " JOIN order_items i ON i.order_id = o.id WHERE i.variant_id = :id GROUP BY 1) s",
        id=variant_id,
    )
    left = await town.scalar(
        "SELECT on_hand FROM stock_levels WHERE variant_id = :id", id=variant_id
    )
    assert rows.get("PAID", 0) + left == 6
    assert outcomes["paid"] == sum(rows.values())
