"""What came in, received by two at once through two servers."""

import asyncio
import itertools

import pytest
from sqlalchemy import text

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(600)]

ORDERS = "/api/v1/staff/purchase-orders"
PASSWORD = "correct horse battery staple"
_people = itertools.count(1)


async def _clerk(town, at):
    """Return somebody who may receive, with cookies of their own, at one of the servers."""
    client = town.buyer(at=at).client
    email = f"clerk-{next(_people)}@example.org"
    await client.post_json(
        "/api/v1/auth/sign-up", {"email": email, "name": "Clerk", "password": PASSWORD}
    )
    async with town.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE users SET role = 'ADMIN' WHERE email = :email"), {"email": email}
        )
    return client


async def _confirmed(clerk, variant_id):
    supplier = {
        "name": f"Supplier {next(_people)}",
        "email": f"orders-{next(_people)}@supplier.example",
        "address": {"line1": "1 rue des Fleurs", "city": "Grasse", "country": "FR"},
    }
    made = await clerk.post_json("/api/v1/staff/suppliers", supplier)
    line = {"variant_id": variant_id, "ordered": 40, "unit_cost_minor": 1300}
    wish = {"supplier_id": made.json()["id"], "currency": "EUR", "lines": [line]}
    order = (await clerk.post_json(ORDERS, wish)).json()
    for state in ("PENDING", "CONFIRMED"):
        move = {"to": state, "version": order["version"]}
        order = (await clerk.post_json(f"{ORDERS}/{order['id']}/moves", move)).json()
    return order


@pytest.fixture
async def dock(town):
    """Two clerks at two servers, and a hand to receive with: (town, variant id, receive)."""
    variant_id = await town.stock(10, cost_minor=1000)
    clerks = [await _clerk(town, 0), await _clerk(town, 1)]
    order = await _confirmed(clerks[0], variant_id)

    def receive(number, delivery_note, quantity=5):
        line = {"line_id": order["lines"][0]["id"], "quantity": quantity}
        return clerks[number % 2].post_json(
            f"{ORDERS}/{order['id']}/deliveries",
            {"delivery_note": delivery_note, "lines": [line]},
        )

    return town, variant_id, receive


async def _stock(town, variant_id):
    shelf = "SELECT on_hand FROM stock_levels WHERE variant_id = :id"
    cost = "SELECT cost_minor FROM variants WHERE id = :id"
    return [await town.scalar(query, id=variant_id) for query in (shelf, cost)]


async def test_r26_one_delivery_received_by_two_staff_at_once_counts_once(dock):
    town, variant_id, receive = dock

    answers = await asyncio.gather(*(receive(number, "LS-1") for number in range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["lines"][0]["received"] for answer in answers} == {5}
    assert await _stock(town, variant_id) == [15, 1100]


async def test_r26_two_counts_of_one_delivery_at_once_take_in_the_first_alone(dock):
    town, variant_id, receive = dock

    answers = await asyncio.gather(receive(0, "LS-1", 5), receive(1, "LS-1", 6))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    first = next(answer.json() for answer in answers if answer.status_code == 201)
    assert (await _stock(town, variant_id))[0] == 10 + first["lines"][0]["received"]


async def test_r26_different_deliveries_received_at_once_all_count(dock):
    town, variant_id, receive = dock

    answers = await asyncio.gather(*(receive(number, f"LS-{number}") for number in range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert (await _stock(town, variant_id))[0] == 50
    state = "SELECT state FROM purchase_orders WHERE id = :id"
    assert await town.scalar(state, id=answers[0].json()["id"]) == "RECEIVED"
    moved = "SELECT count(*) FROM stock_movements WHERE variant_id = :id AND kind = 'RECEIVED'"
    assert await town.scalar(moved, id=variant_id) == 9
