"""One subscription and many hands: two servers, a worker, and more that do a worker's work."""

import asyncio
import itertools

import pytest

from cloud.foundation.clock import SystemClock
from cloud.payments.stripe_gateway import StripeGateway, StripeSettings
from cloud.subscriptions import service
from cloud.subscriptions.service import Desk
from tests.cloud.races.hands import order, run, second_tab, sign_up
from tests.fakes.stripe.server import API_KEY, WEBHOOK_SECRET

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(600)]

PLACE = "/api/v1/me/subscriptions"
BOTTLE = 7000  # delivered free
HANDS = 8
_people = itertools.count(1)
# A weekly one that was to be charged three days ago, when nobody was there to do it.
LONG_DUE = """
    UPDATE subscriptions SET anchor_on = CURRENT_DATE - 3, next_billing_on = CURRENT_DATE - 3,
        next_billing_at = now() - interval '3 days' WHERE id = :id
"""
CYCLES = "SELECT count(*) FROM subscription_cycles WHERE subscription_id = :id"
PAID = f"{CYCLES} AND status = 'PAID'"
CHARGES = """
    SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id
    JOIN subscription_cycles c ON c.id = o.subscription_cycle_id WHERE c.subscription_id = :id
"""


@pytest.fixture
def desk(town):
    """What a worker bills with."""
    gateway = StripeGateway(
        StripeSettings(
            secret_key=API_KEY, webhook_secrets=[WEBHOOK_SECRET], api_base=town.servers.pay_url
        )
    )
    return Desk(gateway)


async def _subscriber(town, variant_id):
    """Return a member at the first server, who has an address and a saved card."""
    buyer = await sign_up(town, f"subscriber-{next(_people)}@example.org", at=0)
    await buyer.put(variant_id)
    placed = await buyer.check_out(BOTTLE, save_card=True, email=None)
    assert placed.status_code == 201, placed.text
    await buyer.pay(placed.json()["url"])
    user_id = (await buyer.client.get("/api/v1/me")).json()["id"]
    await town.until("SELECT count(*) FROM saved_cards WHERE user_id = :id", 1, id=user_id)
    await run(
        town,
        "INSERT INTO addresses (user_id, kind, is_default, recipient, line1, line2, city, region,"
        " postcode, country, phone) VALUES (:id, 'SHIPPING', true, 'Ada', 'Lindenweg 7', '',"
        " 'Berlin', '', '10115', 'DE', '')",
        id=user_id,
    )
    return buyer


async def _subscribe(buyer, variant_id):
    """Subscribe weekly, the first charge in five days; return the id."""
    today = SystemClock().now().date()
    asked = {
        "variant_id": variant_id,
        "frequency": "WEEKLY",
        "seen_total_minor": BOTTLE,
        "first_on": today.replace(day=1).replace(year=today.year + 1).isoformat(),
        "time_zone": "UTC",
    }
    made = await buyer.client.post_json(PLACE, asked)
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def _attend(town, desk, subscription_id):
    """Do what a worker's job does."""
    async with town.database.unit_of_work() as session:
        await service.attend(session, desk, subscription_id, SystemClock().now())


async def test_r34_three_days_down_and_many_workers_bill_a_parcel_once(town, desk):
    variant_id = await town.stock(20, price_minor=BOTTLE)
    buyer = await _subscriber(town, variant_id)
    made = await _subscribe(buyer, variant_id)
    await run(town, LONG_DUE, id=made)

    await asyncio.gather(*(_attend(town, desk, made) for _ in range(HANDS)))
    await town.until(PAID, 1, id=made)
    await asyncio.gather(*(_attend(town, desk, made) for _ in range(HANDS)))

    assert await town.scalar(CYCLES, id=made) == 1
    assert await town.scalar(CHARGES, id=made) == 1
    ahead = "SELECT next_billing_on - CURRENT_DATE FROM subscriptions WHERE id = :id"
    assert await town.scalar(ahead, id=made) == 4
    on_hand = "SELECT on_hand FROM stock_levels WHERE variant_id = :id"
    assert await town.scalar(on_hand, id=variant_id) == 18


async def test_r34_two_clicks_of_one_form_at_two_servers_make_one_subscription(town):
    variant_id = await town.stock(20, price_minor=BOTTLE)
    buyer = await _subscriber(town, variant_id)
    tabs = (buyer, second_tab(town, buyer, at=1))
    form = {
        "variant_id": str(variant_id),
        "quantity": "1",
        "frequency": "MONTHLY",
        "seen_total_minor": str(BOTTLE),
        "key": "one-click-of-one-form",
    }

    pressed = [tab.client.post_form("/account/subscriptions", form) for tab in tabs * 3]
    answers = await asyncio.gather(*pressed)

    assert [answer.status_code for answer in answers] == [303] * 6
    assert len({answer.headers["location"] for answer in answers}) == 1
    made = "SELECT count(*) FROM subscriptions WHERE variant_id = :id"
    assert await town.scalar(made, id=variant_id) == 1


async def test_r35_a_pause_at_the_moment_of_billing_comes_before_it_or_after_it(town, desk):
    variant_id = await town.stock(20, price_minor=BOTTLE)
    buyer = await _subscriber(town, variant_id)
    tabs = (buyer, second_tab(town, buyer, at=1))
    made = [await _subscribe(buyer, variant_id) for _ in range(6)]

    async def race(at, subscription_id):
        tab = tabs[at % 2]
        await run(town, LONG_DUE, id=subscription_id)
        pausing = tab.client.post_json(f"{PLACE}/{subscription_id}/pause", {})
        attending = [_attend(town, desk, subscription_id) for _ in range(2)]
        # Either may be first in line.
        doing = [pausing, *attending] if at % 3 else [*attending, pausing]
        return next(one for one in await asyncio.gather(*doing) if one is not None)

    answers = await asyncio.gather(*(race(at, one) for at, one in enumerate(made)))
    await asyncio.gather(*(_attend(town, desk, one) for one in made))

    assert [answer.status_code for answer in answers] == [200] * 6
    for subscription_id, answer in zip(made, answers, strict=True):
        # What the answer said is what came: a parcel that was billed before it, or none.
        billed = len(answer.json()["cycles"])
        await town.until(PAID, billed, id=subscription_id)
        assert await town.scalar(CYCLES, id=subscription_id) == billed
        assert await town.scalar(CHARGES, id=subscription_id) == billed
        status = "SELECT status FROM subscriptions WHERE id = :id"
        assert await town.scalar(status, id=subscription_id) == "PAUSED"


async def test_r35_a_parcel_and_carts_want_the_last_bottles_and_nothing_is_oversold(town, desk):
    variant_id = await town.stock(4, price_minor=BOTTLE)
    buyer = await _subscriber(town, variant_id)
    made = [await _subscribe(buyer, variant_id) for _ in range(4)]
    for subscription_id in made:
        await run(town, LONG_DUE, id=subscription_id)

    placing = [order(town, variant_id) for _ in range(2)]
    await asyncio.gather(
        *placing, *(_attend(town, desk, one) for one in made), return_exceptions=True
    )

    held = (
        "SELECT coalesce(sum(quantity), 0) FROM stock_reservations"
        " WHERE variant_id = :id AND expires_at > now()"
    )
    on_hand = "SELECT on_hand FROM stock_levels WHERE variant_id = :id"
    assert await town.scalar(held, id=variant_id) <= await town.scalar(on_hand, id=variant_id)
    without = (
        "SELECT count(*) FROM subscription_cycles c WHERE NOT EXISTS"
        " (SELECT 1 FROM orders o WHERE o.subscription_cycle_id = c.id)"
    )
    assert await town.scalar(without) == 0
