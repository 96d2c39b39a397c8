"""Refunds by line, as staff ask for them over HTTP."""

from typing import Any

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def path(market: Market, paid: int) -> str:
    """The address of a paid order of two bottles, 28.90 EUR each, delivered free."""
    return f"/api/v1/staff/orders/{(await market.view(paid)).number}"


async def line(market: Market) -> str:
    return str(await market.scalar("SELECT id FROM order_items"))


async def refundable(staff: CloudClient, path: str) -> tuple[int, int, int]:
    found: dict[str, Any] = (await staff.get(f"{path}/refundable")).json()
    (only,) = found["lines"]
    return found["left_minor"], only["left"], only["worth_minor"]


async def test_one_bottles_money_goes_back_with_its_tax_and_the_rest_stays(
    market: Market, paid: int, path: str, staff: CloudClient
) -> None:
    item = await line(market)

    made = await staff.post_json(f"{path}/refunds", {"lines": {item: 1}, "restock": {item: 1}})
    await market.settle()

    (one,) = made.json()
    assert one["lines"] == [
        {
            "order_item_id": int(item),
            "quantity": 1,
            "amount_minor": 2890,
            # Half of the line's 9.23, half to even.
            "tax_minor": 462,
        }
    ]
    assert await refundable(staff, path) == (2890, 1, 2890)
    assert await market.on_hand() == 9
    (sent,) = market.stripe.account.all("refund")
    assert sent["amount"] == 2890


async def test_r24_more_bottles_than_are_left_are_refused(
    market: Market, path: str, staff: CloudClient
) -> None:
    item = await line(market)
    await staff.post_json(f"{path}/refunds", {"lines": {item: 1}})

    again = await staff.post_json(f"{path}/refunds", {"lines": {item: 2}})
    foreign = await staff.post_json(f"{path}/refunds", {"lines": {"999": 1}})

    assert (again.status_code, again.json()["left"]) == (422, 1)
    assert (foreign.status_code, foreign.json()["left"]) == (422, 0)
    assert await refundable(staff, path) == (2890, 1, 2890)


async def test_delivery_that_cost_nothing_gives_nothing_back(path: str, staff: CloudClient) -> None:
    refused = await staff.post_json(f"{path}/refunds", {"shipping_minor": 1})

    assert (refused.status_code, refused.json()["code"]) == (422, "refund_shipping_too_large")


async def test_delivery_goes_back_for_itself(
    market: Market, staff: CloudClient, place: Any
) -> None:
    order_id = await place(1)
    await market.run(
        "UPDATE orders SET status = 'PAID', paid_at = now(), is_test = true WHERE id = :id",
        id=order_id,
    )
    order = await market.view(order_id)
    path = f"/api/v1/staff/orders/{order.number}"

    made = await staff.post_json(f"{path}/refunds", {"shipping_minor": order.shipping_minor})

    (one,) = made.json()
    assert order.shipping_minor > 0
    assert (one["amount_minor"], one["shipping_minor"]) == (order.shipping_minor,) * 2
    assert one["tax_minor"] == round(order.shipping_minor * 19 / 119)
    assert (await refundable(staff, path))[0] == order.subtotal_minor


async def test_what_the_bank_turned_down_can_be_given_back_again(
    market: Market, path: str, staff: CloudClient
) -> None:
    item = await line(market)
    await staff.post_json(f"{path}/refunds", {"lines": {item: 2}})
    assert (await refundable(staff, path))[:2] == (0, 0)

    await market.run("UPDATE refunds SET stage = 'failed'")
    await market.run("UPDATE orders SET refunded_minor = 0")

    assert await refundable(staff, path) == (5780, 2, 5780)


async def test_a_refund_is_written_down_with_who_made_it(
    market: Market, path: str, staff: CloudClient
) -> None:
    await staff.post_json(f"{path}/refunds", {"amount_minor": 100, "reason": "scratch"})

    (entry,) = await market.rows("SELECT actor_name, action, subject_id, after FROM audit_entries")
    assert (entry.action, entry.subject_id) == ("refund", path.rsplit("/", 1)[-1])
    assert entry.after["asked"] == {"amount_minor": 100, "reason": "scratch"}


async def test_what_cannot_be_meant_is_refused(path: str, staff: CloudClient) -> None:
    meant: tuple[dict[str, Any], ...] = (
        {"amount_minor": 0},
        {"amount_minor": 2**70},
        {"shipping_minor": -1},
        {"lines": {"0": 1}},
        {"lines": {"1": -1}},
        {"restock": {str(2**63): 1}},
        {"surprise": 1},
    )

    answers = [await staff.post_json(f"{path}/refunds", asked) for asked in meant]

    assert [answer.status_code for answer in answers] == [422] * len(meant)
