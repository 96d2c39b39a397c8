"""A running stand-in and the official SDK pointed at it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import stripe

from tests.fakes.clock import ManualClock
from tests.fakes.stripe.contract import complaints
from tests.fakes.stripe.server import API_KEY, FakeStripe, running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def fake(clock: ManualClock) -> AsyncIterator[FakeStripe]:
    async with running(clock.now) as server:
        yield server
        wrong = {text for held in server.account.objects.values() for text in complaints(held)}
        assert not wrong, "not what the SDK declares: " + "; ".join(sorted(wrong))


@pytest.fixture
async def sdk(fake: FakeStripe) -> AsyncIterator[stripe.StripeClient]:
    http = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=60))
    yield stripe.StripeClient(
        API_KEY, base_addresses={"api": fake.base_url}, http_client=http, max_network_retries=0
    )
    await http.close_async()  # type: ignore[no-untyped-call] # untyped in the SDK


Control = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def control(fake: FakeStripe) -> AsyncIterator[Control]:
    """Send a call to the control page and return its answer."""
    async with aiohttp.ClientSession() as session:

        async def call(path: str, **fields: Any) -> dict[str, Any]:
            async with session.post(f"{fake.base_url}/control/{path}", json=fields) as answer:
                assert answer.ok, await answer.text()
                return dict(await answer.json())

        yield call


@pytest.fixture
async def customer(sdk: stripe.StripeClient) -> stripe.Customer:
    return await sdk.v1.customers.create_async({"email": "ada@example.com"})
