"""Maintenance mode: closed for customers, open for everything that must go on."""

import pytest

pytestmark = pytest.mark.needs_postgres


def _change(site: dict) -> dict:
    fixed = ("currency", "prices_include_tax")
    return {name: value for name, value in site.items() if name not in fixed}


@pytest.fixture
async def closed(admin):
    """The administrator of a shop that was just closed, with words of its own."""
    site = (await admin.get("/api/v1/staff/site")).json()
    words = "We count every bottle until noon."
    answer = await admin.put_json(
        "/api/v1/staff/site", {**_change(site), "is_closed": True, "closed_text": words}
    )
    assert answer.status_code == 200, answer.text
    return admin


@pytest.mark.parametrize("path", ["/", "/products", "/cart", "/checkout", "/sign-up"])
async def test_customers_read_that_the_shop_is_closed(closed, client, path):
    answer = await client.get(path)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "600"
    assert "We count every bottle until noon." in answer.text
    assert 'rel="stylesheet"' in answer.text


async def test_programs_read_it_as_json(closed, client):
    answer = await client.get("/api/v1/products")

    assert answer.status_code == 503
    assert answer.json()["code"] == "shop_closed"
    assert answer.headers["retry-after"] == "600"


async def test_staff_shop_on(closed):
    assert (await closed.get("/products")).status_code == 200
    assert (await closed.get("/api/v1/products")).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/sign-in", "/api/v1/csrf"])
async def test_what_must_go_on_goes_on(closed, client, path):
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/webhooks/stripe", "/v1/pairing/start", "/api/v1/orders/SC-1/pay"]
)
async def test_money_hubs_and_open_payments_are_not_shut_out(closed, client, path):
    answer = await client.post_json(path, {})

    assert answer.json().get("code") != "shop_closed"


async def test_customers_of_an_open_shop_come_in_again(closed, client):
    site = (await closed.get("/api/v1/staff/site")).json()
    await closed.put_json("/api/v1/staff/site", {**_change(site), "is_closed": False})

    assert (await client.get("/products")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/refills/1/undo/KEY",
        "/account/reorders/1/cancel",
        "/api/v1/me/reorders/1/cancel",
        "/newsletter/leave/1/KEY",
        "/api/v1/me/newsletter",
        "/account/subscriptions",
        "/api/v1/me/subscriptions",
    ],
)
async def test_what_runs_by_itself_can_be_stopped(closed, client, path):
    answer = await client.get(path)

    assert answer.status_code != 503
