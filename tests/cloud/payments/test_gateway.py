"""The provider's port over the SDK: what it says when it cannot ask."""

from collections.abc import AsyncIterator

import pytest

from cloud.payments.errors import GatewayRefused, GatewayUnavailable, PaymentsOff
from cloud.payments.stripe_gateway import StripeGateway, StripeSettings
from tests.fakes.clock import ManualClock
from tests.fakes.stripe.server import API_KEY, FakeStripe, running


@pytest.fixture
async def stand_in(clock: ManualClock) -> AsyncIterator[FakeStripe]:
    async with running(clock.now) as fake:
        yield fake


async def gateway_to(base: str, key: str = API_KEY) -> StripeGateway:
    return StripeGateway(StripeSettings(key, ("whsec_x",), api_base=base, timeout_s=1))


async def test_a_shop_without_a_key_says_so_and_asks_nobody(clock: ManualClock) -> None:
    gateway = await gateway_to("http://127.0.0.1:9", "")

    with pytest.raises(PaymentsOff) as refusal:
        await gateway.fetch_intent("pi_1")
    assert await gateway.events_since(clock.now()) == ()
    await gateway.close()

    assert "SCENT_STRIPE_SECRET_KEY" in refusal.value.hint


async def test_nobody_at_the_address_is_unavailable() -> None:
    gateway = await gateway_to("http://127.0.0.1:9")

    with pytest.raises(GatewayUnavailable):
        await gateway.fetch_intent("pi_1")

    await gateway.close()


async def test_a_wrong_key_is_worth_a_repeat_because_a_person_can_mend_it(
    stand_in: FakeStripe,
) -> None:
    gateway = await gateway_to(stand_in.base_url, "sk_live_wrong")

    with pytest.raises(GatewayUnavailable):
        await gateway.fetch_intent("pi_1")

    await gateway.close()


async def test_a_question_that_makes_no_sense_is_refused_for_good(stand_in: FakeStripe) -> None:
    gateway = await gateway_to(stand_in.base_url)

    with pytest.raises(GatewayRefused) as refusal:
        await gateway.fetch_intent("pi_1")
    await gateway.close()

    assert refusal.value.provider_code == "resource_missing"


async def test_an_answer_that_takes_too_long_is_unavailable(stand_in: FakeStripe) -> None:
    stand_in.order("hang_after", method="GET", path="/v1/refunds")
    gateway = await gateway_to(stand_in.base_url)

    with pytest.raises(GatewayUnavailable):
        await gateway.refunds_of_intent("pi_1")

    await gateway.close()


async def test_events_are_listed_oldest_first_over_all_pages(
    stand_in: FakeStripe, clock: ManualClock
) -> None:
    gateway = await gateway_to(stand_in.base_url)
    since = clock.now()
    for number in range(120):
        await gateway.open_customer(number, "a@example.org", "A", key=f"customer:{number}")

    events = await gateway.events_since(since)
    await gateway.close()

    assert len(events) == 120
    made = [event["id"] for event in reversed(stand_in.account.all("event"))]
    assert [event.event_id for event in events] == made
