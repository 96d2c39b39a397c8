"""One's own account: profile, password, devices, addresses; and roles."""

import asyncio

import pytest
from sqlalchemy import text

from cloud.accounts.errors import LastAdmin
from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"
HOME = {
    "recipient": "Robin",
    "line1": "Lindenweg 7",
    "city": "Berlin",
    "postcode": "10115",
    "country": "DE",
}


async def test_a_profile_changes_only_what_is_given(customer):
    answer = await customer.patch_json("/api/v1/me", {"language": "de"})

    assert answer.json()["language"] == "de"
    assert answer.json()["name"] == "Test"


async def test_a_new_password_signs_out_every_other_device(app, customer):
    async with CloudClient(app) as phone:
        await phone.post_json(
            "/api/v1/auth/sign-in", {"email": "customer@example.org", "password": PASSWORD}
        )
        answer = await customer.put_json(
            "/api/v1/me/password", {"old": PASSWORD, "new": "an entirely new secret"}
        )

        assert answer.status_code == 204
        assert (await phone.get("/api/v1/me")).status_code == 401
    assert (await customer.get("/api/v1/me")).status_code == 200


async def test_a_new_password_needs_the_old_one(customer):
    answer = await customer.put_json(
        "/api/v1/me/password", {"old": "not this one", "new": "an entirely new secret"}
    )

    assert answer.json()["code"] == "wrong_credentials"


async def test_one_device_can_sign_out_another(app, customer):
    async with CloudClient(app, headers={"user-agent": "lost phone"}) as phone:
        await phone.post_json(
            "/api/v1/auth/sign-in", {"email": "customer@example.org", "password": PASSWORD}
        )
        listed = (await customer.get("/api/v1/me/sessions")).json()
        lost = next(live for live in listed if live["device"] == "lost phone")
        await customer.remove(f"/api/v1/me/sessions/{lost['id']}")

        assert (await phone.get("/api/v1/me")).status_code == 401
    assert [live["is_current"] for live in listed].count(True) == 1


async def test_nobody_ends_sessions_of_others(customer, sign_in_as):
    other = await sign_in_as(Role.CUSTOMER, "other@example.org")
    theirs = (await other.get("/api/v1/me/sessions")).json()[0]["id"]

    await customer.remove(f"/api/v1/me/sessions/{theirs}")

    assert (await other.get("/api/v1/me")).status_code == 200


async def test_the_first_address_of_a_kind_is_its_default(customer):
    shipping = (await customer.post_json("/api/v1/me/addresses", HOME)).json()
    billing = (await customer.post_json("/api/v1/me/addresses", {**HOME, "kind": "BILLING"})).json()
    second = (await customer.post_json("/api/v1/me/addresses", HOME)).json()

    assert (shipping["is_default"], billing["is_default"], second["is_default"]) == (
        True,
        True,
        False,
    )


async def test_another_default_takes_the_mark_from_the_old_one(customer):
    first = (await customer.post_json("/api/v1/me/addresses", HOME)).json()
    second = (await customer.post_json("/api/v1/me/addresses", HOME)).json()

    await customer.put_json(f"/api/v1/me/addresses/{second['id']}/default")

    listed = (await customer.get("/api/v1/me/addresses")).json()
    assert {address["id"]: address["is_default"] for address in listed} == {
        first["id"]: False,
        second["id"]: True,
    }


async def test_removing_the_default_leaves_a_default(customer):
    first = (await customer.post_json("/api/v1/me/addresses", HOME)).json()
    await customer.post_json("/api/v1/me/addresses", HOME)

    await customer.remove(f"/api/v1/me/addresses/{first['id']}")

    (left,) = (await customer.get("/api/v1/me/addresses")).json()
    assert left["is_default"] is True


async def test_an_address_can_be_rewritten(customer):
    address = (await customer.post_json("/api/v1/me/addresses", HOME)).json()

    answer = await customer.put_json(
        f"/api/v1/me/addresses/{address['id']}", {**HOME, "city": "Potsdam"}
    )

    assert answer.json()["city"] == "Potsdam"


@pytest.mark.parametrize("bad", [{"country": "Germany"}, {"country": "de"}, {"city": "  "}])
async def test_an_address_that_cannot_be_is_refused(customer, bad):
    answer = await customer.post_json("/api/v1/me/addresses", {**HOME, **bad})

    assert answer.status_code == 422
    assert answer.json()["field"] in bad


async def test_nobody_sees_or_changes_addresses_of_others(customer, sign_in_as):
    other = await sign_in_as(Role.CUSTOMER, "other@example.org")
    theirs = (await other.post_json("/api/v1/me/addresses", HOME)).json()["id"]

    seen = (await customer.get("/api/v1/me/addresses")).json()
    changed = await customer.put_json(f"/api/v1/me/addresses/{theirs}", HOME)
    removed = await customer.remove(f"/api/v1/me/addresses/{theirs}")

    assert seen == []
    assert (changed.status_code, removed.status_code) == (404, 404)


async def test_two_defaults_of_a_kind_are_refused_by_the_database_itself(customer, database):
    await customer.post_json("/api/v1/me/addresses", HOME)

    async def copy_default() -> None:
        async with database.unit_of_work() as session:
            await session.execute(
                text("""
                    INSERT INTO addresses (user_id, kind, is_default, recipient, line1, line2,
                                           city, region, postcode, country, phone)
                    SELECT user_id, kind, is_default, recipient, line1, line2,
                           city, region, postcode, country, phone FROM addresses
                """)
            )

    with pytest.raises(Exception, match="uq_addresses_default"):
        await copy_default()


STAFF_ROUTES = [("GET", "/api/v1/staff/users"), ("GET", "/api/v1/staff/site")]
ADMIN_ROUTES = [("PUT", "/api/v1/staff/users/1/role"), ("PUT", "/api/v1/staff/site")]


@pytest.mark.parametrize(("method", "path"), STAFF_ROUTES + ADMIN_ROUTES)
async def test_staff_routes_are_closed_to_customers_and_strangers(client, customer, method, path):
    token = (await customer.get("/api/v1/csrf")).json()["csrf_token"]

    assert (await client.request(method, path)).status_code == 401
    refused = await customer.request(method, path, headers={"x-csrf-token": token})
    assert refused.json()["code"] == "role_needed"


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
async def test_admin_routes_are_closed_to_managers(staff, method, path):
    token = (await staff.get("/api/v1/csrf")).json()["csrf_token"]

    refused = await staff.request(method, path, headers={"x-csrf-token": token})

    assert refused.status_code == 403


async def test_staff_find_accounts_by_part_of_name_or_address(staff, customer):
    found = (await staff.get("/api/v1/staff/users?matching=CUSTOMER@")).json()
    nobody = (await staff.get("/api/v1/staff/users?matching=%25")).json()
    paged = (await staff.get(f"/api/v1/staff/users?after={found[0]['id'] - 1}&limit=1")).json()

    assert [user["email"] for user in found] == ["customer@example.org"]
    assert nobody == []
    assert paged == found


async def test_a_role_taken_away_is_gone_with_the_next_request(admin, staff):
    manager = (await staff.get("/api/v1/me")).json()["id"]

    await admin.put_json(f"/api/v1/staff/users/{manager}/role", {"role": "CUSTOMER"})

    assert (await staff.get("/api/v1/staff/users")).status_code == 403


async def test_the_last_admin_stays_admin(admin):
    me = (await admin.get("/api/v1/me")).json()["id"]

    answer = await admin.put_json(f"/api/v1/staff/users/{me}/role", {"role": "MANAGER"})

    assert answer.json()["code"] == "last_admin"


async def test_two_admins_who_demote_each_other_at_once_leave_one(admin, sign_in_as, parts):
    other = await sign_in_as(Role.ADMIN, "other@example.org")
    ids = [(await client.get("/api/v1/me")).json()["id"] for client in (admin, other)]

    async def demote(user_id: int) -> str:
        try:
            async with parts.database.unit_of_work() as session:
                await parts.desk.users.set_role(session, user_id, Role.MANAGER)
        except LastAdmin:
            return "refused"
        return "done"

    outcomes = await asyncio.gather(*(demote(user_id) for user_id in ids))

    assert sorted(outcomes) == ["done", "refused"]
