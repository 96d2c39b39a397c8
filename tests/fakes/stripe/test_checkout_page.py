"""The hosted page as a buyer's browser meets it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
import stripe

from tests.fakes.clock import ManualClock
from tests.fakes.stripe.server import FakeStripe

SHOP = "http://shop.example"
CARD = {"email": "ada@example.com", "name": "Ada", "expiry": "12 / 34", "cvc": "123"}


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def session_for(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> stripe.checkout.Session:
    return await sdk.v1.checkout.sessions.create_async(
        {
            "mode": "payment",
            "customer": customer.id,
            "line_items": [
                {
                    "quantity": 2,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 1450,
                        "product_data": {"name": "Cedar & Bergamot", "description": "50 ml"},
                    },
                }
            ],
            "payment_intent_data": {
                "setup_future_usage": "off_session",
                "metadata": {"order": "17"},
            },
            "metadata": {"order": "17"},
            "success_url": f"{SHOP}/done?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{SHOP}/cart",
        }
    )


async def test_the_page_shows_what_is_bought_and_escapes_it(
    sdk: stripe.StripeClient, customer: stripe.Customer, browser: aiohttp.ClientSession
) -> None:
    session = await session_for(sdk, customer)

    async with browser.get(str(session.url)) as page:
        text = await page.text()

    assert page.status == 200
    assert "Cedar &amp; Bergamot" in text
    assert "Pay EUR 29.00" in text
    assert "ada@example.com" in text


async def test_paying_completes_the_session_saves_the_card_and_returns_to_the_shop(
    sdk: stripe.StripeClient,
    customer: stripe.Customer,
    browser: aiohttp.ClientSession,
    fake: FakeStripe,
) -> None:
    session = await session_for(sdk, customer)

    form = {**CARD, "number": "4242 4242 4242 4242"}
    async with browser.post(str(session.url), data=form, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == f"{SHOP}/done?session={session.id}"

    done = await sdk.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["payment_intent"]})
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert done.payment_intent.metadata["order"] == "17"
    assert fake.count("payment_method", customer=customer.id) == 1


async def test_a_declined_card_says_so_and_lets_the_buyer_try_another(
    sdk: stripe.StripeClient, customer: stripe.Customer, browser: aiohttp.ClientSession
) -> None:
    session = await session_for(sdk, customer)

    async with browser.post(
        str(session.url), data={**CARD, "number": "4000 0000 0000 0002"}
    ) as answer:
        assert answer.status == 402
        assert "Your card was declined." in await answer.text()

    async with browser.post(
        str(session.url), data={**CARD, "number": "4242424242424242"}, allow_redirects=False
    ) as answer:
        assert answer.status == 303


async def test_a_card_that_needs_approval_goes_over_the_banks_page(
    sdk: stripe.StripeClient,
    customer: stripe.Customer,
    browser: aiohttp.ClientSession,
    fake: FakeStripe,
) -> None:
    session = await session_for(sdk, customer)
    form = {**CARD, "number": "4000 0027 6000 3184"}
    async with browser.post(str(session.url), data=form) as bank:
        assert "Approve EUR 29.00?" in await bank.text()
        address = str(bank.url)

    async with browser.post(address, data={"answer": "approve"}, allow_redirects=False) as answer:
        assert answer.headers["Location"].startswith(f"{SHOP}/done")

    assert fake.count("checkout.session", status="complete") == 1


async def test_turning_the_bank_down_returns_to_the_form(
    sdk: stripe.StripeClient, customer: stripe.Customer, browser: aiohttp.ClientSession
) -> None:
    session = await session_for(sdk, customer)
    form = {**CARD, "number": "4000 0027 6000 3184"}
    async with browser.post(str(session.url), data=form) as bank:
        address = str(bank.url)

    async with browser.post(address, data={"answer": "reject"}) as answer:
        assert "unable to authenticate" in await answer.text()

    kept = await sdk.v1.checkout.sessions.retrieve_async(session.id)
    assert kept.status == "open"


async def test_a_card_is_saved_without_a_charge_in_setup_mode(
    sdk: stripe.StripeClient, customer: stripe.Customer, fake: FakeStripe
) -> None:
    session = await sdk.v1.checkout.sessions.create_async(
        {
            "mode": "setup",
            "customer": customer.id,
            "currency": "eur",
            "setup_intent_data": {"metadata": {"user": "3"}},
            "success_url": f"{SHOP}/account",
        }
    )

    fake.pay(session.id)

    done = await sdk.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["setup_intent"]})
    assert done.status == "complete"
    assert isinstance(done.setup_intent, stripe.SetupIntent)
    assert done.setup_intent.metadata is not None
    assert done.setup_intent.metadata["user"] == "3"
    assert fake.count("payment_method", customer=customer.id) == 1
    assert fake.count("charge") == 0


async def test_a_page_expires_and_takes_no_money_afterwards(
    sdk: stripe.StripeClient,
    customer: stripe.Customer,
    browser: aiohttp.ClientSession,
    fake: FakeStripe,
    clock: ManualClock,
) -> None:
    session = await session_for(sdk, customer)
    await clock.advance(timedelta(hours=24))

    async with browser.post(str(session.url), data={**CARD, "number": "4242424242424242"}) as page:
        assert page.status == 410
        assert "expired" in await page.text()

    assert fake.count("charge") == 0
    assert fake.count("event", type="checkout.session.expired") == 1


async def test_a_session_can_be_closed_by_the_shop(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    session = await session_for(sdk, customer)

    closed = await sdk.v1.checkout.sessions.expire_async(session.id)

    assert closed.status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.checkout.sessions.expire_async(session.id)
