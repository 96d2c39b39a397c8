"""Numbers without gaps, sheets made once and kept, and who may fetch them."""

import asyncio
import hashlib

import pytest
from sqlalchemy.exc import DBAPIError

from cloud.checkout import service as checkout
from cloud.invoices import service
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.status import OrderStatus
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres


async def pay(market: Market, order_id: int) -> str:
    """Pay an order on the provider's page, let all work run, and return its number."""
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    return (await market.view(order_id)).number


async def mark_paid(market: Market, order_id: int) -> None:
    async with market.database.unit_of_work() as session:
        order = await orders.lock(session, order_id)
        await orders.move(session, order, OrderStatus.PAID, actor=SYSTEM, now=market.clock.now())


async def copies_of(market: Market, order_id: int, count: int) -> list[int]:
    """Return the ids of new unpaid orders like one there is."""
    rows = await market.rows(
        """
        INSERT INTO orders
        SELECT (jsonb_populate_record(orders, jsonb_build_object(
            'id', orders.id + n, 'number', 'SC-C' || n, 'cart_id', null))).*
        FROM orders, generate_series(1, CAST(:count AS integer)) n WHERE orders.id = :id
        RETURNING id
        """,
        id=order_id,
        count=count,
    )
    ids = [row.id for row in rows]
    await market.run(
        """
        INSERT INTO order_items (order_id, variant_id, sku, product_name, variant_name, quantity,
            unit_price_minor, subtotal_minor, discount_minor, tax_minor, tax_basis_points, snapshot)
        SELECT copy.id, variant_id, sku, product_name, variant_name, quantity,
            unit_price_minor, item.subtotal_minor, item.discount_minor, item.tax_minor,
            tax_basis_points, snapshot
        FROM order_items item, orders copy WHERE item.order_id = :id AND copy.id <> :id
        """,
        id=order_id,
    )
    return ids


async def test_fifty_payments_at_once_give_fifty_numbers_without_a_gap(
    market: Market, place: Place
) -> None:
    ids = await copies_of(market, await place(1), 50)

    async def issue(order_id: int) -> None:
        async with market.database.unit_of_work() as session:
            await service.issue_invoice(session, order_id, market.clock.now())

    async def pay_and_issue(order_id: int) -> None:
        await mark_paid(market, order_id)
        await asyncio.gather(issue(order_id), issue(order_id))

    await asyncio.gather(*(pay_and_issue(order_id) for order_id in ids))

    rows = await market.rows("SELECT position, number FROM invoices ORDER BY position")
    assert [row.position for row in rows] == list(range(1, 51))
    assert rows[-1].number == f"INV{market.clock.now().year}-00050"


class Broken(Exception):
    """Whatever may go wrong before a commit."""


async def issue_and_break(market: Market, order_id: int) -> None:
    async with market.database.unit_of_work() as session:
        await service.issue_invoice(session, order_id, market.clock.now())
        raise Broken


async def test_a_transaction_that_fails_gives_its_number_back(market: Market, place: Place) -> None:
    order_id = await place(1)
    await mark_paid(market, order_id)

    with pytest.raises(Broken):
        await issue_and_break(market, order_id)
    await market.do_jobs()

    assert await market.scalar("SELECT array_agg(position) FROM invoices") == [1]


async def test_a_paid_order_has_its_invoice_once_and_as_it_was_drawn(
    market: Market, place: Place, staff: CloudClient
) -> None:
    number = await pay(market, await place(2))
    path = f"/api/v1/staff/orders/{number}/invoices"

    (view,) = (await staff.get(path)).json()
    first = await staff.get(f"{path}/{view['number']}")
    await market.run("UPDATE site_settings SET name = 'Another name'")
    again = await staff.get(f"{path}/{view['number']}")

    assert (view["kind"], view["is_drawn"]) == ("invoice", True)
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert again.content == first.content
    digest = await market.scalar("SELECT pdf_digest FROM invoices")
    assert digest == hashlib.sha256(first.content).digest()


async def test_a_sheet_asked_for_before_its_job_is_drawn_at_once(
    market: Market, place: Place, staff: CloudClient
) -> None:
    order_id = await place(1)
    await mark_paid(market, order_id)
    async with market.database.unit_of_work() as session:
        await service.issue_invoice(session, order_id, market.clock.now())
    number = (await market.view(order_id)).number
    sheet = await market.scalar("SELECT number FROM invoices")

    drawn = await staff.get(f"/api/v1/staff/orders/{number}/invoices/{sheet}")

    assert drawn.content.startswith(b"%PDF-")
    assert await market.scalar("SELECT pdf FROM invoices") == drawn.content


async def test_every_refund_has_its_credit_note(
    market: Market, place: Place, staff: CloudClient
) -> None:
    number = await pay(market, await place(2))
    path = f"/api/v1/staff/orders/{number}"
    item = await market.scalar("SELECT id FROM order_items")

    await staff.post_json(f"{path}/refunds", {"lines": {str(item): 1}})
    await staff.post_json(f"{path}/refunds", {})
    await market.settle()

    sheets = (await staff.get(f"{path}/invoices")).json()
    assert [one["kind"] for one in sheets] == ["invoice", "credit_note", "credit_note"]
    # Refunds are sent side by side, so either may be settled first.
    query = "SELECT paper FROM invoices ORDER BY refund_id NULLS FIRST"
    papers = [row.paper for row in await market.rows(query)]
    assert papers[1]["subtitle"] == f"Refund of invoice {sheets[0]['number']}"
    assert [paper["sums"][0][1] for paper in papers[1:]] == ["€28.90", "€28.90"]
    assert [row[2] for paper in papers for row in paper["taxes"]] == ["€9.23", "€4.62", "€4.61"]


async def test_only_the_buyer_and_staff_fetch_a_sheet(
    market: Market, place: Place, customer: CloudClient, client: CloudClient
) -> None:
    own = await pay(market, await place(1, user_id=await market.user_id()))
    guests = await pay(market, await place(1))
    key = market.parts.links.key_of(guests)

    (mine,) = (await customer.get(f"/api/v1/me/orders/{own}/invoices")).json()
    (theirs,) = (await client.get(f"/api/v1/orders/{guests}/invoices?key={key}")).json()
    answers = {
        "own": await customer.get(f"/api/v1/me/orders/{own}/invoices/{mine['number']}"),
        "guest": await client.get(f"/api/v1/orders/{guests}/invoices/{theirs['number']}?key={key}"),
        "foreign": await customer.get(f"/api/v1/me/orders/{guests}/invoices/{theirs['number']}"),
        "crossed": await customer.get(f"/api/v1/me/orders/{own}/invoices/{theirs['number']}"),
        "no key": await client.get(f"/api/v1/orders/{guests}/invoices/{theirs['number']}?key=x"),
        "customer": await customer.get(f"/api/v1/staff/orders/{own}/invoices"),
    }

    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        "own": 200,
        "guest": 200,
        "foreign": 404,
        "crossed": 404,
        "no key": 404,
        "customer": 403,
    }


async def test_an_issued_sheet_cannot_be_changed(market: Market, place: Place) -> None:
    await pay(market, await place(1))

    for statement in (
        "UPDATE invoices SET number = 'X'",
        "UPDATE invoices SET pdf = 'x'",
        "DELETE FROM invoices",
    ):
        with pytest.raises(DBAPIError, match="only ever added"):
            await market.run(statement)


async def test_a_test_order_has_no_invoice(market: Market, place: Place) -> None:
    order_id = await place(1)
    await market.run("UPDATE orders SET is_test = true")
    await mark_paid(market, order_id)
    await market.do_jobs()

    assert await market.scalar("SELECT count(*) FROM invoices") == 0


async def test_a_packing_slip_is_for_what_is_left_or_for_one_parcel(
    market: Market, place: Place, staff: CloudClient
) -> None:
    number = await pay(market, await place(2))
    path = f"/api/v1/staff/orders/{number}"

    before = await staff.get(f"{path}/packing-slip")
    await staff.post_json(f"{path}/shipments", {"carrier": "DHL"})
    parcel = await market.scalar("SELECT id FROM shipments")
    left = await staff.get(f"{path}/packing-slip")
    of_parcel = await staff.get(f"{path}/packing-slip?shipment_id={parcel}")

    assert before.content.startswith(b"%PDF-")
    assert left.status_code == 404
    assert of_parcel.content.startswith(b"%PDF-")
