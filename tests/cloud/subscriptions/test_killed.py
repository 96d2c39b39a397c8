"""A worker killed with SIGKILL while it bills a parcel: the next one goes on, and charges once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from cloud.foundation.clock import SystemClock
from tests.fakes.club import Club
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market
from tests.fakes.victims import Moment, ShopWorker, environment
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(900)]

INTENTS = "/v1/payment_intents"
LONG_DUE = """
    UPDATE subscriptions SET anchor_on = anchor_on - 33, next_billing_on = CURRENT_DATE - 3,
        next_billing_at = now() - interval '3 days'
"""


@pytest.fixture
def clock() -> SystemClock:
    """The processes live by the machine's clock, and so does everything around them."""
    return SystemClock()


@pytest.fixture
async def worker(market: Market, mailbox: Mailbox) -> AsyncIterator[ShopWorker]:
    worker = ShopWorker(environment(market, mailbox.smtp_port))
    yield worker
    await worker.kill()


async def killed_waiting_for(market: Market, worker: ShopWorker, row: str) -> None:
    """Run a worker until it waits for a row that is locked here, and kill it there."""
    async with market.database.unit_of_work() as session:
        assert (await session.execute(text(f"{row} FOR UPDATE"))).all()
        holder = await session.scalar(text("SELECT pg_backend_pid()"))
        await worker.start()
        waiters = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND :holder = ANY (pg_blocking_pids(pid))"
        )
        async with asyncio.timeout(60):
            while not await market.scalar(waiters, holder=holder):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)  # noqa: TID251 - looks until the deadline
        await worker.kill()


async def test_r34_a_worker_killed_while_it_bills_leaves_one_order_and_one_charge(
    club: Club, market: Market, worker: ShopWorker, is_long_run: bool
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    later = (market.clock.now().date().replace(day=1)).replace(year=market.clock.now().year + 1)
    await club.subscribe(first_on=later.isoformat())
    await market.run(LONG_DUE)

    # As it takes the subscription, as it sets the bottles aside, as it charges, as it hears.
    if is_long_run:
        await killed_waiting_for(market, worker, "SELECT id FROM subscriptions")
    await killed_waiting_for(market, worker, "SELECT variant_id FROM stock_levels")
    assert await market.scalar("SELECT count(*) FROM subscription_cycles") == 0
    if is_long_run:
        moment = Moment(market, "hang_after", path=INTENTS)
        await worker.start()
        await moment.arrive()
        await worker.kill()
        await moment.leave()
    await worker.start()
    async with asyncio.timeout(60):
        while await market.scalar("SELECT status FROM subscription_cycles") != "PAID":  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)  # noqa: TID251 - looks until the deadline
    await worker.kill()
    market.stripe.let_go()
    await eventually(lambda: market.stripe.holding == 0)

    assert market.stripe.count("charge") == 1
    assert await market.scalar("SELECT count(*) FROM orders") == 1
    assert await market.scalar("SELECT count(*) FROM subscription_cycles") == 1
    assert await market.on_hand() == 99
