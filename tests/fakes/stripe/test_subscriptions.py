"""Products, prices, subscriptions and their invoices by a clock that runs ahead; the portal."""

from datetime import UTC, datetime

import aiohttp
import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.stripe.conftest import Control
from tests.fakes.stripe.periods import moment_after
from tests.fakes.stripe.server import FakeStripe

_DAY_S = 24 * 3600


async def monthly(sdk: stripe.StripeClient) -> stripe.Price:
    return await sdk.v1.prices.create_async(
        {
            "currency": "eur",
            "unit_amount": 1500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "A bottle a month"},
        }
    )


async def subscribed(
    sdk: stripe.StripeClient, customer: stripe.Customer, token: str = "pm_card_visa", **more: str
) -> stripe.Subscription:
    method = await sdk.v1.payment_methods.attach_async(token, {"customer": customer.id})
    price = await monthly(sdk)
    return await sdk.v1.subscriptions.create_async(
        {
            "customer": customer.id,
            "items": [{"price": price.id, "quantity": 2}],
            "default_payment_method": method.id,
            **more,  # type: ignore[typeddict-item] # only what the API takes
        }
    )


def told(fake: FakeStripe, begin: str) -> list[str]:
    kinds = [event["type"] for event in reversed(fake.account.all("event"))]
    return [kind for kind in kinds if kind.startswith(begin)]


async def test_a_subscription_is_charged_at_once_and_every_month_by_the_clock(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer
) -> None:
    made = await subscribed(sdk, customer)

    fake.account.advance(65 * _DAY_S)

    held = await sdk.v1.subscriptions.retrieve_async(made.id)
    invoices = await sdk.v1.invoices.list_async({"subscription": made.id})
    assert (made.status, held.status) == ("active", "active")
    assert [invoice.status for invoice in invoices.data] == ["paid"] * 3
    assert {invoice.amount_paid for invoice in invoices.data} == {3000}
    assert told(fake, "invoice.paid") == ["invoice.paid"] * 3


async def test_a_card_that_refuses_is_tried_again_for_two_weeks_and_then_all_ends(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer
) -> None:
    made = await subscribed(sdk, customer)
    worse = await sdk.v1.payment_methods.attach_async(
        "pm_card_chargeCustomerFail", {"customer": customer.id}
    )
    await sdk.v1.subscriptions.update_async(made.id, {"default_payment_method": worse.id})

    fake.account.advance(32 * _DAY_S)
    late = (await sdk.v1.subscriptions.retrieve_async(made.id)).status
    fake.account.advance(20 * _DAY_S)

    ended = await sdk.v1.subscriptions.retrieve_async(made.id)
    assert (late, ended.status) == ("past_due", "canceled")
    assert len(told(fake, "invoice.payment_failed")) == 5
    assert told(fake, "customer.subscription")[-1] == "customer.subscription.deleted"


async def test_a_better_card_mends_a_late_subscription(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer
) -> None:
    made = await subscribed(
        sdk, customer, trial_period_days="7", token="pm_card_chargeCustomerFail"
    )
    fake.account.advance(8 * _DAY_S)
    late = await sdk.v1.subscriptions.retrieve_async(made.id)
    better = await sdk.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})

    await sdk.v1.invoices.pay_async(str(late.latest_invoice), {"payment_method": better.id})

    assert (made.status, late.status) == ("trialing", "past_due")
    assert (await sdk.v1.subscriptions.retrieve_async(made.id)).status == "active"


async def test_a_first_payment_may_be_confirmed_by_the_buyer(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer
) -> None:
    made = await subscribed(
        sdk, customer, token="pm_card_visa", payment_behavior="default_incomplete"
    )
    invoice = await sdk.v1.invoices.retrieve_async(str(made.latest_invoice))
    assert invoice.confirmation_secret is not None

    fake.confirm(invoice.confirmation_secret.client_secret.split("_secret_")[0])

    assert made.status == "incomplete"
    assert (await sdk.v1.subscriptions.retrieve_async(made.id)).status == "active"


async def test_paused_and_ending_subscriptions_charge_nothing(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer
) -> None:
    paused = await subscribed(sdk, customer)
    ending = await subscribed(sdk, customer)
    await sdk.v1.subscriptions.update_async(paused.id, {"pause_collection": {"behavior": "void"}})
    await sdk.v1.subscriptions.update_async(ending.id, {"cancel_at_period_end": True})

    fake.account.advance(35 * _DAY_S)
    await sdk.v1.subscriptions.update_async(paused.id, {"pause_collection": ""})
    fake.account.advance(30 * _DAY_S)

    invoices = await sdk.v1.invoices.list_async({"subscription": paused.id})
    assert [invoice.status for invoice in invoices.data] == ["paid", "void", "paid"]
    assert (await sdk.v1.subscriptions.retrieve_async(ending.id)).status == "canceled"


async def test_the_control_page_lets_months_pass(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer, control: Control
) -> None:
    await subscribed(sdk, customer)

    state = await control("clock", seconds=31 * _DAY_S)

    assert state["objects"]["invoice"] == 2


async def test_the_portal_shows_cards_and_removes_one(
    sdk: stripe.StripeClient, fake: FakeStripe, customer: stripe.Customer
) -> None:
    method = await sdk.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    portal = await sdk.v1.billing_portal.sessions.create_async(
        {"customer": customer.id, "return_url": "http://shop.test/account/cards"}
    )

    async with aiohttp.ClientSession() as buyer:
        page = await (await buyer.get(portal.url)).text()
        after = await (await buyer.post(portal.url, data={"method": method.id})).text()

    assert "ending in 4242" in page
    assert "http://shop.test/account/cards" in page
    assert "No card is saved" in after
    assert fake.account.objects[method.id]["customer"] is None


@given(
    day=st.integers(1, 31),
    interval=st.sampled_from(["day", "week", "month", "year"]),
    count=st.integers(1, 60),
)
def test_periods_follow_each_other_and_keep_the_day(day: int, interval: str, count: int) -> None:
    anchor = int(datetime(2028, 1, day, 9, 30, tzinfo=UTC).timestamp())

    moment = datetime.fromtimestamp(moment_after(anchor, interval, count), UTC)
    later = moment_after(anchor, interval, count + 1)

    assert later > moment.timestamp()
    assert (moment.hour, moment.minute) == (9, 30)
    if interval in ("month", "year"):
        assert moment.day == day or (moment.month in (2, 4, 6, 9, 11) and moment.day >= 28)


async def test_a_price_that_does_not_recur_is_none_of_a_subscription(
    sdk: stripe.StripeClient, customer: stripe.Customer
) -> None:
    product = await sdk.v1.products.create_async({"name": "A bottle"})
    price = await sdk.v1.prices.create_async(
        {"currency": "eur", "unit_amount": 1, "product": product.id}
    )

    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.subscriptions.create_async(
            {"customer": customer.id, "items": [{"price": price.id}]}
        )
