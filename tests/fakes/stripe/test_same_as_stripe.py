"""What our stand-in and a real test account of Stripe must both do, asked in the same words.

The stand-in is asked in every run. A real account is asked when SCENT_STRIPE_TEST_KEY holds its
secret key (`make test-stripe`); what it makes stays in the account's test mode.
"""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import stripe

from cloud.foundation.clock import SystemClock
from cloud.foundation.money import Money
from cloud.foundation.secrets import mint_token
from cloud.payments.errors import GatewayRefused
from cloud.payments.ports import IntentRequest, PageLine, PageRequest
from cloud.payments.states import IntentStatus, PageStatus, RefundStatus
from cloud.payments.stripe_gateway import StripeGateway, StripeSettings
from tests.fakes.stripe.contract import complaints
from tests.fakes.stripe.server import API_KEY, running

_STANDINS = pytest.param("stand-in")
_REAL = pytest.param("stripe", marks=pytest.mark.stripe_account)


class Asked:
    """One of the two, spoken to by the SDK and by our port."""

    def __init__(self, key: str, base: str | None) -> None:
        self._http = stripe.AIOHTTPClient()
        bases: Any = {"api": base} if base else None
        self.sdk = stripe.StripeClient(key, base_addresses=bases, http_client=self._http)
        self.port = StripeGateway(StripeSettings(key, (), api_base=base))

    async def close(self) -> None:
        await self.port.close()
        await self._http.close_async()  # type: ignore[no-untyped-call] # untyped in the SDK

    async def paid(self, token: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
        body: Any = {
            "amount": 2000,
            "currency": "eur",
            "payment_method": token,
            "payment_method_types": ["card"],
            "confirm": True,
            **more,
        }
        return await self.sdk.v1.payment_intents.create_async(body)


@pytest.fixture(params=[_STANDINS, _REAL])
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[Asked]:
    if request.param == "stripe":
        one = Asked(os.environ["SCENT_STRIPE_TEST_KEY"], None)
        yield one
        await one.close()
        return
    async with running(SystemClock().now) as fake:
        one = Asked(API_KEY, fake.base_url)
        yield one
        await one.close()


def refusal_of(error: stripe.CardError) -> tuple[str | None, str | None]:
    body: Any = error.json_body
    return error.code, body["error"].get("decline_code")


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
async def test_a_refused_card_is_refused_in_these_words(
    asked: Asked, token: str, code: str, decline_code: str | None
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        await asked.paid(token)

    found_code, found_decline = refusal_of(refusal.value)
    assert found_code == code
    assert decline_code in (None, found_decline)


async def test_an_intent_is_as_the_sdk_declares_it(asked: Asked) -> None:
    intent = await asked.paid()

    assert complaints(intent.to_dict()) == []
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)


async def test_a_card_that_wants_its_holder_asks_for_them(asked: Asked) -> None:
    intent = await asked.paid(
        "pm_card_authenticationRequired", return_url="https://shop.example.org/back"
    )

    assert intent.status == "requires_action"


async def test_one_key_acts_once_and_another_body_is_refused(asked: Asked) -> None:
    body: Any = {"amount": 500, "currency": "eur", "payment_method_types": ["card"]}
    options: Any = {"idempotency_key": mint_token()}

    first = await asked.sdk.v1.payment_intents.create_async(body, options)
    second = await asked.sdk.v1.payment_intents.create_async(body, options)
    with pytest.raises(stripe.IdempotencyError):
        await asked.sdk.v1.payment_intents.create_async({**body, "amount": 501}, options)

    assert first.id == second.id


async def test_no_more_goes_back_than_came(asked: Asked) -> None:
    intent = await asked.paid()
    body = asked.port.compose_refund(mint_token(), intent.id, Money(1500, "EUR"))

    state = await asked.port.refund(body, mint_token())
    with pytest.raises(GatewayRefused):
        await asked.port.refund(
            asked.port.compose_refund(mint_token(), intent.id, Money(1500, "EUR")), mint_token()
        )

    assert state.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    assert [one.refund_id for one in await asked.port.refunds_of_intent(intent.id)] == [
        state.refund_id
    ]


async def test_a_page_opens_with_what_we_send_and_is_closed(asked: Asked) -> None:
    body = asked.port.compose_page(
        PageRequest(
            reference=mint_token(),
            order_number="SC-1",
            lines=[PageLine("A bottle", Money(2890, "EUR"), 2, "50 ml")],
            email="buyer@example.org",
            customer_id=None,
            save_card=False,
            success_url="https://shop.example.org/back?session={CHECKOUT_SESSION_ID}",
            cancel_url="https://shop.example.org/",
            expires_at=SystemClock().now() + timedelta(minutes=35),
        )
    )

    page = await asked.port.open_page(body, mint_token())
    closed = await asked.port.close_page(page.session_id)

    assert page.status is PageStatus.OPEN
    assert page.url is not None
    assert closed.status is PageStatus.EXPIRED


async def test_an_intent_of_ours_opens_and_is_cancelled_for_good(asked: Asked) -> None:
    body = asked.port.compose_intent(
        IntentRequest(
            reference=mint_token(),
            order_number="SC-1",
            amount=Money(2890, "EUR"),
            email="buyer@example.org",
            customer_id=None,
            save_card=False,
        )
    )

    opened = await asked.port.open_intent(body, mint_token())
    cancelled = await asked.port.cancel_intent(opened.intent_id)
    again = await asked.port.cancel_intent(opened.intent_id)

    assert opened.status is IntentStatus.OPEN
    assert opened.client_secret is not None
    assert cancelled.status is again.status is IntentStatus.CANCELLED
