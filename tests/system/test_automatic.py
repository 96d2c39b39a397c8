"""Automatic refills: one order and one charge, whatever is lost and whoever is killed."""

import random

import pytest

from tests.fakes.proxy import CuttingProxy
from tests.fakes.town import HOME, SHOP, all_day, ids_by_name, until

pytestmark = [
    pytest.mark.needs_broker,
    pytest.mark.needs_postgres,
    pytest.mark.timeout(240),
]

LOST_ANSWERS = 0.15
KILLS_BEFORE_LOW, KILLS_AFTER_LOW = 4, 6
SEED = 20_261_123


async def test_one_order_though_answers_are_lost_and_the_hub_is_killed_ten_times(
    found_town, own_broker, stocked_database_url
):
    chance = random.Random(SEED)
    async with CuttingProxy(0, lambda: chance.random() < LOST_ANSWERS) as proxy:
        town = found_town(
            broker_port=own_broker.port,
            database_url=stocked_database_url,
            hub={"sync.cloud_url": proxy.url, "sync.retry_first_s": 0.2},
            cloud={"SCENT_REORDER_CANCEL_WINDOW_S": "1"},
        )
        proxy.target_port = town.place.ports["shop"]
        town.start(*SHOP, *HOME)
        town.payments().post("/control/webhooks", {"duplicates": 1})
        hub, customer = town.hub(), town.customer()
        bathroom = (await until(lambda: len(found := ids_by_name(hub)) == 4 and found))["Bathroom"]
        # What runs low before its consent is asked about, and a busy machine takes long to pair.
        hub.post(f"/api/v1/diffusers/{bathroom}/state", {"power": False})
        await pair(hub, customer)
        await agree_to_automatic_refills(customer)

        hub.post("/api/v1/schedules", all_day(bathroom, percent=100))
        hub.post(f"/api/v1/diffusers/{bathroom}/state", {"power": True, "intensity_percent": 100})
        for _ in range(KILLS_BEFORE_LOW):
            await something_was_sent(proxy)
            kill_and_bring_back(town)
        await until(lambda: hub.get(f"/api/v1/cartridges/{bathroom}/1")["is_low"], within_s=90)
        for _ in range(KILLS_AFTER_LOW):
            kill_and_bring_back(town)
            await something_was_sent(proxy)

        await until(lambda: orders(customer) == ["PAID"], within_s=60)
        await until(lambda: hub.get("/api/v1/sync")["queued"] == 0, within_s=60)
        assert proxy.cuts > 0
    assert orders(customer) == ["PAID"]
    assert charges(town) == ["succeeded"]


async def pair(hub, customer):
    """Pair over a line that loses answers: every step is tried until it is done."""

    def offered():
        return (hub.post("/api/v1/sync/pairing")["offer"] or {}).get("user_code")

    code = await until(offered)
    customer.pair(code)
    await until(lambda: hub.get("/api/v1/sync")["paired"], within_s=60)


async def agree_to_automatic_refills(customer):
    customer.save_card("robin@demo.example")
    await until(lambda: customer.get("/api/v1/me/cards"))
    slots = await until(lambda: by_diffuser(customer).get("Bathroom"), within_s=60)
    path = f"/api/v1/me/slots/{slots['slot_id']}/consent"
    wish = {"mode": "automatic", "seen_total_minor": 1, "max_total_minor": 1}
    total = customer.post(f"{path}/preview", wish)["quote"]["total"]["minor"]
    customer.put(path, {**wish, "seen_total_minor": total, "max_total_minor": total + 500})


def by_diffuser(customer):
    return {slot["diffuser_name"]: slot for slot in customer.get("/api/v1/me/slots")}


async def something_was_sent(proxy):
    before = proxy.answers
    await until(lambda: proxy.answers > before, within_s=30)


def kill_and_bring_back(town):
    town.kill("home")
    town.start("home")


def orders(customer):
    return [order["status"] for order in customer.get("/api/v1/me/orders")["orders"]]


def charges(town):
    intents = town.payments().get("/v1/payment_intents?limit=100")["data"]
    return [intent["status"] for intent in intents]
