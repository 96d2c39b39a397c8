"""Every refusal has one shape, on every route."""

import json

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from sqlalchemy import text

from cloud.app import build_app
from cloud.foundation.errors import CloudError, NotFound, TooManyRequests, Unavailable
from cloud.foundation.web import Session
from cloud.foundation.web.errors import STATUS, status_of
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres


def _assert_shape(answer) -> dict[str, str]:
    body = answer.json()
    assert {"code", "message", "hint"} <= set(body), body
    assert all(isinstance(body[name], str) and body[name] for name in ("code", "message", "hint"))
    return body


def _operations(app: FastAPI) -> list[tuple[str, str]]:
    paths = app.openapi()["paths"]
    return [(method.upper(), path) for path, found in paths.items() for method in found]


async def test_every_route_answers_nonsense_in_the_one_shape(app, admin):
    for method, path in _operations(app):
        address = path
        while "{" in address:
            address = address[: address.index("{")] + "no-such" + address[address.index("}") + 1 :]
        token = (await admin.get("/api/v1/csrf")).json()["csrf_token"]
        headers = {"x-csrf-token": token, "content-type": "application/json"}
        if path.endswith("/sign-out") or path == "/api/v1/csrf":
            continue
        content = b'{"nonsense": ' if method in ("POST", "PUT", "PATCH") else None

        answer = await admin.request(method, address, content=content, headers=headers)

        assert answer.status_code < 500 or answer.status_code == 503, (method, path, answer.text)
        if answer.status_code >= 400 and path != "/ready":
            _assert_shape(answer)


async def test_every_documented_route_documents_its_refusals(app):
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            assert "4XX" in operation["responses"], (method, path)


async def test_an_unknown_address_is_told_as_json_to_a_program(client):
    answer = await client.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert _assert_shape(answer)["code"] == "not_found"


async def test_an_unknown_address_is_told_as_a_page_to_a_person(client):
    answer = await client.get("/nothing", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Check the address" in answer.text


async def test_a_wrong_method_names_the_right_ones(client):
    answer = await client.put("/api/v1/auth/sign-in", json={})

    assert answer.status_code == 405
    assert _assert_shape(answer)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        (b"{", "malformed", None),
        (b"\xff\xfe", "malformed", None),
        (b"[]", "invalid", None),
        (b'{"email": "a@b.de"}', "invalid", "password"),
        (b'{"email": 7, "password": "x"}', "invalid", "email"),
        (b'{"email": NaN, "password": "x"}', "invalid", "email"),
    ],
)
async def test_a_bad_body_names_the_input_to_blame(client, content, code, field):
    answer = await client.post(
        "/api/v1/auth/sign-in", content=content, headers={"content-type": "application/json"}
    )

    body = _assert_shape(answer)
    assert body["code"] == code
    assert body.get("field") == field


async def test_a_body_that_is_too_large_is_refused(client):
    answer = await client.post(
        "/api/v1/auth/sign-in",
        content=b" " * (2 * 1024 * 1024 + 1),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 413
    assert _assert_shape(answer)["code"] == "body_too_large"


async def test_a_failure_nobody_foresaw_tells_a_number_and_no_detail(app):
    async def fail() -> None:
        raise LookupError("the secret of the house")

    app.router.routes.insert(0, APIRoute("/api/v1/fail", fail))
    async with CloudClient(app) as client:
        answer = await client.get("/api/v1/fail", headers={"x-request-id": "number-for-them"})

    assert answer.status_code == 500
    assert "number-for-them" in _assert_shape(answer)["hint"]
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == "number-for-them"
    assert "content-security-policy" in answer.headers


async def test_a_database_that_is_away_is_told_with_the_time_to_wait(app, parts):
    async def read() -> None:
        raise Unavailable("The database does not answer.", hint="Wait.", retry_after_s=7)

    app.router.routes.insert(0, APIRoute("/api/v1/read", read))
    async with CloudClient(app) as client:
        answer = await client.get("/api/v1/read")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "7"


def test_an_error_has_the_status_of_its_nearest_family():
    class SlugUnknown(NotFound):
        pass

    assert status_of(SlugUnknown("x", hint="y")) == 404
    assert status_of(TooManyRequests("x", hint="y", retry_after_s=1)) == 429
    assert status_of(CloudError("x", hint="y")) == 500


def test_every_family_stands_in_the_table():
    families = {kind for kind in CloudError.__subclasses__() if kind.__module__.endswith("errors")}

    assert {kind for kind in families if kind.__module__ == "cloud.foundation.errors"} <= set(
        STATUS
    )


async def test_the_openapi_description_is_whole(client):
    document = (await client.get("/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert json.dumps(document).count('"ErrorAnswer"') >= 1
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (method, path)


async def test_a_person_reads_words_even_when_the_database_is_away(settings, clock):
    alone = settings.model_copy(
        update={"database_url": SecretStr("postgresql:///x?host=/nonexistent")}
    )
    app = build_app(alone, schema_head="0001", clock=clock)
    async with app.router.lifespan_context(app), CloudClient(app) as client:
        page = await client.get("/sign-in", headers={"accept": "text/html"})
        program = await client.get("/api/v1/staff/site", headers={"cookie": "scent_session=x"})

    assert page.status_code == program.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "The database does not answer." in page.text
    assert program.json()["code"] == "unavailable"


async def test_a_commit_that_fails_is_not_answered_as_a_success(app):
    async def write(session: Session) -> str:
        await session.execute(
            text("CREATE TEMPORARY TABLE once (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        )
        await session.execute(text("INSERT INTO once VALUES (1), (1)"))
        return "stored"

    app.router.routes.insert(0, APIRoute("/api/v1/write", write))
    async with CloudClient(app) as client:
        answer = await client.get("/api/v1/write")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
