"""The ways a payment can go wrong, through the doors of two servers, a worker and a provider."""

import asyncio
import json

import httpx2
import pytest

from cloud.foundation.clock import SystemClock
from tests.cloud.races.hands import (
    ON_HAND,
    STAFF,
    STATUS,
    control,
    order,
    run,
    second_tab,
    two_staff,
)
from tests.fakes.stripe.server import WEBHOOK_SECRET
from tests.fakes.stripe.webhooks import sign
from tests.fakes.two_servers import ADDRESS

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

BOTTLE = 7000  # delivered free
_PAID_STEPS = (
    "SELECT count(*) FROM order_history h JOIN orders o ON o.id = h.order_id"
    " WHERE o.number = :number AND h.status = 'PAID'"
)
_LAPSE = (
    "UPDATE stock_reservations SET expires_at = clock_timestamp() - interval '1 minute'"
    " WHERE variant_id = :id"
)


async def _paid_once(town, number, variant_id, left):
    await town.until(STATUS, "PAID", number=number)
    assert await town.scalar(_PAID_STEPS, number=number) == 1
    assert await town.scalar(ON_HAND, id=variant_id) == left


async def _knock(town, body, *, at, secret=WEBHOOK_SECRET, age_s=0):
    stamp = int(SystemClock().now().timestamp()) - age_s
    headers = {
        "content-type": "application/json",
        "stripe-signature": f"t={stamp},v1={sign(secret, stamp, body)}",
    }
    client = town.buyer(at=at).client
    return (await client.post("/webhooks/stripe", content=body, headers=headers)).status_code


def _event(number, kind="payment_intent.succeeded", **more):
    event = {
        "id": f"evt_{number}",
        "object": "event",
        "type": kind,
        "created": int(SystemClock().now().timestamp()),
    }
    return json.dumps({**event, "data": {"object": {"id": f"pi_{number}"}}, **more})


async def test_r05_of_a_lapsed_hold_and_a_new_one_paid_at_once_one_has_the_bottles(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    slow, slow_placed = await order(town, variant_id, 3)
    await run(town, _LAPSE, id=variant_id)
    quick, quick_placed = await order(town, variant_id, 3)

    await asyncio.gather(slow.pay(slow_placed["url"]), quick.pay(quick_placed["url"]))

    await town.until(STATUS, "FAILED", number=slow_placed["order_number"])
    await _paid_once(town, quick_placed["order_number"], variant_id, 2)


@pytest.mark.parametrize("is_gone", [False, True])
async def test_r06_a_payment_after_the_hold_takes_the_bottles_again_or_goes_back(town, is_gone):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    late, placed = await order(town, variant_id, 3)
    await run(town, _LAPSE, id=variant_id)
    if is_gone:
        await order(town, variant_id, 3)

    await late.pay(placed["url"])

    number = placed["order_number"]
    await town.until(STATUS, "FAILED" if is_gone else "PAID", number=number)
    assert await town.scalar(ON_HAND, id=variant_id) == (5 if is_gone else 2)
    if is_gone:
        sent = (
            "SELECT sum(r.amount_minor) FROM refunds r JOIN orders o ON o.id = r.order_id"
            " WHERE o.number = :number AND r.stage = 'succeeded'"
        )
        await town.until(sent, 3 * BOTTLE, number=number)


async def test_r07_a_payment_and_a_cancellation_at_once_keep_neither_money_nor_bottle(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer, placed = await order(town, variant_id)
    number = placed["order_number"]

    staff = (await two_staff(town))[1]
    await asyncio.gather(
        buyer.pay(placed["url"]),
        staff.post_json(f"{STAFF}/orders/{number}/cancel", {"reason": "not wanted"}),
    )

    # Whichever came first: the bottle is on the shelf again, and the money on its way back.
    await town.until(f"SELECT ({STATUS}) IN ('CANCELLED', 'REFUNDED')", True, number=number)
    await town.until(ON_HAND, 5, id=variant_id)
    back = (
        "SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r"
        " JOIN orders o ON o.id = r.order_id WHERE o.number = :number"
    )
    taken = (
        "SELECT coalesce(sum(p.amount_minor), 0) FROM payments p"
        " JOIN orders o ON o.id = p.order_id WHERE o.number = :number AND p.status = 'succeeded'"
    )
    await town.until(f"SELECT ({back}) = ({taken})", True, number=number)


async def test_r08_the_webhook_and_both_servers_at_once_pay_once(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer, placed = await order(town, variant_id)
    await control(town, "webhooks", duplicates=2)

    try:
        await buyer.pay(placed["url"])
        path = placed["order_url"].removeprefix(town.servers.urls[0])
        tabs = [second_tab(town, buyer, at=at) for at in (0, 1, 0, 1)]
        await asyncio.gather(*(tab.client.get(path) for tab in tabs), control(town, "settle"))
    finally:
        await control(town, "webhooks", duplicates=0)

    await _paid_once(town, placed["order_number"], variant_id, 4)


async def test_r09_every_event_told_again_to_the_shop_changes_nothing(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer, placed = await order(town, variant_id)
    await buyer.pay(placed["url"])
    await town.until(STATUS, "PAID", number=placed["order_number"])

    await control(town, "resend")
    await control(town, "settle")

    body = _event("same-at-both", "customer.created")
    answers = await asyncio.gather(*(_knock(town, body, at=at % 2) for at in range(6)))
    assert set(answers) == {200}
    stored = "SELECT count(*) FROM payment_events WHERE id = 'evt_same-at-both'"
    assert await town.scalar(stored) == 1
    await _paid_once(town, placed["order_number"], variant_id, 4)


async def test_r10_events_held_back_and_shuffled_end_like_those_told_in_order(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer, placed = await order(town, variant_id)
    await control(town, "webhooks", shuffle=20, duplicates=3)

    try:
        await buyer.pay(placed["url"])
        await control(town, "settle")
    finally:
        await control(town, "webhooks", shuffle=0, duplicates=0)

    await _paid_once(town, placed["order_number"], variant_id, 4)


async def test_r11_unknown_kinds_orders_and_accounts_are_taken_and_change_nothing(town):
    orders = "SELECT count(*) FROM orders"
    before = await town.scalar(orders)

    answers = await asyncio.gather(
        _knock(town, _event("r11-order"), at=0),
        _knock(town, _event("r11-kind", "moon.is_full"), at=1),
        _knock(town, _event("r11-account", account="acct_of_others"), at=0),
    )

    assert answers == [200, 200, 200]
    assert await town.scalar(orders) == before


async def test_r12_a_stale_stamp_a_bad_signature_and_a_megabyte_are_refused_by_both(town):
    body = _event("r12")

    for at in (0, 1):
        answers = [
            await _knock(town, body, at=at, age_s=301),
            await _knock(town, body, at=at, secret="whsec_of_others"),
            await _knock(town, _event("r12", padding="x" * 1_000_000), at=at),
        ]
        assert answers == [400, 400, 413]
    assert await town.scalar("SELECT count(*) FROM payment_events WHERE id = 'evt_r12'") == 0


async def test_r13_a_server_killed_amid_the_return_and_a_worker_that_was_away_pay_once(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer, placed = await order(town, variant_id)
    town.servers.kill("worker")
    hang = {"kind": "hang", "method": "GET", "path": "/v1/checkout/sessions", "hold_s": 60}
    await control(town, "faults", **hang)
    tab = second_tab(town, buyer, at=1)
    asked = asyncio.create_task(tab.pay(placed["url"]), name="return")
    await _until_met(town)

    town.servers.kill("second")
    await asyncio.gather(asked, return_exceptions=True)
    await asyncio.to_thread(town.servers.start, "second", "worker")

    await _paid_once(town, placed["order_number"], variant_id, 4)


async def _until_met(town):
    async with asyncio.timeout(30), httpx2.AsyncClient() as elsewhere:
        state = f"{town.servers.pay_url}/control/state"
        while any(fault["times"] for fault in (await elsewhere.get(state)).json()["faults"]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # noqa: TID251 - looks again until the deadline


@pytest.mark.parametrize("fault", ["conflict", "rate_limit", "error", "reset", "reset_after"])
async def test_r14_a_fault_of_the_provider_at_checkout_charges_once_when_tried_again(town, fault):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer = town.buyer(at=0)
    await buyer.put(variant_id)
    await control(town, "faults", kind=fault, path="/v1/checkout/sessions")

    first = await buyer.check_out(BOTTLE)
    again = await second_tab(town, buyer, at=1).check_out(BOTTLE)

    assert first.status_code in {201, 502, 503}, first.text
    assert again.status_code == 201, again.text
    await buyer.pay(again.json()["url"])
    await _paid_once(town, again.json()["order_number"], variant_id, 4)


async def test_r15_two_tabs_at_two_servers_pay_one_cart_once(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer = town.buyer(at=0)
    await buyer.put(variant_id)
    tabs = [buyer, second_tab(town, buyer, at=1)]

    placed = await asyncio.gather(*(tab.check_out(BOTTLE) for tab in tabs))
    pages = {answer.json()["url"] for answer in placed}
    await asyncio.gather(*(tab.pay(page) for page, tab in zip(pages, tabs, strict=False)))

    numbers = {answer.json()["order_number"] for answer in placed}
    assert (len(numbers), len(pages)) == (1, 1)
    await _paid_once(town, numbers.pop(), variant_id, 4)


async def test_r16_one_key_at_two_servers_orders_once_and_other_words_are_refused(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    buyer = town.buyer(at=0)
    await buyer.put(variant_id)
    tabs = [buyer.client, second_tab(town, buyer, at=1).client]
    token = (await buyer.client.get("/api/v1/csrf")).json()["csrf_token"]
    headers = {"x-csrf-token": token, "idempotency-key": f"once-{variant_id}"}
    form = {"email": "ada@example.org", "shipping_address": ADDRESS, "seen_total_minor": BOTTLE}

    def press(at, **changed):
        return tabs[at % 2].post("/api/v1/checkout", json={**form, **changed}, headers=headers)

    answers = await asyncio.gather(*(press(at) for at in range(6)))
    other = await press(1, email="eve@example.org")

    codes = [answer.status_code for answer in answers]
    assert 201 in codes
    assert set(codes) <= {201, 409}
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    made = "SELECT count(DISTINCT order_id) FROM order_items WHERE variant_id = :id"
    assert await town.scalar(made, id=variant_id) == 1
