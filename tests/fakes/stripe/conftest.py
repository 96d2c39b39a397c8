"""A running stand-in and the official SDK pointed at it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import stripe

from tests.fakes.clock import ManualClock
from tests.fakes.stripe.server import API_KEY, FakeStripe, running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def fake(clock: ManualClock) -> AsyncIterator[FakeStripe]:
    async with running(clock.now) as server:
        yield server


@pytest.fixture
async def sdk(fake: FakeStripe) -> AsyncIterator[stripe.StripeClient]:
    http = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=2))
    yield stripe.StripeClient(
        API_KEY, base_addresses={"api": fake.base_url}, http_client=http, max_network_retries=0
    )
    await http.close_async()  # type: ignore[no-untyped-call] # untyped in the SDK


@pytest.fixture
async def customer(sdk: stripe.StripeClient) -> stripe.Customer:
    return await sdk.v1.customers.create_async({"email": "ada@example.com"})
