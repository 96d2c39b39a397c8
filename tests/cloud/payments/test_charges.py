"""Charging a saved card: once, whatever breaks between the question and the answer."""

import asyncio
from datetime import timedelta

import pytest

from cloud.checkout import service as checkout
from cloud.orders import service as orders
from cloud.payments import service as payments
from cloud.payments.errors import GatewayUnavailable
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres


class Charged:
    """An order of a member and the attempt to charge their card for it."""

    def __init__(self, market: Market, order_id: int, payment_id: int) -> None:
        self.market = market
        self.order_id = order_id
        self.payment_id = payment_id

    async def run(self) -> None:
        """Run the charge's job once, as a worker would."""
        parts = self.market.parts
        await payments.charge_saved_card(
            parts.database, parts.gateway, self.payment_id, self.market.clock
        )

    async def status(self) -> str:
        return (await self.market.view(self.order_id)).status.value

    async def payment(self) -> tuple[str, str | None]:
        row = await self.market.rows(
            "SELECT status, refusal_code FROM payments WHERE id = :id", id=self.payment_id
        )
        return row[0].status, row[0].refusal_code


async def begun(market: Market, place: Place, token: str = "pm_card_visa") -> Charged:
    user_id = await market.user_id()
    await market.give_card(user_id, token)
    order_id = await place(1, user_id=user_id)
    async with market.database.unit_of_work() as session:
        order = await orders.lock(session, order_id)
        card = await payments.default_card(session, user_id, market.clock.now())
        assert card is not None
        payment_id = await checkout.charge_card(
            session,
            market.parts.gateway,
            order,
            card,
            key_stem=f"reorder:{order_id}",
            facts={"reorder": "1"},
        )
    return Charged(market, order_id, payment_id)


@pytest.fixture
async def charge(market: Market, place: Place, customer: CloudClient) -> Charged:
    return await begun(market, place)


async def test_the_charge_carries_its_key_and_facts(market: Market, charge: Charged) -> None:
    await charge.run()

    assert await charge.status() == "PAID"
    (key,) = [key for method, path, key in market.stripe.requests if path == "/v1/payment_intents"]
    assert key == f"reorder:{charge.order_id}:1"
    (intent,) = market.stripe.account.all("payment_intent")
    assert intent["metadata"]["reorder"] == "1"


async def test_ten_workers_charge_once(market: Market, charge: Charged) -> None:
    results = await asyncio.gather(*(charge.run() for _ in range(10)), return_exceptions=True)
    await market.settle()

    assert market.stripe.count("charge") == 1
    assert await charge.status() == "PAID"
    unforeseen = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(one, GatewayUnavailable) for one in unforeseen)


@pytest.mark.parametrize("fault", ["conflict", "rate_limit", "error", "reset", "reset_after"])
async def test_r14_after_a_fault_the_next_run_charges_once(
    market: Market, charge: Charged, fault: str
) -> None:
    market.stripe.order(fault, path="/v1/payment_intents")

    with pytest.raises(GatewayUnavailable):
        await charge.run()
    assert await charge.status() == "AWAITING_PAYMENT"
    await charge.run()

    assert await charge.status() == "PAID"
    assert market.stripe.count("charge") == 1


async def test_a_server_error_that_sticks_to_the_key_is_resolved_by_searching(
    market: Market, charge: Charged
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    market.stripe.order("error_after", path="/v1/payment_intents")
    with pytest.raises(GatewayUnavailable):
        await charge.run()

    await charge.run()

    assert await charge.status() == "PAID"
    assert market.stripe.count("payment_intent") == 1


async def test_a_worker_killed_while_it_waits_for_the_answer_leaves_one_charge(
    market: Market, charge: Charged
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    market.stripe.order("hang_after", path="/v1/payment_intents")
    worker = asyncio.ensure_future(charge.run())
    while not market.stripe.count("charge"):
        await asyncio.wait({worker}, timeout=0.01)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)

    await charge.run()

    assert await charge.status() == "PAID"
    assert market.stripe.count("charge") == 1


async def test_after_20_hours_the_answer_is_searched_for_and_not_asked_again(
    market: Market, charge: Charged
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    market.stripe.order("reset_after", path="/v1/payment_intents")
    with pytest.raises(GatewayUnavailable):
        await charge.run()
    await market.clock.advance(timedelta(hours=25))

    await charge.run()

    assert await charge.status() == "PAID"
    creations = [
        request
        for request in market.stripe.requests
        if request[:2] == ("POST", "/v1/payment_intents")
    ]
    assert len(creations) == 1


async def test_an_answer_never_given_is_given_up_after_20_hours_and_staff_are_called(
    market: Market, charge: Charged, staff: CloudClient, mailbox: Mailbox
) -> None:
    market.stripe.order("reset", path="/v1/payment_intents")
    with pytest.raises(GatewayUnavailable):
        await charge.run()
    await market.clock.advance(timedelta(hours=21))

    await charge.run()
    await market.do_jobs()

    assert await charge.payment() == ("cancelled", "no_answer")
    assert market.stripe.count("payment_intent") == 0
    told = [mail.subject for mail in mailbox.mails if mail.recipient == "manager@example.org"]
    assert told.count(f"Charge reorder:{charge.order_id}:1 was given up") == 1


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
async def test_a_refused_card_is_told_once_and_never_tried_again(
    market: Market,
    place: Place,
    customer: CloudClient,
    mailbox: Mailbox,
    token: str,
    code: str,
) -> None:
    charge = await begun(market, place, token)

    for _ in range(3):
        await charge.run()
    await market.settle()
    await market.clock.advance(timedelta(hours=2))
    await market.settle()

    assert await charge.payment() == ("refused", code)
    assert market.stripe.count("charge") == 1
    subjects = [mail.subject for mail in mailbox.mails]
    assert len([text for text in subjects if "could not charge your card" in text]) == 1


async def test_a_charge_whose_job_was_lost_is_found_again(market: Market, charge: Charged) -> None:
    await market.run("DELETE FROM procrastinate_jobs WHERE task_name = 'payments.charge'")
    await market.run("UPDATE payments SET created_at = '2026-03-01' WHERE true")

    await market.do_jobs()
    # Due once more, and nothing else is: in an hour an order that nobody paid lapses too.
    due = "DELETE FROM periodic_successes WHERE name = 'payments.start_catching_up'"
    await market.run(due)
    await market.do_jobs()

    assert await charge.status() == "PAID"


async def test_an_order_cancelled_before_its_charge_was_sent_is_not_charged(
    market: Market, charge: Charged
) -> None:
    async with market.database.unit_of_work() as session:
        await payments.void_pending(session, charge.order_id, market.clock.now())

    await charge.run()

    assert market.stripe.count("payment_intent") == 0
