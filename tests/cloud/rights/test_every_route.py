"""Every route of the application, asked by everybody: what it declares is what happens.

The routes and what they demand are read from the application, so a route that is added tomorrow
is held to the same.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text

from cloud.composition import Parts
from cloud.foundation import permits
from cloud.foundation.identity import Role
from cloud.foundation.permits import Permit
from cloud.foundation.web.dependencies import Allowed, CurrentUser
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient

# All that a long run walks, by every caller, takes minutes.
pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(900)]

STAFF_PLACES = ("/admin", "/api/v1/staff")
OWN_PLACES = (*STAFF_PLACES, "/account", "/api/v1/me")
# What strangers may change: cart and wishes, an order by its key, their way in; hubs and Stripe
# prove themselves otherwise.
PUBLIC_PLACES = (
    *("/api/v1/cart", "/api/v1/quotes", "/api/v1/checkout", "/api/v1/orders/", "/api/v1/auth/"),
    *("/api/v1/gift-cards/", "/gift-cards", "/api/v1/quiz", "/quiz", "/unsubscribe/"),
    *("/cart", "/checkout", "/orders/", "/sign-", "/forgot-password", "/link/", "/invitation/"),
    "/refills/",  # an announced refill by the key of its mail
    "/offers/",  # a prepared order by the key of its mail
    *(
        "/wishlist",
        "/tell-me",
        "/api/v1/wishlist",
        "/newsletter",
        "/api/v1/newsletter",
        "/theme",
        "/language",
        "/currency",
        "/v1/pairing/",
        "/v1/hubs/",
        "/webhooks/stripe",
    ),
)
SIGNED_IN = get_args(CurrentUser)[1].dependency
REFUSALS = {"sign_in_needed", "role_needed", "permit_needed", "token_useless"}
JSON = {"accept": "application/json"}
# No row has this id, and no order this number: what is let through finds nothing.
NOBODY = "9007199254740991"
SAMPLE = 60


@dataclass(frozen=True)
class Door:
    """One method of one address, and the permits that it demands."""

    method: str
    path: str
    demands: frozenset[Permit | None]

    @property
    def permits(self) -> frozenset[Permit]:
        return frozenset(one for one in self.demands if one is not None)


def doors(app: FastAPI) -> list[Door]:
    """Return everything that the application answers, in a stable order."""
    found = [
        Door(method, context.path or "", frozenset(demanded(route.dependant)))
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute)
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]
    return sorted(found, key=lambda door: (door.path, door.method))


def demanded(dependant: Dependant) -> Iterator[Permit | None]:
    """Return what the dependencies of a route demand of staff, however deep they stand."""
    for part in dependant.dependencies:
        if isinstance(part.call, Allowed):
            yield part.call.permit
        yield from demanded(part)


def staff_doors(app: FastAPI) -> list[Door]:
    return [door for door in doors(app) if door.demands]


@pytest.fixture
def chosen(app: FastAPI, is_long_run: bool) -> list[Door]:
    """All of staff's doors in a long run, else a choice that its printed seed makes again."""
    found = staff_doors(app)
    if is_long_run or len(found) <= SAMPLE:
        return found
    seed = random.randrange(10**6)
    print(f"doors sampled with seed {seed}")
    return random.Random(seed).sample(found, SAMPLE)


class Caller:
    """Somebody who knocks: with the form token that their cookies need, read once."""

    def __init__(self, client: CloudClient, token: str) -> None:
        self._client = client
        self._headers = {**JSON, "x-csrf-token": token}

    @classmethod
    async def of(cls, client: CloudClient) -> "Caller":
        return cls(client, (await client.get("/api/v1/csrf")).json()["csrf_token"])

    async def is_refused(self, door: Door) -> bool:
        """Knock with an id of nothing and a body of nonsense, and tell whether one stays out."""
        address = re.sub(r"{[^}]*}", NOBODY, door.path)
        body = None if door.method == "GET" else {"nonsense": True}
        answer = await self._client.request(door.method, address, headers=self._headers, json=body)
        assert answer.status_code < 500, (door, answer.text)
        return (
            answer.status_code in (401, 403)
            and answer.headers.get("content-type", "").startswith("application/json")
            and answer.json()["code"] in REFUSALS
        )


def test_every_staff_route_declares_a_permit_and_nothing_else_hides_there(app: FastAPI) -> None:
    found = doors(app)
    bare = {door.path for door in found if door.path.startswith(STAFF_PLACES) and not door.demands}
    without_permit = {door.path for door in staff_doors(app) if None in door.demands}

    assert not bare
    own = {"/admin", "/admin/search", "/admin/views", "/admin/views/{view_id}"}
    assert without_permit <= own | {"/api/v1/me/tokens", "/api/v1/me/tokens/{token_id}"} | {
        path for path in without_permit if path.startswith("/account/tokens")
    }
    assert len(staff_doors(app)) > 60


def test_what_programs_of_the_staff_ask_for_has_one_prefix(app: FastAPI) -> None:
    for door in staff_doors(app):
        if door.path.startswith("/api/"):
            assert door.path.startswith(("/api/v1/staff/", "/api/v1/me/")), door


def test_what_costs_money_or_cannot_be_undone_has_permits_of_its_own(app: FastAPI) -> None:
    wanted = {(door.method, door.path): door.permits for door in staff_doors(app)}

    order = "/admin/orders/{number}"
    assert wanted["GET", order] == {permits.ORDERS_VIEW}
    assert wanted["POST", f"{order}/ship"] == {permits.ORDERS_FULFIL}
    assert wanted["POST", f"{order}/cancel"] == {permits.ORDERS_CANCEL}
    assert wanted["POST", f"{order}/refund"] == {permits.ORDERS_REFUND}
    assert wanted["POST", "/admin/hubs/{hub_id}/revoke"] == {permits.HOMES_REVOKE}


def test_what_declares_nothing_and_changes_something_is_meant_for_everybody(app: FastAPI) -> None:
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path or ""
        if not isinstance(route, APIRoute) or is_for_somebody(route.dependant):
            continue
        assert not path.startswith(OWN_PLACES), path
        if (route.methods or set()) - {"GET", "HEAD"}:
            assert path.startswith(PUBLIC_PLACES), path


def is_for_somebody(dependant: Dependant) -> bool:
    """Tell whether a route asks for staff, or at least for somebody who is signed in."""
    return any(
        isinstance(part.call, Allowed) or part.call is SIGNED_IN or is_for_somebody(part)
        for part in dependant.dependencies
    )


async def test_strangers_and_customers_stay_out_of_every_staff_route(
    chosen: list[Door], client: CloudClient, customer: CloudClient
) -> None:
    for caller in (await Caller.of(client), await Caller.of(customer)):
        for door in chosen:
            assert await caller.is_refused(door), door


async def test_managers_and_admins_get_in_where_their_role_says(
    chosen: list[Door], staff: CloudClient, admin: CloudClient
) -> None:
    manager, chief = await Caller.of(staff), await Caller.of(admin)
    for door in chosen:
        assert await manager.is_refused(door) == (not door.permits <= permits.DAILY_WORK), door
        assert not await chief.is_refused(door), door


async def test_one_missing_permit_closes_what_demands_it_and_nothing_else(
    chosen: list[Door], staff: CloudClient, parts: Parts
) -> None:
    await hire(parts)
    caller = await Caller.of(staff)
    for permit in sorted({one for door in chosen for one in door.permits}):
        await hold(parts, permits.EVERYTHING - {permit})
        closed = [door for door in chosen if permit in door.permits]
        others = [door for door in chosen if permit not in door.permits]
        for door in closed:
            assert await caller.is_refused(door), (permit, door)
        if others:
            assert not await caller.is_refused(random.choice(others)), permit


async def test_a_token_opens_what_its_one_scope_is_for(
    app: FastAPI, chosen: list[Door], sign_in_as: SignInAs, parts: Parts
) -> None:
    admin = await sign_in_as(Role.ADMIN, "admin@example.org")
    chosen = [door for door in chosen if door.path.startswith("/api/")]
    wish = {"name": "Walk", "scopes": sorted(permits.BY_NAME)}
    made = (await admin.post_json("/api/v1/me/tokens", wish)).json()
    async with CloudClient(app, headers={"authorization": f"Bearer {made['token']}"}) as program:
        caller = Caller(program, "")
        for permit in sorted({one for door in chosen for one in door.permits}):
            async with parts.database.unit_of_work() as session:
                await session.execute(
                    text("UPDATE api_tokens SET scopes = ARRAY[:scope]"), {"scope": str(permit)}
                )
            others = [door for door in chosen if not door.permits <= {permit}]
            for door in [one for one in chosen if one.permits == {permit}]:
                assert not await caller.is_refused(door), (permit, door)
            if others:
                assert await caller.is_refused(random.choice(others)), permit


async def hire(parts: Parts) -> None:
    """Give every manager a role of its own."""
    async with parts.database.unit_of_work() as session:
        await session.execute(
            text(
                "WITH made AS (INSERT INTO role_definitions (name, description, version)"
                " VALUES ('Walker', '', 1) RETURNING id)"
                " UPDATE users SET role_definition_id = (SELECT id FROM made)"
                " WHERE role = 'MANAGER'"
            )
        )


async def hold(parts: Parts, held: frozenset[Permit]) -> None:
    """Let that role hold these permits."""
    async with parts.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM role_permits"))
        await session.execute(
            text(
                "INSERT INTO role_permits SELECT id, unnest(CAST(:names AS text[]))"
                " FROM role_definitions WHERE name = 'Walker'"
            ),
            {"names": sorted(str(permit) for permit in held)},
        )
