"""A buyer's bank objects: what it does to the order, to staff, and to money that should go back."""

from datetime import timedelta
from typing import Any

import pytest

from cloud.checkout import service as checkout
from cloud.orders.status import OrderStatus
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

S = OrderStatus
DISPUTES = "/api/v1/staff/disputes"


class Bought:
    """A paid order and its intent."""

    def __init__(self, market: Market, order_id: int, number: str, intent_id: str) -> None:
        self.market = market
        self.order_id = order_id
        self.number = number
        self.intent_id = intent_id

    async def status(self) -> OrderStatus:
        return (await self.market.view(self.order_id)).status

    async def is_disputed(self, **facts: Any) -> str:
        """Let the bank object, and return its dispute's id."""
        dispute = self.market.stripe.dispute(self.intent_id, **facts)
        await self.market.settle()
        return str(dispute["id"])

    async def ends(self, dispute_id: str, outcome: str) -> None:
        self.market.stripe.decide(dispute_id, outcome)
        await self.market.settle()


async def bought(market: Market, place: Place, token: str = "pm_card_visa") -> Bought:
    parts = market.parts
    order_id = await place(1)
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    intent = market.stripe.pay(url.rsplit("/", 1)[-1], token)
    await market.settle()
    return Bought(market, order_id, (await market.view(order_id)).number, intent["id"])


@pytest.fixture
async def order(market: Market, place: Place) -> Bought:
    return await bought(market, place)


async def only_dispute(staff: CloudClient) -> dict[str, Any]:
    (dispute,) = (await staff.get(DISPUTES)).json()["disputes"]
    return dict(dispute)


async def test_a_dispute_holds_the_goods_and_calls_staff_once(
    market: Market, order: Bought, staff: CloudClient, mailbox: Mailbox
) -> None:
    await order.is_disputed(reason="product_not_received")
    await market.settle()

    dispute = await only_dispute(staff)
    told = [mail.subject for mail in mailbox.mails if "disputes" in mail.subject]
    assert await order.status() is S.ON_HOLD
    assert (dispute["order_number"], dispute["stage"]) == (order.number, "needs_response")
    assert dispute["reason"] == "product_not_received"
    assert dispute["answer_until"] is not None
    assert told == [f"A bank disputes the payment of order {order.number}"]


async def test_a_card_that_disputes_at_once_is_heard_whatever_comes_first(
    market: Market, place: Place, staff: CloudClient
) -> None:
    market.stripe.webhooks.set(shuffle=50)

    order = await bought(market, place, "pm_card_createDispute")

    steps = [step.status for step in (await market.view(order.order_id)).history]
    assert steps == [S.PENDING, S.AWAITING_PAYMENT, S.PAID, S.ON_HOLD]
    assert (await only_dispute(staff))["stage"] == "needs_response"


async def test_a_won_dispute_lets_the_order_go_on(order: Bought, staff: CloudClient) -> None:
    await order.ends(await order.is_disputed(), "won")

    assert await order.status() is S.PAID
    assert (await only_dispute(staff))["stage"] == "won"


@pytest.mark.parametrize(
    ("outcome", "after"), [("won", "paid"), ("lost", "charged_back"), (None, "disputed")]
)
async def test_a_dispute_is_seen_in_what_is_said_of_the_payment(
    order: Bought, staff: CloudClient, outcome: str | None, after: str
) -> None:
    dispute = await order.is_disputed()
    if outcome is not None:
        await order.ends(dispute, outcome)

    one = (await staff.get(f"/api/v1/staff/orders/{order.number}")).json()
    assert one["payment_status"] == after
    for standing in ("paid", "disputed", "charged_back", "refunded", "unpaid"):
        listed = (await staff.get(f"/api/v1/staff/orders?payment={standing}")).json()["orders"]
        assert len(listed) == (standing == after)
    page = await staff.get(f"/admin/orders?queue=all&payment={after}")
    assert order.number in page.text
    assert f'value="{after}" selected' in page.text


async def test_the_buyer_reads_that_their_bank_objects(
    order: Bought, market: Market, client: CloudClient
) -> None:
    await order.is_disputed()

    page = await client.get(market.parts.links.order(order.number, is_guest=True))

    assert "Your bank is looking into this payment." in page.text


async def test_r23_a_disputed_charge_is_not_refunded_and_says_why(
    market: Market, order: Bought, staff: CloudClient
) -> None:
    dispute_id = await order.is_disputed()
    path = f"/api/v1/staff/orders/{order.number}"

    refund = await staff.post_json(f"{path}/refunds", {"amount_minor": 100, "reason": "kind"})
    cancel = await staff.post_json(f"{path}/cancel", {"reason": "kind"})
    await order.ends(dispute_id, "lost")
    late = await staff.post_json(f"{path}/refunds", {"amount_minor": 100, "reason": "kind"})

    assert [answer.status_code for answer in (refund, cancel, late)] == [409, 409, 409]
    assert refund.json()["code"] == cancel.json()["code"] == "charge_disputed"
    assert "disputes the payment" in refund.json()["message"]
    assert "taken the payment back" in late.json()["message"]
    assert market.stripe.count("refund") == 0


async def test_a_lost_dispute_leaves_the_goods_here_and_the_order_to_be_cancelled_unrefunded(
    market: Market, order: Bought, staff: CloudClient
) -> None:
    await order.ends(await order.is_disputed(), "lost")
    held = await order.status()

    await staff.post_json(f"/api/v1/staff/orders/{order.number}/cancel", {"reason": "lost"})
    await market.settle()

    assert held is S.ON_HOLD
    assert await order.status() is S.CANCELLED
    assert await market.on_hand() == 10
    assert market.stripe.count("refund") == 0


async def test_an_inquiry_is_ended_by_a_refund(
    market: Market, order: Bought, staff: CloudClient
) -> None:
    await order.is_disputed(is_inquiry=True)

    refund = await staff.post_json(f"/api/v1/staff/orders/{order.number}/refunds", {"reason": ""})
    await market.settle()

    assert refund.status_code == 201
    assert market.stripe.count("refund", status="succeeded") == 1
    assert await order.status() is S.REFUNDED


async def test_a_partial_refund_before_the_dispute_stays_counted(
    market: Market, order: Bought, staff: CloudClient
) -> None:
    path = f"/api/v1/staff/orders/{order.number}/refunds"
    assert (await staff.post_json(path, {"amount_minor": 100, "reason": ""})).status_code == 201
    await market.settle()

    await order.is_disputed()

    assert (await market.view(order.order_id)).refunded_minor == 100
    assert (await staff.post_json(path, {"reason": ""})).status_code == 409


async def test_the_answer_is_sent_once_and_the_bank_decides_by_it(
    market: Market, order: Bought, staff: CloudClient
) -> None:
    await order.is_disputed()
    path = f"{DISPUTES}/{(await only_dispute(staff))['id']}/evidence"
    market.stripe.order("reset_after", path="/v1/disputes/")

    first = await staff.post_json(path, {"text": "winning_evidence"})
    again = await staff.post_json(path, {"text": "something else"})
    await market.run("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    await market.settle()
    await market.run("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    await market.settle()

    posts = [path for method, path, _ in market.stripe.requests if method == "POST"]
    audited = "SELECT after ->> 'evidence' FROM audit_entries WHERE subject = 'disputes'"
    assert (first.status_code, again.json()["code"]) == (200, "dispute_answered")
    assert len([path for path in posts if path.startswith("/v1/disputes/")]) == 1
    assert (await only_dispute(staff))["stage"] == "won"
    assert await market.scalar(audited) == "winning_evidence"
    assert await order.status() is S.PAID


async def test_staff_are_reminded_once_before_the_time_to_answer_is_over(
    market: Market, order: Bought, staff: CloudClient, mailbox: Mailbox
) -> None:
    await order.is_disputed()

    for _ in range(3):
        await market.clock.advance(timedelta(days=2, hours=13))
        await market.settle()
        await market.clock.advance(timedelta(hours=2))
        await market.settle()

    subjects = [mail.subject for mail in mailbox.mails]
    assert subjects.count("A dispute must be answered within two days") == 1


async def test_a_dispute_about_a_second_payment_neither_holds_goods_nor_forbids_a_refund(
    market: Market, place: Place, staff: CloudClient
) -> None:
    args = (market.database, market.parts.gateway, market.clock)
    order_id = await place(1)
    page = await checkout.pay_by_page(*args, market.parts.links, order_id)
    session_id = page.rsplit("/", 1)[-1]
    intent = await checkout.pay_by_intent(*args, order_id)
    assert intent is not None
    market.stripe.webhooks.set(paused=True)
    market.stripe.pay(session_id)
    await checkout.settle_return(*args, session_id)
    market.stripe.confirm(intent.intent_id, "pm_card_createDispute")
    market.stripe.webhooks.set(paused=False)
    await market.settle()
    number = (await market.view(order_id)).number

    refund = await staff.post_json(
        f"/api/v1/staff/orders/{number}/refunds", {"amount_minor": 100, "reason": ""}
    )

    assert (await only_dispute(staff))["stage"] == "needs_response"
    assert (await market.view(order_id)).status is S.PAID
    assert refund.status_code == 201


async def test_a_dispute_about_the_payment_of_another_shop_is_passed_over(
    market: Market, order: Bought, staff: CloudClient
) -> None:
    intent = market.stripe.account.objects[order.intent_id]
    intent["metadata"] = {}

    await order.is_disputed()

    assert (await staff.get(DISPUTES)).json()["disputes"] == []
    assert await order.status() is S.PAID


async def test_who_may_not_see_disputes_is_told_so(
    market: Market, customer: CloudClient, client: CloudClient
) -> None:
    assert (await client.get(DISPUTES)).status_code == 401
    assert (await customer.get(DISPUTES)).status_code == 403


async def test_the_page_shows_the_day_to_answer_by_and_takes_the_answer(
    order: Bought, staff: CloudClient
) -> None:
    empty = words_of(await staff.get("/admin/disputes"))
    await order.is_disputed(reason="product_not_received")
    dispute_id = (await only_dispute(staff))["id"]
    form = f"/admin/disputes/{dispute_id}/evidence"

    blank = await staff.post_form(form, {"evidence": "  "}, form_at="/admin/disputes")
    sent = await staff.post_form(form, {"evidence": "It came."}, form_at="/admin/disputes")
    page = words_of(await staff.get(sent.headers["location"]))

    on_order = words_of(await staff.get(f"/admin/orders/{order.number}"))

    assert "The buyer's bank disputes €" in on_order
    assert "No payment is disputed" in empty
    assert blank.status_code == 422
    assert "Write what the bank should know" in words_of(blank)
    assert sent.status_code == 303
    for words in ("The goods did not come", "Answer until", order.number, "It came."):
        assert words in page
