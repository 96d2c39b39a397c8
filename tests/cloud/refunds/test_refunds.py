"""Giving money back: in parts or whole, at once by two, and when the bank says no."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import EventBook
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.events import OrderPaid, OrderStatusChanged
from cloud.orders.schemas import NewShipment
from cloud.payments.states import RefundState, RefundStatus
from cloud.refunds import service
from cloud.refunds.errors import BadRestock, NotCancellable, NotRefundable, RefundTooLarge
from cloud.refunds.schemas import RefundRequest
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres

SAM = Actor(ActorKind.STAFF, None, "Sam")


async def refund(market: Market, order_id: int, **asked: Any) -> int:
    async with market.database.unit_of_work() as session:
        return await service.refund_order(
            session,
            market.parts.gateway,
            order_id,
            RefundRequest(**asked),
            actor=SAM,
            now=market.clock.now(),
        )


async def cancel(market: Market, order_id: int) -> None:
    async with market.database.unit_of_work() as session:
        await service.cancel_order(
            session,
            market.parts.gateway,
            order_id,
            "no longer wanted",
            actor=SAM,
            now=market.clock.now(),
        )


async def test_a_part_goes_back_and_the_order_stays(
    market: Market, paid: int, mailbox: Mailbox
) -> None:
    await refund(market, paid, amount_minor=1000, reason="late")
    await market.settle()

    order = await market.view(paid)
    assert (order.status, order.refunded_minor) == ("PAID", 1000)
    assert await market.on_hand() == 8
    assert "€10.00" in mailbox.mails[-1].subject


async def test_all_that_is_left_goes_back_with_the_bottles_chosen(
    market: Market, paid: int
) -> None:
    await refund(market, paid, amount_minor=1000)
    item = (await market.view(paid)).items[0].id
    await refund(market, paid, restock={item: 1})
    await market.settle()

    order = await market.view(paid)
    assert (order.status, order.refunded_minor) == ("REFUNDED", order.total_minor)
    assert await market.on_hand() == 9
    assert [step.status for step in order.history][-2:] == ["REFUND_PENDING", "REFUNDED"]


async def test_r24_more_than_is_left_is_refused_with_what_is_left(
    market: Market, paid: int
) -> None:
    await refund(market, paid, amount_minor=5000)

    with pytest.raises(RefundTooLarge) as refusal:
        await refund(market, paid, amount_minor=781)

    assert refusal.value.left.minor == 780


async def test_r23_partial_refunds_from_two_staff_at_once_stay_within_the_total(
    market: Market, paid: int
) -> None:
    asked = await asyncio.gather(
        *(refund(market, paid, amount_minor=2000) for _ in range(5)), return_exceptions=True
    )
    await market.settle()

    assert [type(one) for one in asked].count(int) == 2
    assert sum(one["amount"] for one in market.stripe.account.all("refund")) == 4000


async def test_an_unpaid_order_cannot_be_refunded(market: Market, place: Place) -> None:
    order_id = await place(1)

    with pytest.raises(NotRefundable):
        await refund(market, order_id)


@pytest.mark.parametrize("quantity", [0, 3])
async def test_no_more_bottles_return_than_were_sold(
    market: Market, paid: int, quantity: int
) -> None:
    item = (await market.view(paid)).items[0].id

    with pytest.raises(BadRestock):
        await refund(market, paid, amount_minor=1, restock={item: quantity})


async def test_the_same_bottle_does_not_return_twice(market: Market, paid: int) -> None:
    item = (await market.view(paid)).items[0].id
    await refund(market, paid, amount_minor=1, restock={item: 2})

    with pytest.raises(BadRestock):
        await refund(market, paid, amount_minor=1, restock={item: 1})

    assert await market.on_hand() == 10


@pytest.mark.parametrize("fault", ["error", "reset", "reset_after", "error_after", "conflict"])
async def test_after_a_fault_the_money_goes_back_once(
    market: Market, paid: int, fault: str
) -> None:
    market.stripe.order(fault, path="/v1/refunds")
    refund_id = await refund(market, paid)
    parts = market.parts

    await asyncio.gather(
        service.send_refund(parts.database, parts.gateway, refund_id, market.clock),
        return_exceptions=True,
    )
    await service.send_refund(parts.database, parts.gateway, refund_id, market.clock)
    await market.settle()

    assert market.stripe.count("refund") == 1
    assert (await market.view(paid)).status == "REFUNDED"


async def test_cancelling_a_paid_order_returns_money_and_bottles_once(
    market: Market, paid: int, mailbox: Mailbox
) -> None:
    await asyncio.gather(*(cancel(market, paid) for _ in range(3)))
    await market.settle()

    order = await market.view(paid)
    assert (order.status, order.refunded_minor) == ("CANCELLED", order.total_minor)
    assert await market.on_hand() == 10
    assert market.stripe.count("refund") == 1
    subjects = [mail.subject for mail in mailbox.mails]
    assert len([one for one in subjects if "was cancelled" in one]) == 1


async def test_an_order_of_which_a_bottle_came_back_is_cancelled_with_the_rest(
    market: Market, paid: int, staff: CloudClient
) -> None:
    order = await market.view(paid)
    one = {str(order.items[0].id): 1}
    path = f"/api/v1/staff/orders/{order.number}/refunds"
    assert (await staff.post_json(path, {"lines": one, "restock": one})).status_code == 201

    await cancel(market, paid)
    await market.settle()

    order = await market.view(paid)
    assert (order.status, order.refunded_minor) == ("CANCELLED", order.total_minor)
    assert await market.on_hand() == 10


async def test_what_has_left_the_house_is_not_cancelled(market: Market, paid: int) -> None:
    item = (await market.view(paid)).items[0].id
    async with market.database.unit_of_work() as session:
        parcel = NewShipment(carrier="DHL", item_quantities={item: 1})
        await orders.ship(session, paid, parcel, actor=SAM, now=market.clock.now())

    with pytest.raises(NotCancellable):
        await cancel(market, paid)


async def test_r25_shipping_and_cancelling_at_once_do_one_of_them(
    market: Market, paid: int
) -> None:
    async def ship() -> None:
        async with market.database.unit_of_work() as session:
            parcel = NewShipment(carrier="DHL")
            await orders.ship(session, paid, parcel, actor=SAM, now=market.clock.now())

    done = await asyncio.gather(ship(), cancel(market, paid), return_exceptions=True)
    await market.settle()

    assert [one is None for one in done].count(True) == 1
    order = await market.view(paid)
    assert (order.status == "SHIPPED") == (order.refunded_minor == 0)


async def test_a_refund_that_the_bank_turns_down_puts_the_order_back_and_calls_staff(
    market: Market, paid: int, staff: CloudClient, mailbox: Mailbox
) -> None:
    refund_id = await refund(market, paid)
    reference = await market.scalar("SELECT reference FROM refunds WHERE id = :id", id=refund_id)
    turned_down = RefundState(
        refund_id="re_turned_down",
        intent_id=None,
        amount_minor=5780,
        currency="EUR",
        status=RefundStatus.FAILED,
        reference=reference,
    )

    for _ in range(2):
        async with market.database.unit_of_work() as session:
            await service.settle_refund(session, turned_down, market.clock.now())
    await market.do_jobs()

    order = await market.view(paid)
    assert (order.status, order.refunded_minor) == ("PAID", 0)
    alert = f"A refund of order {order.number} failed"
    assert [mail.subject for mail in mailbox.mails].count(alert) == 1


async def test_an_order_whose_refund_is_turned_down_is_not_paid_a_second_time(
    market: Market, paid: int
) -> None:
    heard: list[object] = []

    async def hear(_session: AsyncSession, event: object) -> None:
        heard.append(event)

    async with market.database.unit_of_work() as session:
        EventBook({OrderPaid: [hear], OrderStatusChanged: [hear]}).attach(session)
        order = await orders.lock(session, paid)
        whole = order.total_minor
        now = market.clock.now()
        await orders.record_refund(session, order, whole, is_settled=False, actor=SAM, now=now)
        await orders.undo_refund(session, order, whole, actor=SYSTEM, now=now)

    assert [type(event) for event in heard] == [OrderStatusChanged, OrderStatusChanged]
    assert (await market.view(paid)).status == "PAID"


async def test_a_refund_made_on_the_providers_own_pages_is_counted(
    market: Market, paid: int
) -> None:
    (intent,) = market.stripe.account.all("payment_intent")

    await market.parts.gateway.refund({"payment_intent": intent["id"], "amount": 780}, "by hand")
    await market.settle()

    order = await market.view(paid)
    assert order.refunded_minor == 780
    with pytest.raises(RefundTooLarge):
        await refund(market, paid, amount_minor=5001)


async def test_staff_refund_over_http_and_see_it(
    market: Market, paid: int, staff: CloudClient, customer: CloudClient
) -> None:
    number = (await market.view(paid)).number
    path = f"/api/v1/staff/orders/{number}/refunds"

    forbidden = await customer.post_json(path, {})
    too_much = await staff.post_json(path, {"amount_minor": 9999})
    made = await staff.post_json(path, {"amount_minor": 100, "reason": "scratch"})

    assert forbidden.status_code == 403
    assert (too_much.status_code, too_much.json()["left_minor"]) == (422, 5780)
    assert [(one["amount_minor"], one["stage"]) for one in made.json()] == [(100, "pending")]


async def test_a_member_cancels_only_their_own(
    market: Market, paid: int, customer: CloudClient
) -> None:
    number = (await market.view(paid)).number

    answer = await customer.post_json(f"/api/v1/me/orders/{number}/cancel", {"reason": ""})

    assert answer.status_code == 404
    assert (await market.view(paid)).status == "PAID"


async def test_the_system_may_cancel_an_unpaid_order_and_the_bottles_are_free(
    market: Market, place: Place
) -> None:
    order_id = await place(10)
    async with market.database.unit_of_work() as session:
        await service.cancel_order(
            session, market.parts.gateway, order_id, "", actor=SYSTEM, now=market.clock.now()
        )

    assert (await market.view(await place(10))).status == "AWAITING_PAYMENT"
