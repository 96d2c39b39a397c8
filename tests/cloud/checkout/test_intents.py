"""Paying in a program of the buyer's: an intent, the question of a bank, and being done."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cloud.checkout import service as checkout
from cloud.orders.status import OrderStatus
from cloud.payments.errors import GatewayUnavailable
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import ADDRESS, Market, Place
from tests.fakes.stripe.failures import ApiFailure

pytestmark = pytest.mark.needs_postgres

S = OrderStatus


class Paying:
    """A guest's order and the addresses under which a program pays it."""

    def __init__(self, market: Market, client: CloudClient, order_id: int, number: str) -> None:
        self.market = market
        self.client = client
        self.order_id = order_id
        self.base = f"/api/v1/checkout/orders/{number}"
        self.key = f"?key={market.parts.links.key_of(number)}"

    async def open(self, **form: Any) -> dict[str, Any]:
        answer = await self.client.post_json(f"{self.base}/payment-intent{self.key}", form)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def complete(self, **form: Any) -> dict[str, Any]:
        answer = await self.client.post_json(f"{self.base}/complete{self.key}", form)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def status(self) -> OrderStatus:
        return (await self.market.view(self.order_id)).status


@pytest.fixture
async def paying(market: Market, place: Place, client: CloudClient) -> Paying:
    order_id = await place(1)
    return Paying(market, client, order_id, (await market.view(order_id)).number)


async def test_an_intent_is_confirmed_and_completed_without_a_page(
    market: Market, paying: Paying, mailbox: Mailbox
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    opened = await paying.open()
    assert opened["amount_minor"] == (await market.view(paying.order_id)).total_minor
    assert opened["publishable_key"] == "pk_test_of_the_stand_in"
    assert opened["client_secret"].startswith(opened["payment_intent"])

    before = await paying.complete()
    market.stripe.confirm(opened["payment_intent"])
    after = await paying.complete()
    await market.settle()

    assert (before["is_paid"], before["payment_status"]) == (False, "open")
    assert (after["is_paid"], after["order_status"]) == (True, "PAID")
    assert market.stripe.count("checkout.session") == 0
    assert len(mailbox.mails) == 1


async def test_a_card_that_asks_for_approval_pays_once_its_holder_agreed(
    market: Market, paying: Paying
) -> None:
    intent = (await paying.open())["payment_intent"]

    market.stripe.confirm(intent, "pm_card_authenticationRequired")
    asked = await paying.complete()
    market.stripe.approve(intent)
    paid = await paying.complete()

    assert (asked["payment_status"], asked["is_paid"]) == ("needs_customer", False)
    assert paid["is_paid"]


async def test_a_refused_card_is_told_in_words_and_another_one_pays(
    market: Market, paying: Paying
) -> None:
    intent = (await paying.open())["payment_intent"]
    with pytest.raises(ApiFailure):
        market.stripe.confirm(intent, "pm_card_chargeDeclinedInsufficientFunds")

    refused = await paying.complete()
    again = await paying.open()
    market.stripe.confirm(intent)

    assert refused["payment_status"] == "refused"
    assert refused["refusal"] == "Your card has insufficient funds."
    assert again["payment_intent"] == intent
    assert (await paying.complete())["is_paid"]


@pytest.mark.parametrize("first", ["webhook", "client", "at once", "client never"])
async def test_r08_webhook_and_client_in_any_order_pay_once(
    market: Market, paying: Paying, mailbox: Mailbox, first: str
) -> None:
    intent = (await paying.open())["payment_intent"]
    market.stripe.webhooks.set(paused=True, duplicates=1)
    market.stripe.confirm(intent)

    if first == "client":
        await paying.complete()
    elif first == "at once":
        market.stripe.webhooks.set(paused=False)
        await asyncio.gather(*(paying.complete() for _ in range(4)), market.settle())
    market.stripe.webhooks.set(paused=False)
    await market.settle()
    if first == "webhook":
        assert (await paying.complete())["is_paid"]

    order = await market.view(paying.order_id)
    assert [step.status for step in order.history] == [S.PENDING, S.AWAITING_PAYMENT, S.PAID]
    assert await market.on_hand() == 9
    assert len(mailbox.mails) == 1
    assert market.stripe.count("refund") == 0


async def test_r15_a_page_and_an_intent_for_one_order_leave_one_way_open(
    market: Market, paying: Paying
) -> None:
    parts = market.parts
    page = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, paying.order_id
    )

    intent = (await paying.open())["payment_intent"]
    await market.settle()
    with pytest.raises(ApiFailure):
        market.stripe.pay(page.rsplit("/", 1)[-1])
    market.stripe.confirm(intent)
    await market.settle()

    assert await paying.status() is S.PAID
    assert market.stripe.count("charge") == 1


async def test_r15_two_tabs_that_both_get_through_charge_one_and_give_one_back(
    market: Market, paying: Paying
) -> None:
    parts = market.parts
    page = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, paying.order_id
    )
    intent = (await paying.open())["payment_intent"]

    market.stripe.pay(page.rsplit("/", 1)[-1])
    market.stripe.confirm(intent)
    await market.settle()

    order = await market.view(paying.order_id)
    assert order.status is S.PAID
    assert market.stripe.count("charge") == 2
    assert market.stripe.count("refund", amount=order.total_minor) == 1
    assert order.refunded_minor == 0
    assert await market.on_hand() == 9


@pytest.mark.parametrize("fault", ["conflict", "rate_limit", "error", "reset", "reset_after"])
async def test_r14_a_fault_when_the_intent_is_opened_leaves_one_intent(
    market: Market, paying: Paying, fault: str
) -> None:
    parts = market.parts
    market.stripe.order(fault, path="/v1/payment_intents")

    with pytest.raises(GatewayUnavailable):
        await checkout.pay_by_intent(parts.database, parts.gateway, market.clock, paying.order_id)
    opened = await paying.open()
    market.stripe.confirm(opened["payment_intent"])
    await market.settle()

    assert market.stripe.count("payment_intent") == 1
    assert await paying.status() is S.PAID


async def test_an_intent_that_nobody_confirms_is_cancelled_with_its_order(
    market: Market, paying: Paying
) -> None:
    intent = (await paying.open())["payment_intent"]

    await market.clock.advance(timedelta(hours=2))
    await market.settle()

    assert await paying.status() is S.FAILED
    assert market.stripe.account.objects[intent]["status"] == "canceled"
    assert await market.scalar("SELECT count(*) FROM stock_reservations") == 0


async def test_an_intent_that_was_opened_unheard_is_cancelled_too(
    market: Market, paying: Paying
) -> None:
    market.stripe.order("reset_after", path="/v1/payment_intents")
    with pytest.raises(AssertionError, match="payment_provider_unavailable"):
        await paying.open()

    await market.clock.advance(timedelta(hours=2))
    await market.settle()

    assert await paying.status() is S.FAILED
    assert market.stripe.count("payment_intent", status="canceled") == 1


async def test_a_member_pays_with_a_saved_card_that_is_theirs(
    market: Market, place: Place, customer: CloudClient, client: CloudClient
) -> None:
    user_id = await market.user_id()
    method = await market.give_card(user_id)
    order_id = await place(1, user_id=user_id)
    number = (await market.view(order_id)).number
    path = f"/api/v1/checkout/orders/{number}/payment-intent"
    (card,) = (await customer.get("/api/v1/me/cards")).json()

    opened = (await customer.post_json(path, {"card_id": card["id"]})).json()
    intent = market.stripe.account.objects[opened["payment_intent"]]
    strange = await customer.post_json(path, {"card_id": card["id"] + 1})
    outside = await client.post_json(path, {})

    assert (intent["payment_method"], intent["status"]) == (method, "requires_confirmation")
    assert strange.json()["code"] == "card_not_found"
    assert outside.status_code == 404


async def test_another_card_or_wish_opens_an_intent_of_its_own(
    market: Market, place: Place, customer: CloudClient
) -> None:
    user_id = await market.user_id()
    method = await market.give_card(user_id)
    number = (await market.view(await place(1, user_id=user_id))).number
    path = f"/api/v1/checkout/orders/{number}/payment-intent"
    (card,) = (await customer.get("/api/v1/me/cards")).json()

    async def intent(**form: Any) -> str:
        return str((await customer.post_json(path, form)).json()["payment_intent"])

    fresh, kept, saved = (
        await intent(),
        await intent(save_card=True),
        await intent(card_id=card["id"]),
    )
    await market.settle()

    objects = market.stripe.account.objects
    assert [objects[one]["status"] for one in (fresh, kept)] == ["canceled", "canceled"]
    assert objects[kept]["setup_future_usage"] == "off_session"
    assert objects[saved]["payment_method"] == method
    assert await intent(card_id=card["id"]) == saved


async def test_the_payment_of_another_order_completes_nothing(
    market: Market, paying: Paying, place: Place, client: CloudClient
) -> None:
    other_id = await place(1)
    other = Paying(market, client, other_id, (await market.view(other_id)).number)
    intent = (await other.open())["payment_intent"]
    market.stripe.confirm(intent)

    answer = await client.post_json(
        f"{paying.base}/complete{paying.key}", {"payment_intent": intent}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "payment_not_found")
    assert await paying.status() is S.AWAITING_PAYMENT


async def test_the_client_secret_is_kept_in_no_table(market: Market, paying: Paying) -> None:
    secret = (await paying.open())["client_secret"]

    stored = await market.rows("SELECT payments::text AS line FROM payments")
    assert stored
    assert not any(secret in row.line for row in stored)


async def test_a_checkout_for_an_intent_opens_no_page(market: Market, client: CloudClient) -> None:
    variant_id = await market.scalar("SELECT id FROM variants")
    await client.post_json("/api/v1/cart/items", {"variant_id": variant_id, "quantity": 2})

    placed = await client.post_json(
        "/api/v1/checkout",
        {
            "email": "guest@example.org",
            "shipping_address": ADDRESS.model_dump(),
            "seen_total_minor": 5780,
            "pay_by": "intent",
        },
    )

    assert (placed.status_code, placed.json()["url"]) == (201, None)
    assert market.stripe.count("checkout.session") == 0


async def test_an_order_of_which_nothing_is_due_is_paid_without_the_provider(
    market: Market, paying: Paying, mailbox: Mailbox
) -> None:
    await market.run(
        "UPDATE orders SET gift_card_minor = total_minor WHERE id = :id", id=paying.order_id
    )

    opened = await paying.open()
    await market.settle()

    assert (opened["amount_minor"], opened["client_secret"]) == (0, None)
    assert await paying.status() is S.PAID
    assert await market.on_hand() == 9
    assert market.stripe.count("payment_intent") == 0
    assert len(mailbox.mails) == 1


async def test_a_gift_card_that_pays_a_part_leaves_the_rest_to_ask_for(
    market: Market, paying: Paying
) -> None:
    await market.run("UPDATE orders SET gift_card_minor = 1000 WHERE id = :id", id=paying.order_id)
    total = (await market.view(paying.order_id)).total_minor

    opened = await paying.open()
    market.stripe.confirm(opened["payment_intent"])
    await market.settle()

    assert opened["amount_minor"] == total - 1000
    assert await paying.status() is S.PAID


@pytest.mark.parametrize("change", [{"amount": -1}, {"amount": 1}, {"currency": "usd"}])
async def test_another_amount_or_currency_than_due_goes_back_and_calls_staff(
    market: Market, paying: Paying, staff: CloudClient, mailbox: Mailbox, change: dict[str, Any]
) -> None:
    intent = market.stripe.account.objects[(await paying.open())["payment_intent"]]
    intent["amount"] += change.get("amount", 0)
    intent["currency"] = change.get("currency", intent["currency"])

    market.stripe.confirm(intent["id"])
    await market.settle()

    assert await paying.status() is S.AWAITING_PAYMENT
    assert market.stripe.count("refund", amount=intent["amount"]) == 1
    told = [mail.subject for mail in mailbox.mails if mail.recipient == "manager@example.org"]
    assert len([subject for subject in told if "another amount" in subject]) == 1


@pytest.mark.parametrize("named", ["", "pi_\x00", "p" * 121, 7])
async def test_a_payment_that_cannot_be_named_so_is_refused_as_unfit(
    market: Market, paying: Paying, named: object
) -> None:
    answer = await paying.client.post_json(
        f"{paying.base}/complete{paying.key}", {"payment_intent": named}
    )

    assert answer.status_code == 422
