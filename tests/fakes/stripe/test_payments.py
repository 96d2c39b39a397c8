"""PaymentIntents, SetupIntents and refunds, asked for through the official SDK."""

import aiohttp
import pytest
import stripe

from tests.fakes.stripe.server import FakeStripe


async def saved_card(sdk: stripe.StripeClient, customer: stripe.Customer, token: str) -> str:
    method = await sdk.v1.payment_methods.attach_async(token, {"customer": customer.id})
    return method.id


async def paid(sdk: stripe.StripeClient, customer: stripe.Customer, amount: int = 1000) -> str:
    intent = await sdk.v1.payment_intents.create_async(
        {
            "amount": amount,
            "currency": "eur",
            "customer": customer.id,
            "payment_method": await saved_card(sdk, customer, "pm_card_visa"),
            "off_session": True,
            "confirm": True,
        }
    )
    assert intent.status == "succeeded"
    return intent.id


async def test_a_saved_card_pays_off_session(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent_id = await paid(sdk, customer)

    intent = await sdk.v1.payment_intents.retrieve_async(intent_id, {"expand": ["latest_charge"]})

    assert intent.amount_received == 1000
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.paid


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
async def test_a_card_that_says_no_answers_402_with_the_intent(
    sdk: stripe.StripeClient,
    customer: stripe.Customer,
    token: str,
    code: str,
    decline_code: str,
) -> None:
    method = await saved_card(sdk, customer, token)

    with pytest.raises(stripe.CardError) as refusal:
        await sdk.v1.payment_intents.create_async(
            {
                "amount": 500,
                "currency": "eur",
                "customer": customer.id,
                "payment_method": method,
                "off_session": True,
                "confirm": True,
            }
        )

    assert refusal.value.code == code
    assert refusal.value.error is not None
    assert refusal.value.error.decline_code == decline_code
    assert refusal.value.error.payment_intent is not None
    assert refusal.value.error.payment_intent.status == "requires_payment_method"


async def test_a_card_that_is_refused_at_once_cannot_be_saved(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    with pytest.raises(stripe.CardError):
        await saved_card(sdk, customer, "pm_card_chargeDeclined")


async def test_a_card_of_somebody_else_cannot_pay(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = await saved_card(sdk, customer, "pm_card_visa")
    other = await sdk.v1.customers.create_async({})

    with pytest.raises(stripe.InvalidRequestError, match="another Customer"):
        await sdk.v1.payment_intents.create_async(
            {
                "amount": 500,
                "currency": "eur",
                "customer": other.id,
                "payment_method": method,
                "confirm": True,
            }
        )


async def test_a_detached_card_cannot_pay_again(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = await saved_card(sdk, customer, "pm_card_visa")
    await sdk.v1.payment_methods.detach_async(method)

    with pytest.raises(stripe.InvalidRequestError, match="detached"):
        await sdk.v1.payment_intents.create_async(
            {"amount": 500, "currency": "eur", "payment_method": method, "confirm": True}
        )


async def test_a_setup_that_the_bank_approved_pays_off_session_later(
    sdk: stripe.StripeClient, customer: stripe.Customer, fake: FakeStripe
) -> None:
    setup = await sdk.v1.setup_intents.create_async(
        {
            "customer": customer.id,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "confirm": True,
        }
    )
    assert setup.status == "requires_action"
    assert setup.next_action is not None

    await approve(fake, setup.id)
    approved = await sdk.v1.setup_intents.retrieve_async(setup.id)
    intent = await sdk.v1.payment_intents.create_async(
        {
            "amount": 500,
            "currency": "eur",
            "customer": customer.id,
            "payment_method": str(approved.payment_method),
            "off_session": True,
            "confirm": True,
        }
    )

    assert approved.status == "succeeded"
    assert intent.status == "succeeded"


async def approve(fake: FakeStripe, intent_id: str) -> None:
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(
            f"{fake.base_url}/pages/approve/{intent_id}", data={"answer": "approve"}
        ) as page,
    ):
        assert page.status == 200


async def test_a_reserved_amount_can_be_captured_in_part_and_only_once(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent = await sdk.v1.payment_intents.create_async(
        {
            "amount": 900,
            "currency": "eur",
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "confirm": True,
        }
    )
    assert intent.status == "requires_capture"

    captured = await sdk.v1.payment_intents.capture_async(intent.id, {"amount_to_capture": 600})

    assert captured.amount_received == 600
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.payment_intents.capture_async(intent.id)
    assert refusal.value.code == "payment_intent_unexpected_state"


async def test_a_paid_intent_cannot_be_cancelled(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent_id = await paid(sdk, customer)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.payment_intents.cancel_async(intent_id)

    assert refusal.value.code == "payment_intent_unexpected_state"


async def test_refunds_in_parts_stop_at_what_was_paid(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent_id = await paid(sdk, customer, 1000)
    await sdk.v1.refunds.create_async({"payment_intent": intent_id, "amount": 400})

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        await sdk.v1.refunds.create_async({"payment_intent": intent_id, "amount": 601})
    rest = await sdk.v1.refunds.create_async({"payment_intent": intent_id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.refunds.create_async({"payment_intent": intent_id})

    assert rest.amount == 600
    assert refusal.value.code == "charge_already_refunded"


async def test_an_intent_is_found_by_its_metadata(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    for number in ("17", "18"):
        await sdk.v1.payment_intents.create_async(
            {"amount": 100, "currency": "eur", "metadata": {"order": number, "shop": "scent"}}
        )

    found = await sdk.v1.payment_intents.search_async(
        {"query": "metadata['order']:'17' AND metadata['shop']:'scent'"}
    )

    assert [intent.metadata["order"] for intent in found.data] == ["17"]


async def test_lists_page_from_newest_to_oldest(sdk: stripe.StripeClient) -> None:
    made = [(await sdk.v1.customers.create_async({})).id for _ in range(5)]

    first = await sdk.v1.customers.list_async({"limit": 2})
    rest = await sdk.v1.customers.list_async({"limit": 10, "starting_after": first.data[-1].id})

    assert [customer.id for customer in [*first.data, *rest.data]] == made[::-1]
    assert first.has_more
    assert not rest.has_more


async def test_an_unknown_parameter_is_refused_by_name(sdk: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.customers.create_async(
            {"emial": "x"}  # type: ignore[arg-type] # the misspelling is the test
        )

    assert refusal.value.code == "parameter_unknown"
    assert refusal.value.param == "emial"


async def test_a_foreign_key_is_refused(fake: FakeStripe) -> None:
    http = stripe.AIOHTTPClient()
    stranger = stripe.StripeClient(
        "sk_live_nope", base_addresses={"api": fake.base_url}, http_client=http
    )

    with pytest.raises(stripe.AuthenticationError):
        await stranger.v1.customers.list_async()

    await http.close_async()  # type: ignore[no-untyped-call] # untyped in the SDK


def fields_of(model: type) -> set[str]:
    return set(model.__annotations__)


async def test_every_field_the_stand_in_sends_is_one_the_sdk_declares(
    sdk: stripe.StripeClient, customer: stripe.Customer, fake: FakeStripe
) -> None:
    intent_id = await paid(sdk, customer)
    await sdk.v1.refunds.create_async({"payment_intent": intent_id})
    await sdk.v1.setup_intents.create_async({"customer": customer.id})
    session = await sdk.v1.checkout.sessions.create_async(
        {"mode": "setup", "currency": "eur", "success_url": "http://shop.example/"}
    )
    assert session.url is not None
    models = {
        "customer": stripe.Customer,
        "payment_method": stripe.PaymentMethod,
        "payment_intent": stripe.PaymentIntent,
        "setup_intent": stripe.SetupIntent,
        "charge": stripe.Charge,
        "refund": stripe.Refund,
        "checkout.session": stripe.checkout.Session,
        "event": stripe.Event,
    }

    undeclared = {
        (held["object"], name)
        for held in fake.account.objects.values()
        for name in set(held) - fields_of(models[held["object"]])
    }

    assert undeclared == set()
    assert {held["object"] for held in fake.account.objects.values()} == set(models)
