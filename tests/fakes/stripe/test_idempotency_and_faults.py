"""Keys, repeats and the faults to order, as the SDK meets them."""

import asyncio

import pytest
import stripe

from tests.fakes.clock import ManualClock
from tests.fakes.stripe.server import FakeStripe

KEYED: stripe.RequestOptions = {"idempotency_key": "order:1:1"}


async def intent(sdk: stripe.StripeClient, amount: int = 700) -> stripe.PaymentIntent:
    return await sdk.v1.payment_intents.create_async(
        {
            "amount": amount,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
        },
        KEYED,
    )


async def test_the_same_key_and_body_give_the_same_intent(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    first, second = await intent(sdk), await intent(sdk)

    assert first.id == second.id
    assert fake.count("charge") == 1


async def test_the_same_key_with_another_body_is_refused(sdk: stripe.StripeClient) -> None:
    await intent(sdk, 700)

    with pytest.raises(stripe.IdempotencyError):
        await intent(sdk, 701)


async def test_a_key_is_pruned_after_a_day(
    sdk: stripe.StripeClient, fake: FakeStripe, clock: ManualClock
) -> None:
    await intent(sdk)
    await clock.advance(24 * 3600)

    await intent(sdk)

    assert fake.count("charge") == 2


async def test_a_refused_card_is_repeated_under_its_key_without_a_second_attempt(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await sdk.v1.payment_intents.create_async(
                {
                    "amount": 700,
                    "currency": "eur",
                    "payment_method": "pm_card_chargeDeclined",
                    "confirm": True,
                },
                KEYED,
            )

    assert fake.count("charge", status="failed") == 1


async def test_a_request_that_made_no_sense_does_not_use_its_key_up(
    sdk: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await intent(sdk, 0)

    assert (await intent(sdk, 700)).status == "succeeded"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("conflict", stripe.APIError),
        ("rate_limit", stripe.RateLimitError),
        ("error", stripe.APIError),
        ("reset", stripe.APIConnectionError),
    ],
)
async def test_a_fault_before_the_effect_leaves_nothing(
    sdk: stripe.StripeClient, fake: FakeStripe, kind: str, error: type[Exception]
) -> None:
    fake.order(kind)

    with pytest.raises(error):
        await intent(sdk)

    assert fake.count("payment_intent") == 0
    assert (await intent(sdk)).status == "succeeded"


async def test_a_lost_answer_is_repeated_under_its_key(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    fake.order("reset_after")
    with pytest.raises(stripe.APIConnectionError):
        await intent(sdk)

    again = await intent(sdk)

    assert again.status == "succeeded"
    assert fake.count("charge") == 1


async def test_an_answer_that_never_comes_leaves_its_effect(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    fake.order("hang_after")

    asked = asyncio.create_task(intent(sdk))
    async with asyncio.timeout(60):
        while not fake.count("charge", status="succeeded"):
            await asyncio.to_thread(lambda: None)
    done, _ = await asyncio.wait({asked}, timeout=0.1)
    asked.cancel()
    ended = await asyncio.gather(asked, return_exceptions=True)

    assert not done
    assert isinstance(ended[0], asyncio.CancelledError)
    assert fake.count("charge", status="succeeded") == 1


async def test_a_server_error_after_the_effect_sticks_to_its_key(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    fake.order("error_after")

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            await intent(sdk)

    assert fake.count("charge", status="succeeded") == 1


async def test_a_fault_falls_only_on_the_path_it_was_ordered_for(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    fake.order("error", path="/v1/refunds")

    assert (await intent(sdk)).status == "succeeded"
    with pytest.raises(stripe.APIError):
        await sdk.v1.refunds.create_async({"payment_intent": "pi_none"})
