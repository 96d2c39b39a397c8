"""R-13: a process killed with SIGKILL at every step between a question to Stripe and its commit.

Whatever was asked and not heard, or heard and not written, the next process goes on: one charge,
one order, one mail.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from cloud.checkout import service as checkout
from cloud.foundation.clock import SystemClock
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.fakes.cloud_client import CloudClient
from tests.fakes.cloud_process import CloudProcess
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.victims import Moment, ShopWorker, environment
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(900)]

INTENTS = "/v1/payment_intents"
PAID = [OrderStatus.PENDING, OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID]


@pytest.fixture
def clock() -> SystemClock:
    """The processes live by the machine's clock, and so does everything around them."""
    return SystemClock()


@pytest.fixture
async def worker(market: Market, mailbox: Mailbox) -> AsyncIterator[ShopWorker]:
    worker = ShopWorker(environment(market, mailbox.smtp_port))
    yield worker
    await worker.kill()


async def killed_at(worker: ShopWorker, moment: Moment) -> None:
    """Run a worker until it is there, and kill it."""
    await worker.start()
    try:
        await moment.arrive()
    finally:
        await worker.kill()
        await moment.leave()


async def finish(market: Market, worker: ShopWorker) -> None:
    """Run a worker until no job is left, then let late requests arrive and all else follow."""
    await worker.start()
    left = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    async with asyncio.timeout(60):
        while await market.rows(left):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.02)  # noqa: TID251 - looks until the deadline
    await worker.kill()
    market.stripe.let_go()
    await eventually(lambda: market.stripe.holding == 0)
    await market.settle()


async def charged(market: Market, place: Place) -> int:
    """Store an order of a member and the charge of their card, for a worker to send."""
    user_id = await market.user_id()
    await market.give_card(user_id)
    order_id = await place(1, user_id=user_id)
    async with market.database.unit_of_work() as session:
        order = await orders.lock(session, order_id)
        card = await payments.default_card(session, user_id, market.clock.now())
        assert card is not None
        await checkout.charge_card(
            session, market.parts.gateway, order, card, key_stem=f"reorder:{order_id}", facts={}
        )
    return order_id


async def one_of_everything(market: Market, order_id: int, mailbox: Mailbox) -> None:
    order = await market.view(order_id)
    told = [mail.subject for mail in mailbox.mails]
    assert [step.status for step in order.history] == PAID
    assert market.stripe.count("charge") == 1
    assert market.stripe.count("payment_intent") == 1
    assert market.stripe.count("refund") == 0
    assert await market.on_hand() == 9
    assert told.count(f"Your order {order.number} is confirmed") == 1


async def test_r13_a_worker_killed_at_every_step_of_a_charge_charges_once(
    market: Market,
    place: Place,
    customer: CloudClient,
    mailbox: Mailbox,
    worker: ShopWorker,
    is_long_run: bool,
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    order_id = await charged(market, place)
    row = f"SELECT id FROM orders WHERE id = {order_id}"
    job = "SELECT id FROM procrastinate_jobs WHERE task_name = 'payments.charge'"

    if is_long_run:
        await killed_at(worker, Moment(market, "hang", path=INTENTS))
    await killed_at(worker, Moment(market, "hang_after", path=INTENTS))
    await killed_at(worker, Moment(market, "hang_after", method="GET", path=INTENTS, row=row))
    before_the_last = (await market.view(order_id)).status
    # A worker that was slow to say that it lives takes its own job back, and wants the row as well.
    done = Moment(market, "hang_after", method="GET", path=INTENTS, row=job, asks="finish_job")
    await killed_at(worker, done)
    after_the_last = (await market.view(order_id)).status
    await finish(market, worker)

    assert (before_the_last, after_the_last) == (PAID[1], PAID[2])
    await one_of_everything(market, order_id, mailbox)


async def test_r13_a_server_killed_at_every_step_of_an_intent_charges_once(
    market: Market, place: Place, mailbox: Mailbox, tmp_path: Path, is_long_run: bool
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    order_id = await place(1)
    number = (await market.view(order_id)).number
    server = CloudProcess(
        market.parts.settings.database_url.get_secret_value(),
        tmp_path,
        **environment(market, mailbox.smtp_port),
    )
    base = f"{server.url}/api/v1/checkout/orders/{number}"
    key = {"key": market.parts.links.key_of(number)}

    async def ask(path: str) -> httpx2.Response:
        async with httpx2.AsyncClient(timeout=60) as client:
            return await client.post(f"{base}/{path}", params=key, json={})

    async def killed(path: str, moment: Moment) -> None:
        asking = asyncio.ensure_future(ask(path))
        await moment.arrive()
        server.kill()
        await moment.leave()
        with pytest.raises(httpx2.TransportError):
            await asking
        await server.start()

    payment = f"SELECT id FROM payments WHERE order_id = {order_id}"
    order = f"SELECT id FROM orders WHERE id = {order_id}"
    await server.start()
    if is_long_run:
        await killed("payment-intent", Moment(market, "hang", path=INTENTS))
    await killed("payment-intent", Moment(market, "hang_after", path=INTENTS))
    await killed("payment-intent", Moment(market, "hang_after", path=INTENTS, row=payment))
    market.stripe.confirm((await ask("payment-intent")).json()["payment_intent"])
    await killed("complete", Moment(market, "hang_after", method="GET", path=INTENTS, row=order))
    completed = (await ask("complete")).json()
    await server.stop()
    market.stripe.let_go()
    await eventually(lambda: market.stripe.holding == 0)
    await market.settle()

    assert completed["is_paid"]
    await one_of_everything(market, order_id, mailbox)


@pytest.mark.long
async def test_r13_a_worker_killed_while_it_works_on_a_webhook_pays_once(
    market: Market, place: Place, mailbox: Mailbox, worker: ShopWorker
) -> None:
    order_id = await place(1)
    intent = await checkout.pay_by_intent(
        market.database, market.parts.gateway, market.clock, order_id
    )
    assert intent is not None
    market.stripe.confirm(intent.intent_id)
    await eventually(lambda: market.stripe.webhooks.is_quiet)
    row = f"SELECT id FROM orders WHERE id = {order_id}"

    await killed_at(worker, Moment(market, "hang", method="GET", path=INTENTS))
    await killed_at(worker, Moment(market, "hang_after", method="GET", path="/v1/", row=row))
    await finish(market, worker)

    await one_of_everything(market, order_id, mailbox)


@pytest.mark.long
async def test_r13_a_worker_killed_at_every_step_of_a_refund_refunds_once(
    market: Market, place: Place, customer: CloudClient, mailbox: Mailbox, worker: ShopWorker
) -> None:
    order_id = await charged(market, place)
    await market.settle()
    market.stripe.webhooks.set(drop=1.0)
    async with market.database.unit_of_work() as session:
        await refunds.refund_order(
            session,
            market.parts.gateway,
            order_id,
            RefundRequest(amount_minor=500, reason="kind"),
            actor=SYSTEM,
            now=market.clock.now(),
        )
    row = f"SELECT id FROM orders WHERE id = {order_id}"

    await killed_at(worker, Moment(market, "hang", path="/v1/refunds"))
    await killed_at(worker, Moment(market, "hang_after", path="/v1/refunds"))
    await killed_at(worker, Moment(market, "hang_after", method="GET", path="/v1/refunds", row=row))
    await finish(market, worker)

    assert market.stripe.count("refund") == 1
    assert (await market.view(order_id)).refunded_minor == 500
    assert await market.scalar("SELECT stage FROM refunds") == "succeeded"
    told = [mail.subject for mail in mailbox.mails]
    assert len([subject for subject in told if "is on its way back" in subject]) == 1
