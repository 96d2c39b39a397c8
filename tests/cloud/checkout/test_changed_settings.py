"""Settings that change between the look at a cart and the payment."""

import pytest

from cloud.foundation.identity import Role
from tests.cloud.checkout.test_cart_checkout import FORM, check_out, fill_cart, session_of
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres


async def _dearer(admin: CloudClient) -> None:
    """Make every parcel cost 90 cents, whatever it is worth."""
    site = (await admin.get("/api/v1/staff/site")).json()
    methods = [
        {**method, "free_from_minor": None, "steps": [{"up_to_g": 30_000, "price_minor": 90}]}
        for method in site["shipping_methods"]
    ]
    fixed = ("currency", "prices_include_tax")
    change = {name: value for name, value in site.items() if name not in fixed}
    answer = await admin.put_json("/api/v1/staff/site", {**change, "shipping_methods": methods})
    assert answer.status_code == 200, answer.text


async def test_r42_who_looked_before_the_change_sees_the_new_total_before_paying(
    market: Market, client: CloudClient, sign_in_as: SignInAs
) -> None:
    await fill_cart(market, client)
    await _dearer(await sign_in_as(Role.ADMIN, "boss@example.org"))

    refused = await client.post_json("/api/v1/checkout", FORM)

    assert refused.status_code == 409
    assert refused.json()["code"] == "total_changed"
    assert await market.scalar("SELECT count(*) FROM orders") == 0
    await check_out(client, seen_total_minor=FORM["seen_total_minor"] + 90)


async def test_r42_an_order_that_is_placed_keeps_its_terms(
    market: Market, client: CloudClient, sign_in_as: SignInAs
) -> None:
    await fill_cart(market, client)
    placed = await check_out(client)
    await _dearer(await sign_in_as(Role.ADMIN, "boss@example.org"))

    market.stripe.pay(session_of(placed))
    await market.settle()

    assert await market.scalar("SELECT status FROM orders") == "PAID"
    assert await market.scalar("SELECT total_minor FROM orders") == FORM["seen_total_minor"]
    assert await market.scalar("SELECT shipping_minor FROM orders") == 0
