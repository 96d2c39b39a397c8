"""Roles of the shop's own, who may give what to whom, and tokens for programs."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from cloud.accounts.service.roles import seed_roles
from cloud.foundation.database import Database
from cloud.foundation.identity import Role
from tests.cloud.conftest import SignInAs
from tests.fakes.clock import ManualClock
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

ROLES = "/api/v1/staff/roles"
PEOPLE = "/api/v1/staff/people"


async def make_role(admin: CloudClient, name: str, *permits: str) -> int:
    answer = await admin.post_json(ROLES, {"name": name, "permits": permits})
    assert answer.status_code == 201, answer.text
    made: int = answer.json()["id"]
    return made


async def id_of(client: CloudClient) -> int:
    found: int = (await client.get("/api/v1/me")).json()["id"]
    return found


async def employ(admin: CloudClient, person: CloudClient, role_id: int) -> None:
    post = {"role": "MANAGER", "role_definition_id": role_id}
    answer = await admin.put_json(f"{PEOPLE}/{await id_of(person)}", post)
    assert answer.status_code == 204, answer.text


async def test_r30_what_a_role_loses_is_gone_with_the_next_request_of_an_open_session(
    admin: CloudClient, staff: CloudClient, database: Database
) -> None:
    role = await make_role(admin, "Viewer", "orders:view", "stock:view")
    await employ(admin, staff, role)
    before = [(await staff.get(path)).status_code for path in ("/admin/orders", "/admin/tags")]

    edit = {"name": "Viewer", "permits": ["stock:view"], "version": 1}
    changed = await admin.put_json(f"{ROLES}/{role}", edit)
    after = [(await staff.get(path)).status_code for path in ("/admin/orders", "/admin/stock")]
    async with database.unit_of_work() as session:
        await session.execute(
            text("INSERT INTO role_permits VALUES (:id, 'old:gone')"), {"id": role}
        )
    read = await admin.get(f"{ROLES}/{role}")
    late = await admin.put_json(f"{ROLES}/{role}", edit)
    await admin.remove(f"{ROLES}/{role}")

    assert before == [200, 403]
    assert changed.json()["version"] == 2
    assert after == [403, 200]
    assert read.json()["permits"] == ["stock:view"]
    assert (late.status_code, late.json()["version"]) == (412, 2)
    assert (await staff.get("/admin/orders")).status_code == 200  # the manager's daily work again


async def test_nobody_gives_what_they_lack_or_changes_themselves(
    admin: CloudClient, staff: CloudClient, customer: CloudClient
) -> None:
    rights = ("roles:view", "roles:change", "staff:view", "staff:change", "orders:view")
    own = await make_role(admin, "Team lead", *rights)
    strong = await make_role(admin, "Treasurer", "orders:refund")
    await employ(admin, staff, own)
    admin_id, staff_id, customer_id = [await id_of(one) for one in (admin, staff, customer)]

    answers = [
        await staff.post_json(ROLES, {"name": "Mine", "permits": ["orders:refund"]}),
        await staff.put_json(f"{ROLES}/{own}", {"name": "Best", "permits": [], "version": 1}),
        await staff.put_json(f"{PEOPLE}/{staff_id}", {"role": "ADMIN"}),
        await staff.put_json(f"{PEOPLE}/{customer_id}", {"role": "ADMIN"}),
        await staff.put_json(f"{PEOPLE}/{customer_id}", {"role": "MANAGER"}),
        await staff.put_json(
            f"{PEOPLE}/{customer_id}", {"role": "MANAGER", "role_definition_id": strong}
        ),
        await staff.put_json(f"{PEOPLE}/{admin_id}", {"role": "CUSTOMER"}),
        await staff.post_json("/api/v1/me/tokens", {"name": "t", "scopes": ["orders:refund"]}),
    ]
    codes = [answer.json()["code"] for answer in answers]
    fine = await staff.post_json(ROLES, {"name": "Looker", "permits": ["orders:view"]})
    copied = await staff.post_json(f"{ROLES}/{strong}/copy")

    assert codes == [
        "beyond_own",
        "own_role",
        "own_role",
        "beyond_own",
        "beyond_own",
        "beyond_own",
        "last_admin",
        "beyond_own",
    ]
    assert fine.status_code == 201
    assert (copied.json()["name"], copied.json()["permits"]) == ("Treasurer copy", [])


async def test_the_systems_roles_and_the_examples_are_there(
    admin: CloudClient, database: Database
) -> None:
    for _twice in range(2):
        async with database.unit_of_work() as session:
            await seed_roles(session)

    roles = {role["name"]: role for role in (await admin.get(ROLES)).json()}
    manager = roles["Manager"]["id"]
    edit = {"name": "Boss", "permits": [], "version": 1}
    refused = [
        await admin.put_json(f"{ROLES}/{manager}", edit),
        await admin.remove(f"{ROLES}/{manager}"),
        await admin.post_json(ROLES, {"name": "aDMIN", "permits": []}),
        await admin.post_json(ROLES, {"name": "Odd", "permits": ["orders:fly"]}),
        await admin.get(f"{ROLES}/999999"),
    ]

    assert list(roles) == ["Admin", "Manager", "Content editor", "Support agent"]
    assert "orders:refund" in roles["Manager"]["permits"]
    assert "orders:refund" not in roles["Support agent"]["permits"]
    assert [answer.json()["code"] for answer in refused] == [
        "system_role",
        "system_role",
        "role_name_taken",
        "permit_unknown",
        "role_not_found",
    ]


async def test_r31_of_two_admins_who_demote_each_other_one_stays(
    admin: CloudClient, sign_in_as: SignInAs, database: Database
) -> None:
    other = await sign_in_as(Role.ADMIN, "other@example.org")
    pairs = [(admin, await id_of(other)), (other, await id_of(admin))]

    answers = await asyncio.gather(
        *(who.put_json(f"{PEOPLE}/{whom}", {"role": "CUSTOMER"}) for who, whom in pairs)
    )

    assert sorted(answer.status_code for answer in answers) in ([204, 403], [204, 422])
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM users WHERE role='ADMIN'")) == 1


async def test_a_token_does_what_its_scopes_and_its_owner_may_and_nothing_else(
    app: FastAPI, staff: CloudClient, database: Database, clock: ManualClock
) -> None:
    wish = {"name": "Parcels", "scopes": ["orders:view", "orders:fulfil"], "days": 2}
    made = (await staff.post_json("/api/v1/me/tokens", wish)).json()
    program = CloudClient(app, headers={"authorization": f"Bearer {made['token']}"})
    staff.headers["authorization"] = f"Bearer {made['token']}x"

    statuses = {
        path: (await program.get(path)).status_code
        for path in ("/api/v1/staff/orders", "/api/v1/staff/disputes", "/api/v1/me")
    }
    parcel = {"carrier": "DHL", "lines": []}
    unsafe = await program.post("/api/v1/staff/orders/SC-1/shipments", json=parcel)
    tokens = await program.get("/api/v1/me/tokens")
    broken = await staff.get("/api/v1/staff/orders")  # the good cookie beside it does not help
    del staff.headers["authorization"]
    listed = (await staff.get("/api/v1/me/tokens")).json()
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE users SET role = 'CUSTOMER'"))
    fallen = await program.get("/api/v1/staff/orders")
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE users SET role = 'MANAGER'"))
    revoked = await staff.remove(f"/api/v1/me/tokens/{made['id']}")
    after = await program.get("/api/v1/staff/orders")
    await program.aclose()

    assert list(statuses.values()) == [200, 403, 401]
    assert unsafe.status_code in (404, 422)  # no form token was asked for
    assert tokens.status_code == 401
    assert broken.json()["code"] == "token_useless"
    assert listed[0]["last_used_at"] is not None
    assert "token" not in listed[0]
    assert fallen.json()["code"] == "role_needed"
    assert (revoked.status_code, after.json()["code"]) == (204, "token_useless")


async def test_a_token_ends_with_its_time_and_is_not_asked_too_often(
    app: FastAPI, staff: CloudClient, clock: ManualClock, database: Database
) -> None:
    wish = {"name": "Daily", "scopes": ["orders:view"], "days": 1}
    made = (await staff.post_json("/api/v1/me/tokens", wish)).json()
    program = CloudClient(app, headers={"authorization": f"Bearer {made['token']}"})
    async with database.unit_of_work() as session:
        await session.execute(
            text("INSERT INTO rate_limits VALUES (:key, :full)"),
            {"key": f"api-token:{made['id']}", "full": clock.now() + timedelta(minutes=1)},
        )

    busy = await program.get("/api/v1/staff/orders")
    clock.step(timedelta(days=1, seconds=1))
    late = await program.get("/api/v1/staff/orders")
    await program.aclose()

    assert busy.status_code == 429
    assert late.json()["code"] == "token_useless"
