"""A bad day of the shop: its database goes away under load, again and again."""

import asyncio
import contextlib
import sqlite3
from collections import Counter

import aiohttp
import pytest

from tests.fakes.town import HOME, SHOP, all_day, ids_by_name, until
from tools.demo.stock import CATALOGUE

pytestmark = [
    pytest.mark.needs_broker,
    pytest.mark.needs_postgres,
    pytest.mark.timeout(240),
]

CRASHES = 3
VISITORS = 4
ANSWERS_BETWEEN_CRASHES = 200
PRODUCTS = "/api/v1/products"
# Events that the hub itself dropped stand in the log as one with a longer reach.
LOG = "SELECT sum(last - seq + 1), max(last) FROM hub_events"


async def test_database_crashes_under_load_and_nothing_is_lost_or_told_wrong(
    found_town, own_broker, own_postgres_server
):
    database = own_postgres_server
    database.create_database("shop")
    town = found_town(broker_port=own_broker.port, database_url=database.sqlalchemy_url("shop"))
    town.set_up_shop(CATALOGUE)
    town.start(*SHOP, *HOME)
    hub, customer = town.hub(), town.customer()
    bathroom = (await until(lambda: len(found := ids_by_name(hub)) == 4 and found))["Bathroom"]
    customer.pair(hub.post("/api/v1/sync/pairing")["offer"]["user_code"])
    await until(lambda: hub.get("/api/v1/sync")["connected"])
    hub.post("/api/v1/schedules", all_day(bathroom, percent=100))

    async with crowd(town.place.url("shop")) as answers:
        for _ in range(CRASHES):
            await more_answers(answers, 200, ANSWERS_BETWEEN_CRASHES)
            await asyncio.to_thread(database.crash)
            await more_answers(answers, 503, VISITORS)
            database.start()
        await more_answers(answers, 200, ANSWERS_BETWEEN_CRASHES)

    assert set(answers) == {200, 503}
    # The worker is back too: it takes a webhook of the payment provider to the end.
    customer.save_card("robin@demo.example")
    await until(lambda: customer.get("/api/v1/me/cards"))
    await until(lambda: hub.get("/api/v1/sync")["queued"] == 0, within_s=30)
    town.end("home")
    assert database.execute(LOG, "shop") == f"{last_number(town)}|{last_number(town)}"


@contextlib.asynccontextmanager
async def crowd(shop):
    """Visitors who look at products without a pause; gives how often each status was answered."""
    answers = Counter()
    async with aiohttp.ClientSession(shop) as session, asyncio.TaskGroup() as group:
        visitors = [group.create_task(visit(session, answers)) for _ in range(VISITORS)]
        yield answers
        for visitor in visitors:
            visitor.cancel()


async def visit(session, answers):
    while True:
        async with session.get(PRODUCTS) as answer:
            body = await answer.json()
            if answer.status == 503:
                assert {"code", "message", "hint"} <= set(body)
                assert int(answer.headers["Retry-After"]) > 0
            answers[answer.status] += 1


async def more_answers(answers, status, count):
    wanted = answers[status] + count
    await until(lambda: answers[status] >= wanted, within_s=30)


def last_number(town):
    with contextlib.closing(sqlite3.connect(town.place.folder / "hub.db")) as file:
        return file.execute("SELECT acked FROM sync").fetchone()[0]
