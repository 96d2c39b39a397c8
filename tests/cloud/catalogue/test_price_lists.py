"""Staff enter prices of a bottle in other currencies, and currencies on offer."""

from typing import Any

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from tests.fakes.cloud_client import CloudClient
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

DOLLARS = {"currency": "USD", "rate": "1.0854", "rate_as_of": "2026-11-20", "ending": "90"}


async def offer(staff: CloudClient, *currencies: dict[str, str]) -> Any:
    site = (await staff.get("/api/v1/staff/site")).json()
    kept = {name: site[name] for name in site if name not in ("currency", "prices_include_tax")}
    return await staff.put_json("/api/v1/staff/site", {**kept, "currencies": currencies})


async def test_an_entered_price_wins_until_it_is_taken_away(
    database: Database, admin: CloudClient, client: CloudClient
) -> None:
    async with database.unit_of_work() as session:
        variant = await put_on_shelf(session)
    address = f"/api/v1/staff/variants/{variant.id}/prices"
    entered = {"prices": [{"currency": "USD", "price_minor": 2999, "sale_price_minor": None}]}
    assert (await offer(admin, DOLLARS)).status_code == 200

    async def price() -> Any:
        found = await client.get("/api/v1/products/cedber-50?currency=USD")
        return found.json()["variants"][0]["price"]["minor"]

    converted = await price()
    stored = await admin.put_json(address, entered)
    shown = await price()
    await admin.put_json(address, {"prices": []})

    assert (converted, shown, await price()) == (3190, 2999, 3190)
    assert stored.json() == entered
    async with database.reading() as connection:
        notes = await connection.scalar(
            text("SELECT count(*) FROM audit_entries WHERE action = 'prices'")
        )
    assert notes == 2


async def test_prices_that_cannot_be_are_refused(database: Database, admin: CloudClient) -> None:
    async with database.unit_of_work() as session:
        variant = await put_on_shelf(session)
    address = f"/api/v1/staff/variants/{variant.id}/prices"
    dollar = {"currency": "USD", "price_minor": 2999}

    async def code(*prices: dict[str, Any], at: str = address) -> tuple[int, str]:
        answer = await admin.put_json(at, {"prices": prices})
        return answer.status_code, answer.json()["code"]

    assert await code({"currency": "EUR", "price_minor": 1}) == (422, "main_currency_offered")
    assert (await code(dollar, dollar))[0] == 422
    assert (await code({**dollar, "sale_price_minor": 2999}))[0] == 422
    assert (await code(dollar, at="/api/v1/staff/variants/404/prices"))[0] == 404


async def test_the_shops_own_currency_and_one_twice_are_no_offers(admin: CloudClient) -> None:
    own = await offer(admin, {**DOLLARS, "currency": "EUR"})
    twice = await offer(admin, DOLLARS, DOLLARS)

    assert (own.status_code, own.json()["code"]) == (422, "main_currency_offered")
    assert twice.status_code == 422


async def test_staff_offer_currencies_on_a_page(admin: CloudClient) -> None:
    page = "/admin/settings/currencies"
    version = (await admin.get("/api/v1/staff/site")).json()["version"]
    typed = {
        "version": str(version),
        "currencies": "usd 1,0854 2026-11-20 90\nJPY 163.5 2026-11-20",
    }

    saved = await admin.post_form(page, typed)
    wrong = await admin.post_form(
        page, {"version": str(version + 1), "currencies": "USD one 2026-11-20"}
    )

    assert saved.status_code == 303, saved.text
    assert "USD 1.0854 2026-11-20 90\nJPY 163.5 2026-11-20 exact" in (await admin.get(page)).text
    assert wrong.status_code == 422
    assert "Write one a line, like: USD" in wrong.text
