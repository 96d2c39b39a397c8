"""Suppliers and purchase orders: written, changed, moved along every edge and no other."""

import itertools

import pytest

from cloud.inventory.purchase_states import PurchaseState, can_move
from tests.cloud.purchasing.conftest import ORDERS, SUPPLIER, SUPPLIERS
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

# Written a second time, so that no edge comes or goes unnoticed.
WAYS = {
    ("DRAFT", "PENDING"),
    ("DRAFT", "CANCELLED"),
    ("PENDING", "DRAFT"),
    ("PENDING", "CONFIRMED"),
    ("PENDING", "CANCELLED"),
    ("CONFIRMED", "SHIPPED"),
    ("CONFIRMED", "PARTIALLY_RECEIVED"),
    ("CONFIRMED", "RECEIVED"),
    ("CONFIRMED", "CANCELLED"),
    ("SHIPPED", "PARTIALLY_RECEIVED"),
    ("SHIPPED", "RECEIVED"),
    ("SHIPPED", "CANCELLED"),
    ("PARTIALLY_RECEIVED", "RECEIVED"),
    ("PARTIALLY_RECEIVED", "CLOSED"),
    ("RECEIVED", "CLOSED"),
}
# How an order gets there: moves, and bottles that came in.
ROADS = {
    "DRAFT": ((), 0),
    "PENDING": (("PENDING",), 0),
    "CONFIRMED": (("PENDING", "CONFIRMED"), 0),
    "SHIPPED": (("PENDING", "CONFIRMED", "SHIPPED"), 0),
    "PARTIALLY_RECEIVED": (("PENDING", "CONFIRMED"), 5),
    "RECEIVED": (("PENDING", "CONFIRMED"), 20),
    "CANCELLED": (("CANCELLED",), 0),
    "CLOSED": (("PENDING", "CONFIRMED"), 20),
}


@pytest.mark.parametrize(
    ("state", "to"),
    list(itertools.product(PurchaseState, PurchaseState)),
    ids=lambda one: one.value,
)
def test_every_pair_of_states_is_a_way_or_refused(state, to):
    assert can_move(state, to) == ((state.value, to.value) in WAYS)


async def test_staff_move_an_order_along_its_ways_alone(staff, purchase, deliver):
    for state, (moves, bottles) in ROADS.items():
        order = await purchase(*moves)
        address = f"{ORDERS}/{order['id']}"
        if bottles:
            order = (await deliver(order, "LS-1", bottles)).json()
        if state == "CLOSED":
            move = {"to": "CLOSED", "version": order["version"]}
            order = (await staff.post_json(f"{address}/moves", move)).json()
        assert order["state"] == state
        ways = {to for former, to in WAYS if former == state} - {"PARTIALLY_RECEIVED", "RECEIVED"}
        assert set(order["ways"]) == ways

        for to in set(ROADS) - ways:
            answer = await staff.post_json(
                f"{address}/moves", {"to": to, "version": order["version"]}
            )
            assert (answer.status_code, answer.json()["code"]) == (409, "purchase_immovable"), to

        after = (await staff.get(address)).json()
        assert (after["state"], after["steps"]) == (state, order["steps"])


async def test_an_order_adds_up_and_is_written_anew_as_a_draft_alone(
    staff, parts, purchase, variant_id
):
    order = await purchase()
    assert order["number"].startswith("PO-")
    assert [order[name] for name in ("subtotal_minor", "total_minor")] == [26_000, 26_990]
    async with parts.database.unit_of_work() as session:
        other_id = (await put_on_shelf(session, "OTHER", bottles=0)).id
    change = {name: order[name] for name in ("supplier_id", "currency", "shipping_minor")}
    change["lines"] = [
        {"variant_id": other_id, "ordered": 3, "unit_cost_minor": 100},
        {"variant_id": variant_id, "ordered": 1, "unit_cost_minor": 1},
    ]
    address = f"{ORDERS}/{order['id']}"

    changed = await staff.put_json(address, change | {"version": order["version"]})
    stale = await staff.put_json(address, change | {"version": order["version"]})
    version = changed.json()["version"]
    moved = await staff.post_json(f"{address}/moves", {"to": "PENDING", "version": version})
    fixed = await staff.put_json(address, change | {"version": moved.json()["version"]})

    assert changed.json()["total_minor"] == 301 + 990
    assert changed.json()["lines"][0]["id"] == order["lines"][0]["id"]
    assert stale.status_code == 412
    assert (fixed.status_code, fixed.json()["code"]) == (409, "purchase_fixed")


async def test_an_empty_draft_does_not_go_to_the_supplier(staff, purchase):
    order = await purchase(lines=[])

    answer = await staff.post_json(
        f"{ORDERS}/{order['id']}/moves", {"to": "PENDING", "version": order["version"]}
    )

    assert answer.status_code == 409


async def test_sets_other_currencies_and_a_bottle_in_two_lines_are_refused(
    staff, parts, supplier_id, variant_id
):
    async with parts.database.unit_of_work() as session:
        the_set = (await put_on_shelf(session, "SET", bottles=0)).id
    parts_of = {"parts": [{"variant_id": variant_id, "quantity": 3}]}
    await staff.put_json(f"/api/v1/staff/stock/{the_set}/parts", parts_of)

    def wish(currency, *variant_ids):
        lines = [{"variant_id": id_, "ordered": 1, "unit_cost_minor": 1} for id_ in variant_ids]
        return {"supplier_id": supplier_id, "currency": currency, "lines": lines}

    answers = [
        await staff.post_json(ORDERS, wish("EUR", the_set)),
        await staff.post_json(ORDERS, wish("USD", variant_id)),
        await staff.post_json(ORDERS, wish("EUR", variant_id, variant_id)),
        await staff.post_json(ORDERS, wish("EUR", 999)),
        await staff.post_json(ORDERS, wish("EUR", variant_id) | {"location_id": 999}),
        await staff.post_json(ORDERS, wish("EUR", variant_id) | {"supplier_id": 999}),
    ]

    assert [one.status_code for one in answers] == [422, 422, 422, 404, 404, 404]
    assert (await staff.get(ORDERS)).json()["purchase_orders"] == []


async def test_orders_are_listed_newest_first_by_state(staff, purchase):
    orders = [await purchase(), await purchase("PENDING"), await purchase()]

    page = (await staff.get(f"{ORDERS}?state=DRAFT&limit=1")).json()
    rest = (await staff.get(f"{ORDERS}?state=DRAFT&before={page['next']}")).json()

    assert [one["id"] for one in page["purchase_orders"]] == [orders[2]["id"]]
    assert [one["id"] for one in rest["purchase_orders"]] == [orders[0]["id"]]


async def test_a_supplier_is_unique_whatever_the_case(staff, supplier_id):
    same_name = await staff.post_json(
        SUPPLIERS, SUPPLIER | {"name": "GRASSE OILS", "email": "other@grasse.example"}
    )
    same_email = await staff.post_json(
        SUPPLIERS, SUPPLIER | {"name": "Others", "email": "Orders@Grasse.example"}
    )

    assert [one.status_code for one in (same_name, same_email)] == [409, 409]
    assert [one.json()["field"] for one in (same_name, same_email)] == ["name", "email"]
    assert len((await staff.get(SUPPLIERS)).json()["suppliers"]) == 1


async def test_the_second_of_two_changes_of_a_supplier_is_told_so(staff, supplier_id):
    address = f"{SUPPLIERS}/{supplier_id}"
    first = await staff.put_json(address, SUPPLIER | {"phone": "1", "version": 1})
    second = await staff.put_json(address, SUPPLIER | {"phone": "2", "version": 1})

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await staff.get(address)).json()["phone"] == "1"


async def test_nothing_is_ordered_from_a_supplier_that_is_switched_off(
    staff, purchase, supplier_id
):
    change = SUPPLIER | {"is_active": False, "version": 1}
    await staff.put_json(f"{SUPPLIERS}/{supplier_id}", change)

    assert (await purchase())["code"] == "supplier_inactive"
