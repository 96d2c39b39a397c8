"""What surrounds every answer: form tokens, headers, ids, static files."""

import gzip

import pytest
from httpx2 import ASGITransport, AsyncClient

from cloud import migrations
from cloud.app import build_app

pytestmark = pytest.mark.needs_postgres

SIGN_IN = {"email": "a@example.org", "password": "whatever it is"}


async def test_a_form_without_its_token_is_refused(client):
    answer = await client.post("/sign-in", data=SIGN_IN)

    assert answer.status_code == 403
    assert "out of date" in answer.text


async def test_a_form_with_somebody_elses_token_is_refused(client, app):
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as other:
        stolen = (await other.get("/api/v1/csrf")).json()["csrf_token"]
    await client.get("/sign-in")

    answer = await client.post("/sign-in", data={**SIGN_IN, "csrf_token": stolen})

    assert answer.status_code == 403


async def test_a_planted_pair_of_cookie_and_token_is_refused(client):
    client.cookies.set("scent_csrf", "planted")

    answer = await client.post("/sign-in", data={**SIGN_IN, "csrf_token": "planted"})

    assert answer.status_code == 403


async def test_a_form_with_its_own_token_is_taken(client):
    answer = await client.post_form("/sign-in", SIGN_IN)

    assert "do not belong together" in answer.text


async def test_a_token_from_before_the_sign_in_is_worthless_after_it(client):
    before = (await client.get("/api/v1/csrf")).json()["csrf_token"]
    await client.post_json(
        "/api/v1/auth/sign-up", {"email": "a@example.org", "password": "four unrelated words"}
    )

    answer = await client.request(
        "PATCH", "/api/v1/me", json={"name": "Mallory"}, headers={"x-csrf-token": before}
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf"


async def test_json_with_a_cookie_needs_the_header(customer):
    answer = await customer.patch("/api/v1/me", json={"name": "Mallory"})

    assert answer.status_code == 403


async def test_json_without_any_cookie_needs_no_header(client):
    answer = await client.post("/api/v1/auth/sign-in", json=SIGN_IN)

    assert answer.json()["code"] == "wrong_credentials"


async def test_every_answer_carries_the_safe_headers(client):
    for path in ("/health", "/sign-in", "/nothing", "/api/v1/me"):
        headers = (await client.get(path)).headers

        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"]


async def test_an_answer_to_a_cookie_is_not_stored_anywhere(customer):
    assert (await customer.get("/api/v1/me")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "short", "né-" * 4])
async def test_a_strange_request_id_is_replaced(client, given):
    answer = await client.get("/health", headers={"x-request-id": given.encode()})

    assert answer.headers["x-request-id"] != given


async def test_over_https_cookies_are_bound_to_the_host(settings, clock):
    secure = settings.model_copy(update={"public_url": "https://shop.example.org"})
    app = build_app(secure, schema_head=migrations.head(), clock=clock)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="https://shop.example.org") as client,
    ):
        answer = await client.post(
            "/api/v1/auth/sign-up", json={"email": "a@b.org", "password": "four unrelated words"}
        )

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-scent_session=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


def _first_static(page: str) -> str:
    begin = page.index("/static/")
    return page[begin : page.index('"', begin)]


async def test_a_static_file_is_kept_for_ever_under_the_hash_of_its_content(client):
    answer = await client.get(_first_static((await client.get("/sign-in")).text))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")


async def test_a_static_file_under_an_old_hash_is_the_new_one_and_not_kept(client):
    current = _first_static((await client.get("/sign-in")).text)
    _, _, _, name = current.split("/", 3)

    answer = await client.get(f"/static/0123456789abcdef/{name}")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_static_file_is_not_sent_again_to_who_has_it(client):
    address = _first_static((await client.get("/sign-in")).text)
    tag = (await client.get(address)).headers["etag"]

    answer = await client.get(address, headers={"if-none-match": tag})

    assert answer.status_code == 304
    assert answer.content == b""


@pytest.mark.parametrize("name", ["../settings.py", "..%2f..%2fsettings.py", "nothing.css"])
async def test_no_other_file_is_reachable(client, name):
    answer = await client.get(f"/static/x/{name}", follow_redirects=True)

    assert answer.status_code == 404


async def test_text_travels_compressed(app, client):
    address = _first_static((await client.get("/sign-in")).text)
    async with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])

    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).startswith(b"/*")
