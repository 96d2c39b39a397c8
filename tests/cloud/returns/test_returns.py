"""A return over HTTP: asked for, decided, received, paid back; and what is refused."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from cloud.foundation.words import say
from cloud.returns.errors import NotReturnable
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres


async def line(market: Market) -> str:
    return str(await market.scalar("SELECT id FROM order_items"))


async def ask(
    buyer: CloudClient, market: Market, order: str, quantity: int = 2, **more: Any
) -> Any:
    lines = {await line(market): {"quantity": quantity, "reason": "leaking"}}
    return await buyer.post_json(f"/api/v1/me/orders/{order}/returns", {"lines": lines, **more})


async def step(staff: CloudClient, number: str, name: str, **body: Any) -> Any:
    return await staff.post_json(f"/api/v1/staff/returns/{number}/{name}", body)


async def test_a_return_goes_all_the_way_to_the_money(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient, mailbox: Mailbox
) -> None:
    item = await line(market)
    number = (await ask(customer, market, arrived, comment="It leaks")).json()["number"]

    await step(staff, number, "approve", answer="Please wrap it well", label_url="https://dhl/x")
    came = {"received": 2, "restocked": 1, "condition": "opened"}
    await step(staff, number, "receive", lines={item: came})
    paid = await step(staff, number, "refund")
    await market.settle()

    letters = sorted(mail.subject for mail in mailbox.mails if number in mail.subject)
    assert letters == [
        f"Please send your return {number}",
        f"Your return {number} arrived",
    ]
    view = (await customer.get(f"/api/v1/me/orders/{arrived}/returns")).json()[0]
    assert paid.status_code == 200
    assert [one["stage"] for one in view["steps"]] == ["asked", "approved", "received", "refunded"]
    assert view["lines"][0]["restocked"] == 1
    assert await market.on_hand() == 8
    order = (await customer.get(f"/api/v1/me/orders/{arrived}")).json()
    assert (order["refunded_minor"], order["payment_status"]) == (5780, "partly_refunded")
    (refund,) = (await staff.get(f"/api/v1/staff/orders/{arrived}/refunds")).json()
    assert refund["id"] == view["refund_id"]
    assert [(one["quantity"], one["amount_minor"]) for one in refund["lines"]] == [(2, 5780)]


async def test_less_than_was_paid_can_go_back_for_what_was_opened(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    item = await line(market)
    number = (await ask(customer, market, arrived)).json()["number"]
    await step(staff, number, "approve")
    await step(staff, number, "receive", lines={item: {"received": 1}})

    too_much = await step(staff, number, "refund", amount_minor=99_999)
    done = await step(staff, number, "refund", amount_minor=1_000)

    assert too_much.json()["code"] == "refund_too_large"
    assert done.json()["stage"] == "refunded"
    assert await market.scalar("SELECT amount_minor FROM refund_lines") == 1_000


async def test_no_more_comes_back_than_was_sent(
    market: Market, arrived: str, customer: CloudClient
) -> None:
    await ask(customer, market, arrived, 2)

    again = await ask(customer, market, arrived, 2)
    rest = (await customer.get(f"/api/v1/me/orders/{arrived}/returnable")).json()
    nothing = await ask(customer, market, arrived, 0)

    assert (again.status_code, again.json()["most"]) == (422, 1)
    assert [one["left"] for one in rest["lines"]] == [1]
    assert nothing.json()["code"] == "nothing_returned"


async def test_two_wishes_at_once_stay_within_what_was_sent(
    market: Market, arrived: str, customer: CloudClient
) -> None:
    answers = await asyncio.gather(*(ask(customer, market, arrived, 2) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]


async def test_what_was_withdrawn_or_refused_can_be_asked_for_again(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    first = (await ask(customer, market, arrived, 3)).json()["number"]
    path = f"/api/v1/me/orders/{arrived}/returns"
    await customer.post_json(f"{path}/{first}/withdraw")
    second = (await ask(customer, market, arrived, 3)).json()["number"]
    refused = await step(staff, second, "refuse", answer="It was used up")

    third = await ask(customer, market, arrived, 3)

    assert refused.json()["answer"] == "It was used up"
    assert third.status_code == 201


async def test_a_step_out_of_turn_is_refused_and_changes_nothing(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    item = await line(market)
    number = (await ask(customer, market, arrived)).json()["number"]

    early = [
        await step(staff, number, "receive", lines={item: {"received": 1, "restocked": 1}}),
        await step(staff, number, "refund"),
        await step(staff, number, "close", comment="x"),
    ]
    await step(staff, number, "refuse", answer="no")
    late = await customer.post_json(f"/api/v1/me/orders/{arrived}/returns/{number}/withdraw")

    assert {answer.status_code for answer in [*early, late]} == {409}
    assert await market.on_hand() == 7
    assert await market.scalar("SELECT count(*) FROM refunds") == 0


async def test_no_more_is_received_or_restocked_than_was_sent_back(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    item = await line(market)
    number = (await ask(customer, market, arrived, 1)).json()["number"]
    await step(staff, number, "approve")

    for came in (
        {item: {"received": 2}},
        {item: {"received": 1, "restocked": 2}},
        {"999": {"received": 1}},
        {item: {"received": 0}},
    ):
        assert (await step(staff, number, "receive", lines=came)).status_code == 422
    closed = await step(staff, number, "receive", lines={item: {"received": 1}})
    assert closed.json()["stage"] == "received"
    assert (await step(staff, number, "close", comment="swapped")).json()["stage"] == "closed"


async def test_nothing_is_sent_back_before_it_arrived_or_a_month_after(
    market: Market, arrived: str, customer: CloudClient, place: Place
) -> None:
    unsent = (await market.view(await place(1, user_id=await market.user_id()))).number
    early = await ask(customer, market, unsent, 1)
    await market.clock.advance(timedelta(days=30, seconds=1))

    # Sessions end by themselves, so the guest's door is tried.
    key = market.parts.links.key_of(arrived)
    lines = {await line(market): {"quantity": 1}}
    late = await customer.post_json(f"/api/v1/orders/{arrived}/returns?key={key}", {"lines": lines})

    assert early.json()["code"] == "order_not_returnable"
    assert early.json()["message"] == f"Order {unsent} has not arrived yet."
    assert late.json()["message"] == f"Order {arrived} arrived more than 30 days ago."
    in_german = say("de", NotReturnable.too_late(arrived, 30).message)
    assert in_german == f"Bestellung {arrived} kam vor mehr als 30 Tagen an."


async def test_a_guest_asks_with_the_key_and_nobody_without(
    market: Market, arrived: str, client: CloudClient
) -> None:
    key = market.parts.links.key_of(arrived)
    body = {"lines": {await line(market): {"quantity": 1}}}
    path = f"/api/v1/orders/{arrived}/returns"

    made = await client.post_json(f"{path}?key={key}", body)
    seen = await client.get(f"{path}?key={key}")

    assert made.status_code == 201
    assert len(seen.json()) == 1
    assert (await client.post_json(f"{path}?key=x", body)).status_code == 404
    assert (await client.get(f"{path}?key=x")).status_code == 404


async def test_staff_list_returns_and_customers_may_not(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    for _ in range(3):
        await ask(customer, market, arrived, 1)

    first = (await staff.get("/api/v1/staff/returns?stage=asked&limit=2")).json()
    rest = (await staff.get(f"/api/v1/staff/returns?limit=2&after={first['next']}")).json()

    assert [len(page["returns"]) for page in (first, rest)] == [2, 1]
    assert rest["next"] is None
    assert (await staff.get("/api/v1/staff/returns?stage=refunded")).json()["returns"] == []
    assert (await staff.get("/api/v1/staff/returns/RT-1")).status_code == 404
    assert (await customer.get("/api/v1/staff/returns")).status_code == 403


async def test_every_step_of_staff_is_written_down_and_history_stays(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    number = (await ask(customer, market, arrived)).json()["number"]
    await step(staff, number, "approve")

    (entry,) = await market.rows("SELECT action, before, after FROM audit_entries")
    assert (entry.action, entry.before["stage"], entry.after["stage"]) == (
        "approve",
        "asked",
        "approved",
    )
    with pytest.raises(DBAPIError, match="append-only"):
        await market.run("UPDATE return_steps SET comment = 'x'")
