"""The comparison with the SDK's declarations finds what it is for."""

from typing import Any

import pytest
import stripe

from tests.fakes.stripe.account import snapshot
from tests.fakes.stripe.contract import complaints
from tests.fakes.stripe.server import FakeStripe


@pytest.fixture
async def intent(sdk: stripe.StripeClient, fake: FakeStripe) -> dict[str, Any]:
    made = await sdk.v1.payment_intents.create_async(
        {
            "amount": 100,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "payment_method_types": ["card"],
            "confirm": True,
        }
    )
    return dict(snapshot(fake.account.objects[made.id]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": "100"}, "payment_intent.amount: '100' is no int"),
        ({"status": "paid"}, "payment_intent.status: 'paid' is not one of"),
        ({"colour": "red"}, "payment_intent.colour: not declared"),
        (
            {"payment_method_types": "card"},
            "payment_intent.payment_method_types: 'card' is no list",
        ),
        ({"next_action": {"type": 3}}, "payment_intent.next_action.type: 3 is no str"),
        ({"object": "payment_wish"}, "payment_wish: the SDK knows no such object"),
    ],
)
async def test_what_the_sdk_does_not_declare_is_told(
    intent: dict[str, Any], change: dict[str, Any], words: str
) -> None:
    assert complaints(intent) == []

    assert any(text.startswith(words) for text in complaints({**intent, **change}))


async def test_a_field_that_must_be_there_is_missed(intent: dict[str, Any]) -> None:
    del intent["livemode"]

    assert complaints(intent) == ["payment_intent.livemode: missing"]


async def test_what_events_and_lists_carry_is_compared_too(
    sdk: stripe.StripeClient, fake: FakeStripe, intent: dict[str, Any]
) -> None:
    (event, *_) = [snapshot(held) for held in fake.account.all("event")]
    event["data"]["object"]["amount"] = None
    listed = {"object": "list", "data": [{**intent, "currency": 978}]}

    assert complaints(event) == ["event.data.object.amount: None is no int"]
    assert complaints(listed) == ["list.data[0].currency: 978 is no str"]
