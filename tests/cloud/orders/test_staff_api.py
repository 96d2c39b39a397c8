"""What staff do with orders over HTTP: tags, notes, addresses, views, many at once, CSV."""

import asyncio
import csv
import io
from typing import Any

import pytest

from cloud.accounts.models import User
from cloud.foundation.identity import Role
from cloud.orders import service
from cloud.orders.actors import SYSTEM
from cloud.orders.status import OrderStatus
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import ADDRESS, Market, Place

pytestmark = pytest.mark.needs_postgres
QUEUE = "/api/v1/staff/orders"


async def paid_order(market: Market, place: Place, quantity: int = 1) -> str:
    order_id = await place(quantity)
    async with market.database.unit_of_work() as session:
        order = await service.lock(session, order_id)
        await service.move(session, order, OrderStatus.PAID, actor=SYSTEM, now=market.clock.now())
    return order.number


async def test_tags_narrow_the_queue(market: Market, place: Place, staff: CloudClient) -> None:
    number = await paid_order(market, place)
    await paid_order(market, place)

    tagged = await staff.put_json(f"{QUEUE}/{number}/tags", {"tags": [" Gift  Wrap", "gift wrap"]})
    found = (await staff.get(QUEUE, params={"tag": "gift wrap"})).json()

    assert tagged.json()["tags"] == ["gift wrap"]
    assert [one["number"] for one in found["orders"]] == [number]
    assert (await staff.put_json(f"{QUEUE}/{number}/tags", {"tags": ["x" * 41]})).status_code == 422


async def test_the_buyer_reads_the_notes_that_are_for_them_alone(
    market: Market, place: Place, staff: CloudClient, customer: CloudClient
) -> None:
    order_id = await place(1, user_id=await market.user_id())
    number = (await market.view(order_id)).number

    await staff.post_json(f"{QUEUE}/{number}/notes", {"body": "rings at night"})
    await staff.post_json(
        f"{QUEUE}/{number}/notes", {"body": "We packed it twice", "is_for_customer": True}
    )

    all_notes = (await staff.get(f"{QUEUE}/{number}/notes")).json()
    seen = (await customer.get(f"/api/v1/me/orders/{number}/notes")).json()
    assert [note["body"] for note in all_notes] == ["rings at night", "We packed it twice"]
    assert [note["body"] for note in seen] == ["We packed it twice"]


async def test_an_address_changes_until_a_parcel_left_and_stays_in_its_country(
    market: Market, place: Place, staff: CloudClient
) -> None:
    number = await paid_order(market, place)
    path = f"{QUEUE}/{number}/shipping-address"
    moved = ADDRESS.model_dump() | {"line1": "Ulmenweg 9"}

    changed = await staff.put_json(path, moved)
    abroad = await staff.put_json(path, moved | {"country": "AT"})
    await staff.post_json(f"{QUEUE}/{number}/shipments", {"carrier": "DHL"})
    late = await staff.put_json(path, ADDRESS.model_dump())

    assert changed.json()["shipping_address"]["line1"] == "Ulmenweg 9"
    assert (abroad.status_code, late.status_code) == (409, 409)
    audit = await market.rows("SELECT action, before, after FROM audit_entries ORDER BY id")
    assert [row.action for row in audit] == ["change", "fulfil"]
    # Where somebody lives would stand there for ever.
    assert audit[0].after == {"shipping_address": "line1"}
    assert "weg" not in f"{audit[0].before}{audit[0].after}"


async def test_many_are_sent_each_for_itself(
    market: Market, place: Place, staff: CloudClient
) -> None:
    good = [await paid_order(market, place) for _ in range(2)]
    unpaid = (await market.view(await place(1))).number
    numbers = [good[0], unpaid, "SC-1", good[1], good[1]]

    done = await staff.post_json(f"{QUEUE}/fulfil", {"numbers": numbers, "carrier": "DHL"})

    results = {one["number"]: one for one in done.json()}
    assert [one["number"] for one in done.json()] == [good[0], unpaid, "SC-1", good[1]]
    assert all(results[number]["shipment_id"] for number in good)
    assert "waits for its payment" in results[unpaid]["problem"]
    assert "no order" in results["SC-1"]["problem"]
    assert await market.scalar("SELECT count(*) FROM shipments") == 2


async def test_r25_fulfil_and_cancel_at_once_over_http_do_one_of_them(
    market: Market, place: Place, staff: CloudClient
) -> None:
    number = await paid_order(market, place)
    await market.run("UPDATE orders SET is_test = true")

    sent, cancelled = await asyncio.gather(
        staff.post_json(f"{QUEUE}/{number}/shipments", {"carrier": "DHL"}),
        staff.post_json(f"{QUEUE}/{number}/cancel", {"reason": "not wanted"}),
    )

    assert sorted((sent.status_code < 300, cancelled.status_code < 300)) == [False, True]
    assert {sent.status_code, cancelled.status_code} & {409}
    view = (await staff.get(f"{QUEUE}/{number}")).json()
    assert (view["status"] == "CANCELLED") == (view["shipments"] == [])


async def test_saved_views_are_a_persons_own_until_they_share_them(
    market: Market, staff: CloudClient, sign_in_as: SignInAs
) -> None:
    path = "/api/v1/staff/order-filters"
    other = await sign_in_as(Role.MANAGER, "second@example.org")
    view: dict[str, Any] = {"name": "Gifts", "wanted": {"tag": "gift"}, "columns": ["order"]}

    mine = (await staff.post_json(path, view)).json()
    before = (await other.get(path)).json()
    await staff.post_json(path, view | {"is_shared": True})
    after = (await other.get(path)).json()
    foreign = await other.remove(f"{path}/{mine['id']}")
    gone = await staff.remove(f"{path}/{mine['id']}")

    assert before == []
    assert [(one["name"], one["is_own"]) for one in after] == [("Gifts", False)]
    assert (foreign.status_code, gone.status_code) == (404, 204)
    assert (await staff.get(path)).json() == []


async def test_the_csv_has_every_order_and_no_formula(
    market: Market, place: Place, staff: CloudClient, customer: CloudClient
) -> None:
    numbers = [await paid_order(market, place) for _ in range(3)]
    await market.run(
        'UPDATE orders SET shipping_address = shipping_address || \'{"recipient": "=1+1"}\''
    )

    answer = await staff.get(f"{QUEUE}.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["number"] for row in rows] == numbers[::-1]
    assert {row["customer"] for row in rows} == {"'=1+1"}
    assert {row["payment_status"] for row in rows} == {"paid"}
    assert (await customer.get(f"{QUEUE}.csv")).status_code == 403


async def test_what_was_ordered_as_a_guest_is_the_members_once_the_address_is_proven(
    market: Market, place: Place, sign_in_as: SignInAs
) -> None:
    await place(1)
    member = await sign_in_as(Role.CUSTOMER, "Guest@example.org")
    stranger = await sign_in_as(Role.CUSTOMER, "stranger@example.org")
    unproven = (await member.get("/api/v1/me/orders")).json()["orders"]

    async with market.database.unit_of_work() as session:
        user = await session.get_one(User, await market.user_id("guest@example.org"))
        await market.parts.desk.users.verify_email(session, user, "guest@EXAMPLE.org")

    claimed = (await member.get("/api/v1/me/orders")).json()["orders"]
    assert (len(unproven), len(claimed)) == (0, 1)
    assert (await stranger.get("/api/v1/me/orders")).json()["orders"] == []
