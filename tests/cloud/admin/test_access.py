"""Who may open which staff page, and what every form must carry."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place

pytestmark = pytest.mark.needs_postgres

ADMIN_ONLY = {("POST", "/admin/hubs/revoke")}
FILLED_IN = {"number": "SC-100001"}
HTML = {"accept": "text/html"}


def staff_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return every method and path below /admin."""
    return [
        (method, route.path)
        for route in all_routes(app)
        if route.path.startswith("/admin")
        for method in route.methods
        if method != "HEAD"
    ]


def all_routes(app: FastAPI) -> list[APIRoute]:
    """Return the application's routes, those of included routers too."""
    found: list[APIRoute] = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            waiting += getattr(getattr(route, "original_router", None), "routes", [])
    return found


async def knock(client: CloudClient, method: str, path: str) -> int:
    """Ask for a staff address with a good form token, and return the status."""
    address = path.format(**FILLED_IN)
    if method == "GET":
        return (await client.get(address, headers=HTML)).status_code
    token = (await client.get("/api/v1/csrf")).json()["csrf_token"]
    answer = await client.request(method, address, data={"csrf_token": token}, headers=HTML)
    return answer.status_code


def test_the_staff_have_their_pages(app: FastAPI) -> None:
    found = staff_routes(app)

    assert ("GET", "/admin/orders") in found
    assert ("POST", "/admin/orders/{number}/refund") in found
    assert len(found) >= 10


async def test_strangers_are_led_to_the_sign_in_and_their_forms_are_refused(
    app: FastAPI, client: CloudClient
) -> None:
    for method, path in staff_routes(app):
        assert await knock(client, method, path) == (303 if method == "GET" else 401), path


async def test_customers_are_kept_out_of_every_staff_page(
    app: FastAPI, customer: CloudClient
) -> None:
    for method, path in staff_routes(app):
        assert await knock(customer, method, path) == 403, path


async def test_managers_do_all_but_what_is_for_admins(app: FastAPI, staff: CloudClient) -> None:
    for method, path in staff_routes(app):
        is_kept_out = await knock(staff, method, path) in (401, 403)

        assert is_kept_out == ((method, path) in ADMIN_ONLY), path


async def test_admins_may_do_everything(app: FastAPI, admin: CloudClient) -> None:
    for method, path in staff_routes(app):
        assert await knock(admin, method, path) not in (401, 403), path


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

    for path in ("/admin/orders", f"/admin/orders/{number}", "/admin/hubs", "/admin/stock"):
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
