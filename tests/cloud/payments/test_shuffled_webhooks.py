"""However the provider's events come, the end is the same: a property over their order."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.checkout import service as checkout
from cloud.payments.service import store_event
from cloud.payments.states import EventNotice
from cloud.payments.stripe_states import event_notice
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres


async def lived(market: Market, place: Place) -> tuple[int, list[EventNotice]]:
    """Let an order be paid and half refunded at the provider; return its events, unheard."""
    parts = market.parts
    first = len(market.stripe.account.all("event"))
    order_id = await place(1)
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    intent = market.stripe.pay(url.rsplit("/", 1)[-1])
    state = await parts.gateway.refund(
        {"payment_intent": intent["id"], "amount": 1000}, f"dashboard:{order_id}"
    )
    assert state.amount_minor == 1000
    events = market.stripe.account.all("event")[::-1][first:]
    return order_id, [event_notice(json.loads(json.dumps(event))) for event in events]


@settings(max_examples=8)
@given(data=st.data())
async def test_shuffled_and_repeated_events_end_like_ordered_ones(
    market: Market, place: Place, data: st.DataObject
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    order_id, events = await lived(market, place)
    shuffled = data.draw(st.permutations(events + events[:3]))
    cut = data.draw(st.integers(0, len(shuffled)))

    for part in (shuffled[:cut], shuffled[cut:]):
        for notice in part:
            async with market.database.unit_of_work() as session:
                await store_event(session, notice, market.clock.now())
        await market.do_jobs()

    order = await market.view(order_id)
    assert order.status == "PAID"
    assert order.refunded_minor == 1000
    assert [step.status for step in order.history] == ["PENDING", "AWAITING_PAYMENT", "PAID"]
    sold = "SELECT sum(delta) FROM stock_movements WHERE order_id = :id"
    assert await market.scalar(sold, id=order_id) == -1
    told = "SELECT count(*) FROM notifications WHERE key LIKE :key"
    assert await market.scalar(told, key=f"order:{order_id}:%") == 2
