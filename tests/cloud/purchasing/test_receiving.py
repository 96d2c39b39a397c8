"""Deliveries: bottles on the shelf, the order's state, what a bottle costs, and all of it once."""

import asyncio

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from cloud.inventory.service import list_unexplained
from tests.cloud.purchasing.conftest import ORDERS

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
def shelf(parts, variant_id):
    """What is there of the bottle, what one costs, and the variant's version."""

    async def look():
        async with parts.database.reading() as connection:
            rows = await connection.execute(
                text(
                    "SELECT s.on_hand, v.cost_minor, v.version FROM variants v"
                    " JOIN stock_levels s ON s.variant_id = v.id WHERE v.id = :id"
                ),
                {"id": variant_id},
            )
            return tuple(rows.one())

    return look


async def test_a_part_and_then_the_rest_come_in(staff, purchase, deliver, shelf, variant_id):
    order = await purchase("PENDING", "CONFIRMED", "SHIPPED")

    first = (await deliver(order, "LS-1", 5)).json()
    assert (first["state"], first["lines"][0]["received"]) == ("PARTIALLY_RECEIVED", 5)
    assert await shelf() == (15, 1100, 2)  # (10 * 1000 + 5 * 1300) / 15
    second = (await deliver(order, "LS-2", 15)).json()

    assert second["state"] == "RECEIVED"
    assert second["arrived_at"] == first["arrived_at"]
    assert await shelf() == (30, 1200, 3)  # (15 * 1100 + 15 * 1300) / 30
    ledger = (await staff.get(f"/api/v1/staff/stock/{variant_id}/movements")).json()["movements"]
    assert [(one["delta"], one["note"]) for one in ledger][:2] == [
        (15, f"{order['number']}, LS-2"),
        (5, f"{order['number']}, LS-1"),
    ]
    assert [one["to_state"] for one in second["steps"]] == [
        *("DRAFT", "PENDING", "CONFIRMED", "SHIPPED", "PARTIALLY_RECEIVED", "RECEIVED")
    ]


async def test_more_than_ordered_needs_a_word_and_ends_at_a_tenth(purchase, deliver, shelf):
    order = await purchase("PENDING", "CONFIRMED")

    silent = await deliver(order, "LS-1", 22)
    too_many = await deliver(order, "LS-1", 23, allow_over=True)
    assert await shelf() == (10, 1000, 1)
    taken = await deliver(order, "LS-1", 22, allow_over=True)

    assert (silent.status_code, silent.json()["code"]) == (422, "more_than_ordered")
    assert (too_many.status_code, too_many.json()["code"]) == (422, "far_more_than_ordered")
    assert taken.json()["receipts"][0]["lines"][0]["surplus"] == 2
    assert (await shelf())[0] == 32


async def test_the_same_delivery_again_is_done_and_with_other_bottles_refused(
    purchase, deliver, shelf
):
    order = await purchase("PENDING", "CONFIRMED")
    await deliver(order, "LS-1", 5)

    again = await deliver(order, "ls-1", 5)
    other = await deliver(order, "LS-1", 6)

    assert again.status_code == 201
    assert (other.status_code, other.json()["code"]) == (409, "delivery_taken")
    assert (await shelf())[0] == 15


async def test_r26_one_delivery_received_by_many_at_once_counts_once(
    parts, purchase, deliver, shelf
):
    order = await purchase("PENDING", "CONFIRMED")

    answers = await asyncio.gather(*(deliver(order, "LS-1", 5) for _ in range(4)))

    assert {one.status_code for one in answers} == {201}
    assert await shelf() == (15, 1100, 2)
    async with parts.database.unit_of_work() as session:
        assert await list_unexplained(session) == []


async def test_bottles_go_to_the_place_that_the_order_names(
    staff, purchase, deliver, parts, variant_id
):
    annex = (
        await staff.post_json(
            "/api/v1/staff/places", {"code": "annex", "name": "Annex", "priority": 5}
        )
    ).json()["id"]
    order = await purchase("PENDING", "CONFIRMED", location_id=annex)

    await deliver(order, "LS-1", 20)

    stock = (await staff.get(f"/api/v1/staff/stock/{variant_id}")).json()
    assert {one["location_id"]: one["on_hand"] for one in stock["levels"]} == {1: 10, annex: 20}


async def test_nothing_comes_in_for_an_order_that_is_not_confirmed(purchase, deliver, shelf):
    for states in ((), ("PENDING",), ("CANCELLED",)):
        answer = await deliver(await purchase(*states), "LS-1", 5)

        assert (answer.status_code, answer.json()["code"]) == (409, "purchase_not_receivable")
    assert await shelf() == (10, 1000, 1)


async def test_a_line_of_another_order_is_unknown(staff, purchase, shelf):
    order, other = (
        await purchase("PENDING", "CONFIRMED"),
        await purchase("PENDING", "CONFIRMED"),
    )

    answer = await staff.post_json(
        f"{ORDERS}/{order['id']}/deliveries",
        {
            "delivery_note": "LS-1",
            "lines": [{"line_id": other["lines"][0]["id"], "quantity": 1}],
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "purchase_line_unknown")
    assert (await shelf())[0] == 10


async def test_customers_receive_nothing(sign_in_as, purchase):
    order = await purchase("PENDING", "CONFIRMED")
    customer = await sign_in_as(Role.CUSTOMER, "c@example.org")

    answer = await customer.post_json(
        f"{ORDERS}/{order['id']}/deliveries",
        {"delivery_note": "LS-1", "lines": [{"line_id": 1, "quantity": 1}]},
    )

    assert answer.status_code == 403


async def test_what_came_in_is_noted_in_the_audit(parts, purchase, deliver, variant_id):
    order = await purchase("PENDING", "CONFIRMED")
    await deliver(order, "LS-1", 5)

    async with parts.database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT action, after FROM audit_entries"
                " WHERE subject = 'purchases' AND subject_id = :number ORDER BY id"
            ),
            {"number": order["number"]},
        )
        entries = [tuple(row) for row in rows]
    assert [action for action, _ in entries] == ["make", "move", "move", "receive"]
    assert entries[-1][1] == {
        "state": "PARTIALLY_RECEIVED",
        "received": {str(variant_id): 5},
        "delivery_note": "LS-1",
    }
