"""Every operation of the API, tried with what its description allows and forbids.

Nothing may answer 5xx, and every answer must be one that the description promises: status, type
and shape. A real server over real PostgreSQL; strangers, a customer and an admin ask.
"""

import asyncio
import os
import random
from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from sqlalchemy import text

from cloud.foundation.database import Database
from tests.fakes.shelf import put_on_shelf
from tests.fakes.two_servers import TwoServers, fill, two_servers
from tools.postgres_server import PostgresServer

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(1500)]

PASSWORD = "correct horse battery staple"
# What ends the very session that asks, or the account it belongs to.
ENDS_THE_SESSION = ("/auth/sign-out", "/sessions", "/me/password", "/me/erase", "/me/erasure")
checks.load_all_checks()
CHECKS = checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)
# Things that are there, so that what follows "not found" is tried too.
KNOWN = {"number": "SC-100001", "slug": "there-1"}


@pytest.fixture(scope="module")
def shop(
    postgres_server: PostgresServer, migrated_template: str, tmp_path_factory
) -> Iterator[TwoServers]:
    """A shop with some goods."""
    name = f"openapi_{os.getpid()}"
    postgres_server.create_database(name, migrated_template)
    url = postgres_server.sqlalchemy_url(name)
    fill(url)
    asyncio.run(_stock(url))
    yield from two_servers(
        url, tmp_path_factory.mktemp("openapi"), "pay", "mail", "worker", "first"
    )


async def _stock(url: str) -> None:
    database = Database(url)
    async with database.unit_of_work() as session:
        for number in range(1, 4):
            await put_on_shelf(session, f"THERE-{number}", bottles=1000)
    await database.close()


class Asker:
    """Somebody who asks: a browser's cookies, and the token that unsafe requests carry."""

    def __init__(self, shop: TwoServers, who: str) -> None:
        self.http = requests.Session()
        self.url = shop.urls[0]
        self._shop = shop
        self._email = f"{who}@example.org"
        self._role = who.upper()
        self._has_account = who != "stranger"
        self._number = 0
        self.come()

    def come(self) -> None:
        """Begin with fresh cookies, signed in unless a stranger."""
        self.http.cookies.clear()
        if self._has_account:
            self._sign_in()
        self.token = self.http.get(f"{self.url}/api/v1/csrf").json()["csrf_token"]

    def headers(self) -> dict[str, str]:
        """Return what every request carries; each comes from another address."""
        self._number += 1
        address = f"10.9.{self._number >> 8 & 255}.{self._number & 255}"
        return {"x-csrf-token": self.token, "x-forwarded-for": address}

    def _sign_in(self) -> None:
        self._number += 1
        email = f"{self._number}.{self._email}"
        body = {"email": email, "name": "Test", "password": PASSWORD}
        made = self.http.post(
            f"{self.url}/api/v1/auth/sign-up",
            json=body,
            headers={"x-forwarded-for": f"10.8.0.{self._number}"},
        )
        assert made.status_code == 201, made.text
        asyncio.run(self._promote(email))

    async def _promote(self, email: str) -> None:
        database = Database(self._shop.database_url)
        async with database.unit_of_work() as session:
            await session.execute(
                text("UPDATE users SET role = :role WHERE email = :email"),
                {"role": self._role, "email": email},
            )
        await database.close()


@pytest.mark.parametrize("who", ["stranger", "customer", "admin"])
def test_every_operation_answers_as_it_is_described(shop, who, is_long_run):
    chosen = random.randrange(2**32)
    print(f"seed {chosen}")
    asker = Asker(shop, who)
    # The first to ask waits while a thousand routes are described: seconds, on a busy machine more.
    schema = schemathesis.openapi.from_url(f"{asker.url}/openapi.json", timeout=60)
    problems: list[str] = []
    operations = 0

    for found in schema.get_all_operations():
        operation = found.ok()
        operations += 1
        try:
            _try(operation, asker, chosen, 60 if is_long_run else 3)
        except FailureGroup as problem:
            problems.append(f"{operation.label}: {problem}")

    print(f"{operations} operations as {who}")
    assert not problems, "\n\n".join(problems)


def _try(operation, asker: Asker, chosen: int, examples: int) -> None:
    chance = random.Random(chosen)

    @seed(chosen)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def attempt(case) -> None:
        for name in case.path_parameters if chance.random() < 0.5 else ():
            case.path_parameters[name] = KNOWN.get(name, 1)
        answer = case.call(
            base_url=asker.url, session=asker.http, headers=asker.headers(), timeout=60
        )
        case.validate_response(answer, checks=CHECKS)

    attempt()
    if any(part in operation.path for part in ENDS_THE_SESSION):
        asker.come()
