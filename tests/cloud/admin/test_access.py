"""What staff pages answer strangers, and what every form must carry.

Who may open which of them: `tests/cloud/rights`.
"""

import pytest
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres

HTML = {"accept": "text/html"}


async def test_strangers_are_led_to_the_sign_in_and_their_forms_are_refused(
    client: CloudClient,
) -> None:
    token = (await client.get("/api/v1/csrf")).json()["csrf_token"]
    page = await client.get("/admin/orders", headers=HTML)
    form = await client.post(
        "/admin/orders/SC-100001/cancel", data={"csrf_token": token}, headers=HTML
    )

    assert page.status_code == 303
    assert page.headers["location"].startswith("/sign-in?next=")
    assert form.status_code == 401


async def test_a_role_that_was_taken_away_ends_at_once(staff: CloudClient, market: Market) -> None:
    before = await staff.get("/admin/orders")
    async with market.database.unit_of_work() as session:
        await session.execute(text("UPDATE users SET role = 'CUSTOMER'"))

    assert before.status_code == 200
    assert (await staff.get("/admin/orders")).status_code == 403


async def test_every_form_of_the_staff_carries_its_token_and_is_refused_without(
    admin: CloudClient, market: Market, place: Place
) -> None:
    await place(2)
    number = await market.scalar("SELECT number FROM orders")

    for path in ("/admin/orders", f"/admin/orders/{number}", "/admin/staff", "/admin/stock"):
        forms = (await admin.get(path)).text.split("<form ")[1:]
        posts = [form.split("</form>")[0] for form in forms if 'method="post"' in form]

        assert posts
        for form in posts:
            assert 'name="csrf_token"' in form
    answer = await admin.post(f"/admin/orders/{number}/cancel", data={"reason": "x"}, headers=HTML)
    assert answer.status_code == 403
    assert "out of date" in answer.text


async def test_staff_pages_stay_out_of_search_engines(staff: CloudClient) -> None:
    assert '<meta name="robots" content="noindex">' in (await staff.get("/admin/orders")).text
