"""Sending orders in one parcel or several, and their arrival."""

from datetime import timedelta

import pytest

from cloud.orders import service
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.errors import BadShipment, NotShippable, StatusRefused
from cloud.orders.schemas import NewShipment, OrderFilter
from cloud.orders.status import OrderStatus
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres

SAM = Actor(ActorKind.STAFF, None, "Sam")


@pytest.fixture
async def paid(market: Market, placed: int) -> int:
    """The id of a paid order of two bottles."""
    async with market.database.unit_of_work() as session:
        order = await service.lock(session, placed)
        await service.move(session, order, OrderStatus.PAID, actor=SYSTEM, now=market.clock.now())
    return placed


async def ship(market: Market, order_id: int, quantities: dict[int, int] | None = None) -> int:
    async with market.database.unit_of_work() as session:
        new = NewShipment(carrier="DHL", tracking="123", item_quantities=quantities)
        return await service.ship(session, order_id, new, actor=SAM, now=market.clock.now())


async def deliver(market: Market, order_id: int, shipment_id: int | None = None) -> None:
    async with market.database.unit_of_work() as session:
        await service.mark_delivered(
            session, order_id, actor=SAM, now=market.clock.now(), shipment_id=shipment_id
        )


async def test_one_parcel_ships_the_whole_order(market: Market, paid: int) -> None:
    await ship(market, paid)

    order = await market.view(paid)
    assert order.status is OrderStatus.SHIPPED
    assert [step.status for step in order.history][-2:] == [
        OrderStatus.PROCESSING,
        OrderStatus.SHIPPED,
    ]
    assert order.shipments[0].arrives_on == (market.clock.now() + timedelta(days=2)).date()


async def test_an_order_is_shipped_with_its_last_parcel_and_delivered_with_the_last_arrival(
    market: Market, paid: int
) -> None:
    item = (await market.view(paid)).items[0].id

    first = await ship(market, paid, {item: 1})
    assert (await market.view(paid)).status is OrderStatus.PROCESSING
    second = await ship(market, paid, {item: 1})
    assert (await market.view(paid)).status is OrderStatus.SHIPPED
    await deliver(market, paid, first)
    assert (await market.view(paid)).status is OrderStatus.SHIPPED
    await deliver(market, paid, second)

    assert (await market.view(paid)).status is OrderStatus.DELIVERED


async def test_a_parcel_cannot_hold_more_than_is_left(market: Market, paid: int) -> None:
    item = (await market.view(paid)).items[0].id
    await ship(market, paid, {item: 1})

    with pytest.raises(BadShipment) as refusal:
        await ship(market, paid, {item: 2})

    assert refusal.value.field == f"item_quantities.{item}"


async def test_an_unpaid_order_is_not_shipped(market: Market, placed: int) -> None:
    with pytest.raises(NotShippable):
        await ship(market, placed)


async def test_nobody_can_set_an_order_paid_by_hand(market: Market, placed: int) -> None:
    async with market.database.unit_of_work() as session:
        with pytest.raises(StatusRefused):
            await service.mark_status(
                session, placed, OrderStatus.PAID, actor=SAM, now=market.clock.now()
            )


async def test_arrival_twice_is_once(market: Market, paid: int) -> None:
    await ship(market, paid)
    await deliver(market, paid)
    arrived = await market.view(paid)

    await deliver(market, paid)

    assert await market.view(paid) == arrived


async def test_a_delivered_order_completes_by_itself_after_two_weeks(
    market: Market, paid: int
) -> None:
    await ship(market, paid)
    await deliver(market, paid)
    await market.do_jobs()
    assert (await market.view(paid)).status is OrderStatus.DELIVERED

    await market.clock.advance(timedelta(days=14))
    await market.do_jobs()

    assert (await market.view(paid)).status is OrderStatus.COMPLETED


async def test_staff_ship_over_http_and_customers_may_not(
    market: Market, paid: int, staff: CloudClient, customer: CloudClient
) -> None:
    number = (await market.view(paid)).number
    parcel = {"carrier": "DHL", "tracking": "JD0002"}

    forbidden = await customer.post_json(f"/api/v1/staff/orders/{number}/shipments", parcel)
    shipped = await staff.post_json(f"/api/v1/staff/orders/{number}/shipments", parcel)
    again = await staff.post_json(f"/api/v1/staff/orders/{number}/shipments", parcel)

    assert forbidden.status_code == 403
    assert shipped.json()["status"] == "SHIPPED"
    assert again.status_code == 409
    assert again.json()["code"] == "order_not_shippable"


async def test_lists_page_and_narrow(market: Market, paid: int, staff: CloudClient) -> None:
    number = (await market.view(paid)).number

    found = (await staff.get("/api/v1/staff/orders", params={"text": number[-4:]})).json()
    none = (await staff.get("/api/v1/staff/orders", params={"status": "SHIPPED"})).json()
    odd = (await staff.get("/api/v1/staff/orders", params={"text": "100%_"})).json()
    async with market.database.unit_of_work() as session:
        page = await service.list_orders(session, OrderFilter(), limit=1)

    assert [order["number"] for order in found["orders"]] == [number]
    assert none["orders"] == []
    assert odd["orders"] == []
    assert page.next is None


async def test_a_guest_sees_the_order_with_its_key_alone(
    market: Market, placed: int, client: CloudClient
) -> None:
    number = (await market.view(placed)).number
    key = market.parts.links.key_of(number)

    opened = await client.get(f"/api/v1/orders/{number}", params={"key": key})
    refused = await client.get(f"/api/v1/orders/{number}", params={"key": "x" * len(key)})

    assert opened.json()["email"] == "guest@example.org"
    assert refused.status_code == 404


async def test_a_member_does_not_see_the_order_of_another(
    market: Market, placed: int, customer: CloudClient
) -> None:
    number = (await market.view(placed)).number

    assert (await customer.get(f"/api/v1/me/orders/{number}")).status_code == 404
