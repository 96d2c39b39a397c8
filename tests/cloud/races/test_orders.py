"""Staff, buyers and the bank at one order, through the doors of two servers."""

import asyncio

import httpx2
import pytest

from tests.cloud.races.hands import (
    ON_HAND,
    REFUNDED,
    STAFF,
    STATUS,
    control,
    order,
    paid_order,
    run,
    second_tab,
    two_staff,
)
from tests.fakes.stripe.server import API_KEY

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

BOTTLE = 7000  # delivered free
QUEUE = f"{STAFF}/orders"


async def test_r17_a_price_that_changes_between_cart_and_payment_is_told_at_both_servers(town):
    variant_id = await town.stock(10, price_minor=BOTTLE)
    buyer = town.buyer(at=0)
    await buyer.put(variant_id)
    await run(town, "UPDATE variants SET price_minor = 7100 WHERE id = :id", id=variant_id)

    tabs = (buyer, second_tab(town, buyer, at=1))
    refused = await asyncio.gather(*(tab.check_out(BOTTLE) for tab in tabs))

    assert [answer.json()["code"] for answer in refused] == ["total_changed"] * 2
    assert (await tabs[1].check_out(7100)).status_code == 201


async def test_r18_what_is_unpublished_while_in_a_cart_is_refused_at_both_servers(town):
    variant_id = await town.stock(10, price_minor=BOTTLE)
    buyer = town.buyer(at=0)
    await buyer.put(variant_id)
    await run(
        town,
        "UPDATE products SET published_at = NULL"
        " WHERE id = (SELECT product_id FROM variants WHERE id = :id)",
        id=variant_id,
    )

    tabs = (buyer, second_tab(town, buyer, at=1))
    refused = await asyncio.gather(*(tab.check_out(BOTTLE) for tab in tabs))

    assert {answer.status_code for answer in refused} <= {404, 409, 422}
    held = "SELECT count(*) FROM stock_reservations WHERE variant_id = :id"
    assert await town.scalar(held, id=variant_id) == 0


async def test_r23_partial_refunds_from_two_staff_at_once_stay_within_what_was_paid(town):
    number = await paid_order(town, await town.stock(5, price_minor=BOTTLE))
    staff = await two_staff(town)

    answers = await asyncio.gather(
        *(
            staff[at % 2].post_json(f"{QUEUE}/{number}/refunds", {"amount_minor": 3000})
            for at in range(6)
        )
    )

    codes = [answer.status_code for answer in answers]
    assert codes.count(201) == 2, [answer.text for answer in answers]
    await town.until(REFUNDED, 6000, number=number)


async def test_r24_all_that_is_left_goes_back_once_and_not_a_cent_more(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    number = await paid_order(town, variant_id)
    staff = await two_staff(town)
    one_cent_more = {"amount_minor": BOTTLE + 1}

    above = await staff[0].post_json(f"{QUEUE}/{number}/refunds", one_cent_more)
    whole = await asyncio.gather(
        *(clerk.post_json(f"{QUEUE}/{number}/refunds", {}) for clerk in staff)
    )

    assert above.json()["code"] == "refund_too_large"
    assert [answer.status_code for answer in whole].count(201) == 1
    await town.until(REFUNDED, BOTTLE, number=number)
    await town.until(STATUS, "REFUNDED", number=number)


async def test_r25_fulfil_and_cancel_at_once_do_one_of_them(town):
    variant_id = await town.stock(10, price_minor=BOTTLE)
    staff = await two_staff(town)

    for _ in range(3):
        number = await paid_order(town, variant_id)
        sent, cancelled = await asyncio.gather(
            staff[0].post_json(f"{QUEUE}/{number}/shipments", {"carrier": "DHL"}),
            staff[1].post_json(f"{QUEUE}/{number}/cancel", {"reason": "not wanted"}),
        )

        done = (sent.status_code < 300, cancelled.status_code < 300)
        assert done in ((True, False), (False, True)), (sent.text, cancelled.text)
        view = (await staff[0].get(f"{QUEUE}/{number}")).json()
        assert (view["shipments"] == []) is done[1]
        assert (view["status"] in {"CANCELLED", "REFUND_PENDING", "REFUNDED"}) is done[1]


async def test_r42_a_parcel_that_becomes_dearer_is_told_and_a_placed_order_keeps_its_terms(town):
    variant_id = await town.stock(10, price_minor=BOTTLE)
    placed_buyer, placed = await order(town, variant_id)
    late = town.buyer(at=1)
    await late.put(variant_id)
    boss, _ = await two_staff(town)
    site = (await boss.get(f"{STAFF}/site")).json()
    dearer = [
        {**method, "free_from_minor": None, "steps": [{"up_to_g": 30_000, "price_minor": 90}]}
        for method in site["shipping_methods"]
    ]

    try:
        await _save_site(boss, shipping_methods=dearer)
        refused = await late.check_out(BOTTLE)
        await placed_buyer.pay(placed["url"])
    finally:
        await _save_site(boss, shipping_methods=site["shipping_methods"])

    assert refused.json()["code"] == "total_changed"
    await town.until(STATUS, "PAID", number=placed["order_number"])
    total = "SELECT total_minor FROM orders WHERE number = :number"
    assert await town.scalar(total, number=placed["order_number"]) == BOTTLE
    assert await town.scalar(ON_HAND, id=variant_id) == 9


async def _save_site(boss, **changed):
    site = (await boss.get(f"{STAFF}/site")).json()
    fixed = ("currency", "prices_include_tax")
    fields = {name: value for name, value in site.items() if name not in fixed}
    answer = await boss.put_json(f"{STAFF}/site", {**fields, **changed})
    assert answer.status_code == 200, answer.text


async def test_r23_a_refund_and_a_dispute_at_once_never_give_back_more_than_was_paid(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    number = await paid_order(town, variant_id)
    staff, _ = await two_staff(town)
    charge = await _charge_of(town, number)

    answer, _ = await asyncio.gather(
        staff.post_json(f"{QUEUE}/{number}/refunds", {"amount_minor": 3000}),
        control(town, "disputes", charge=charge),
    )

    assert answer.status_code in {201, 409}, answer.text
    refunded = await town.scalar(REFUNDED, number=number)
    assert refunded in {0, 3000}


async def _charge_of(town, number):
    intent = await town.scalar(
        "SELECT provider_intent_id FROM payments JOIN orders o ON o.id = order_id"
        " WHERE o.number = :number AND is_accepted",
        number=number,
    )
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {API_KEY}"}) as bank:
        answer = await bank.get(f"{town.servers.pay_url}/v1/payment_intents/{intent}")
    return answer.json()["latest_charge"]
