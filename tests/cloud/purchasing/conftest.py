"""A supplier, a bottle to order, and orders that stand where a test needs them."""

import pytest

from tests.fakes.shelf import put_on_shelf

ORDERS = "/api/v1/staff/purchase-orders"
SUPPLIERS = "/api/v1/staff/suppliers"
SUPPLIER = {
    "name": "Grasse Oils",
    "email": "orders@grasse.example",
    "contact_name": "Ines",
    "address": {"line1": "1 rue des Fleurs", "city": "Grasse", "country": "FR"},
}


@pytest.fixture
async def supplier_id(staff):
    """A supplier in Grasse."""
    return (await staff.post_json(SUPPLIERS, SUPPLIER)).json()["id"]


@pytest.fixture
async def variant_id(parts):
    """A bottle of which ten are there, at 10.00 each."""
    async with parts.database.unit_of_work() as session:
        return (await put_on_shelf(session, bottles=10, cost_minor=1000)).id


@pytest.fixture
def purchase(staff, supplier_id, variant_id):
    """Make an order of 20 bottles at 13.00 each, moved along some states, and return it."""

    async def make(*states, **changed):
        wish = {
            "supplier_id": supplier_id,
            "currency": "EUR",
            "shipping_minor": 990,
            "lines": [{"variant_id": variant_id, "ordered": 20, "unit_cost_minor": 1300}],
        }
        answer = await staff.post_json(ORDERS, wish | changed)
        for state in states:
            order = answer.json()
            answer = await staff.post_json(
                f"{ORDERS}/{order['id']}/moves", {"to": state, "version": order["version"]}
            )
        return answer.json()

    return make


@pytest.fixture
def deliver(staff):
    """Receive bottles of an order's first line."""

    async def receive(order, delivery_note, quantity, **more):
        line_id = order["lines"][0]["id"]
        return await staff.post_json(
            f"{ORDERS}/{order['id']}/deliveries",
            {
                "delivery_note": delivery_note,
                "lines": [{"line_id": line_id, "quantity": quantity}],
                **more,
            },
        )

    return receive
