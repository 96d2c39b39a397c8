"""However the provider's events come, the end is the same: a property over their order.

An order lives at the provider: paid over a page or by a program, refunded in parts, disputed and
decided. Some of its events are heard on the way, in any order; in the end all of them are told
50 times, shuffled. A twin lives the same life and hears each event once, in order, at once.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.checkout import service as checkout
from cloud.inventory.service import receive
from cloud.payments.service import store_event
from cloud.payments.states import EventNotice
from cloud.payments.stripe_states import event_notice
from tests.fakes.market import Market, Place
from tests.fakes.stripe.params import Params
from tests.fakes.stripe.refunds import create_refund

# A long run lives 266 lives of two seconds, or of ten beside other work.
pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(2700)]

_REPLAYS = 50


@dataclass
class Life:
    """One order at the provider, and which of its events were not heard of yet."""

    market: Market
    order_id: int
    session_id: str | None
    intent_id: str | None
    seen: int
    events: list[EventNotice] = field(default_factory=list)

    def step(self, name: str) -> list[EventNotice]:
        """Let one thing happen at the provider; return what it tells."""
        stripe = self.market.stripe
        if name == "pay" and self.session_id is not None:
            self.intent_id = stripe.pay(self.session_id)["id"]
        elif name == "pay":
            stripe.confirm(str(self.intent_id))
        elif name == "refund":
            refund(self.market, str(self.intent_id), 500)
        elif name in ("dispute", "inquiry"):
            stripe.dispute(str(self.intent_id), is_inquiry=name == "inquiry")
        else:
            (dispute, *_) = stripe.account.all("dispute")
            stripe.decide(dispute["id"], name)
        found = stripe.account.all("event")[::-1]
        told = [event_notice(json.loads(json.dumps(event))) for event in found[self.seen :]]
        self.seen = len(found)
        self.events += told
        return told

    async def hear(self, notices: list[EventNotice]) -> None:
        """Be told of events, and do what follows."""
        async with self.market.database.unit_of_work() as session:
            for notice in notices:
                await store_event(session, notice, self.market.clock.now())
        await self.market.do_jobs()

    async def end(self) -> dict[str, Any]:
        """Return everything that the order came to."""
        order = await self.market.view(self.order_id)
        count: Callable[..., Any] = self.market.scalar
        return {
            "status": order.status,
            "refunded": order.refunded_minor,
            "history": [step.status for step in order.history],
            "sold": await count(
                "SELECT sum(delta) FROM stock_movements WHERE order_id = :id", id=self.order_id
            ),
            "refunds": await count(
                "SELECT count(*) FROM refunds WHERE order_id = :id AND stage = 'succeeded'",
                id=self.order_id,
            ),
            "dispute": await count(
                "SELECT stage FROM disputes WHERE order_id = :id", id=self.order_id
            ),
            "told": await count(
                "SELECT count(*) FROM notifications WHERE key LIKE :key",
                key=f"order:{self.order_id}:%",
            ),
        }


def refund(market: Market, intent_id: str, amount: int) -> None:
    """Let a person give money back on the provider's own pages."""
    create_refund(
        market.stripe.account, Params({"payment_intent": intent_id, "amount": str(amount)})
    )


async def begun(market: Market, place: Place, *, by_page: bool) -> Life:
    """Place an order and open a way to pay it."""
    parts = market.parts
    async with market.database.unit_of_work() as session:
        await receive(session, await market.scalar("SELECT id FROM variants"), 1, "another")
    order_id = await place(1)
    args = (parts.database, parts.gateway, market.clock)
    session_id = intent_id = None
    if by_page:
        url = await checkout.pay_by_page(*args, parts.links, order_id)
        session_id = url.rsplit("/", 1)[-1]
    else:
        state = await checkout.pay_by_intent(*args, order_id)
        assert state is not None
        intent_id = state.intent_id
    return Life(market, order_id, session_id, intent_id, len(market.stripe.account.all("event")))


_ENDS = st.sampled_from(
    [[], ["dispute"], ["dispute", "won"], ["dispute", "lost"], ["inquiry", "warning_closed"]]
)
_LIVES = st.builds(
    lambda refunds, end: ["pay", *["refund"] * refunds, *end], st.integers(0, 2), _ENDS
)


# A life takes two seconds: four in CI, a hundred and thirty-three in a long run.
@settings(max_examples=settings().max_examples // 15)
@given(
    steps=_LIVES,
    by_page=st.booleans(),
    heard=st.lists(st.booleans(), min_size=5, max_size=5),
    seed=st.integers(0, 2**32),
)
async def test_events_told_50_times_and_shuffled_end_like_those_told_once_in_order(
    market: Market, place: Place, steps: list[str], by_page: bool, heard: list[bool], seed: int
) -> None:
    market.stripe.webhooks.set(drop=1.0)
    chance = random.Random(seed)
    orderly = await begun(market, place, by_page=by_page)
    for step in steps:
        await orderly.hear(orderly.step(step))
    expected = await orderly.end()

    life = await begun(market, place, by_page=by_page)
    for step, is_heard in zip(steps, heard, strict=False):
        life.step(step)
        if is_heard:
            await life.hear(chance.sample(life.events, chance.randint(1, len(life.events))))
    everything = life.events * _REPLAYS
    chance.shuffle(everything)
    await life.hear(everything)

    assert await life.end() == expected
    assert expected["sold"] == -1
    unworked = "SELECT count(*) FROM payment_events WHERE processed_at IS NULL"
    assert await market.scalar(unworked) == 0
