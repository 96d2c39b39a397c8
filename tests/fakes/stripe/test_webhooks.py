"""Delivery of events: signed as the SDK checks it, retried, and unruly on demand."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import stripe
from aiohttp import web

from tests.fakes.clock import ManualClock
from tests.fakes.stripe.server import WEBHOOK_SECRET, FakeStripe, running


class Shop:
    """An endpoint that keeps what it is sent, and refuses the first `refusals` deliveries."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []
        self.refusals = 0
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        self.received.append((await request.text(), request.headers["Stripe-Signature"]))
        return web.Response()

    def types(self) -> list[str]:
        return [self.parsed(body)["type"] for body, _ in self.received]

    def ids(self) -> list[str]:
        return [self.parsed(body)["id"] for body, _ in self.received]

    def parsed(self, body: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(body)
        return event


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    shop = Shop()
    app = web.Application()
    app.router.add_post("/hook", shop.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield shop
    await runner.cleanup()


@pytest.fixture
async def fake(clock: ManualClock, shop: Shop) -> AsyncIterator[FakeStripe]:
    async with running(clock.now, webhook_url=shop.url) as server:
        yield server


async def customers(sdk: stripe.StripeClient, count: int) -> None:
    for number in range(count):
        await sdk.v1.customers.create_async({"name": str(number)})


async def test_the_sdk_accepts_the_signature(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    await customers(sdk, 1)
    await fake.webhooks.settle()

    body, signature = shop.received[0]

    assert stripe.WebhookSignature.verify_header(body, signature, WEBHOOK_SECRET)


async def test_a_wrong_signature_is_wrong(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.set(bad_signature=True)
    await customers(sdk, 1)
    await fake.webhooks.settle()

    body, signature = shop.received[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, signature, WEBHOOK_SECRET)


async def test_a_refused_delivery_is_tried_again(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    shop.refusals = 3

    await customers(sdk, 1)
    await fake.webhooks.settle()

    assert shop.types() == ["customer.created"]
    assert fake.webhooks.tally.refused == 3


async def test_copies_arrive_when_asked_for(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.set(duplicates=2)

    await customers(sdk, 1)
    await fake.webhooks.settle()

    assert len(shop.ids()) == 3
    assert len(set(shop.ids())) == 1


async def test_shuffling_keeps_every_event_and_changes_the_order(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.set(shuffle=12)

    await customers(sdk, 12)
    await fake.webhooks.settle()

    made = [event["id"] for event in reversed(fake.account.all("event"))]
    assert sorted(shop.ids()) == sorted(made)
    assert shop.ids() != made


async def test_dropped_events_never_arrive_but_can_be_listed(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.set(drop=1.0)

    await customers(sdk, 2)
    await fake.webhooks.settle()

    assert shop.received == []
    listed = await sdk.v1.events.list_async({"type": "customer.created"})
    assert len(listed.data) == 2


async def test_the_control_calls_steer_from_outside(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    async with aiohttp.ClientSession(fake.base_url) as control:
        await control.post("/control/webhooks", json={"paused": True})
        await customers(sdk, 1)
        assert shop.received == []

        await control.post("/control/webhooks", json={"paused": False})
        await control.post("/control/settle")
        await control.post("/control/resend")
        await control.post("/control/settle")
        await control.post("/control/faults", json={"kind": "error", "path": "/v1/customers"})
        async with control.post("/control/faults", json={"kind": "flood"}) as refused:
            assert refused.status == 400
        async with control.get("/control/state") as answer:
            state = await answer.json()

    assert shop.types() == ["customer.created"] * 2
    assert state["tally"]["delivered"] == 2
    with pytest.raises(stripe.APIError):
        await customers(sdk, 1)


async def test_what_nobody_took_is_tried_every_hour_for_three_days(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.set(attempts=1)
    shop.refusals = 1_000
    await customers(sdk, 1)
    await fake.webhooks.settle()

    fake.account.advance(71 * 3600)
    await fake.webhooks.settle()
    refused_in_time = fake.webhooks.tally.refused
    shop.refusals = 0
    fake.account.advance(3600)
    await fake.webhooks.settle()

    assert refused_in_time == 72
    assert shop.types() == ["customer.created"]
    assert fake.webhooks.tally.given_up == 0


async def test_what_nobody_took_for_three_days_is_given_up(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.set(attempts=1)
    shop.refusals = 1_000
    await customers(sdk, 1)

    fake.account.advance(90 * 3600)
    await fake.webhooks.settle()

    assert fake.webhooks.tally.given_up == 1


async def test_while_a_secret_is_replaced_both_sign(
    sdk: stripe.StripeClient, fake: FakeStripe, shop: Shop
) -> None:
    fake.webhooks.rotate("whsec_new")
    await customers(sdk, 1)
    await fake.webhooks.settle()
    fake.webhooks.rotate("whsec_newest", keep_old=False)
    await customers(sdk, 1)
    await fake.webhooks.settle()

    both, newest = shop.received
    for secret in (WEBHOOK_SECRET, "whsec_new"):
        assert stripe.WebhookSignature.verify_header(both[0], both[1], secret, None)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(newest[0], newest[1], secret, None)
    assert stripe.WebhookSignature.verify_header(newest[0], newest[1], "whsec_newest", None)
