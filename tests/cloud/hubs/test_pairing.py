"""A hub offers itself, an owner compares the words and says yes; nobody else can."""

from datetime import timedelta

import pytest

from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.rate_limits import RateLimiter
from cloud.hubs.events import HubPaired, HubRevoked
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.service import Pairings, revoke
from scentd.contracts.pairing import PairingRequestV1, fingerprint_words
from tests.fakes.hub import SpokenHub

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def owner(customer):
    return customer


async def offer(client, hub=None, **facts):
    hub = hub or SpokenHub()
    answer = await client.post(
        "/v1/pairing/offers", json={"public_key": hub.public_key.hex(), "name": "Attic", **facts}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(client, offered):
    answer = await client.post(
        "/v1/pairing/questions", json={"device_code": offered["device_code"]}
    )
    return answer.json()


async def approve(owner, offered, **facts):
    return await owner.post_json("/api/v1/pairing/approve", {"code": offered["user_code"], **facts})


async def test_an_offer_is_a_code_to_type_and_a_secret_to_ask_with(client):
    offered = await offer(client)

    assert len(offered["user_code"]) == 9
    assert offered["verification_url_complete"].endswith(f"?code={offered['user_code']}")
    assert (offered["expires_in_s"], offered["interval_s"]) == (600, 5)
    assert offered["device_code"] not in offered["verification_url_complete"]


async def test_the_owner_sees_the_words_of_the_hubs_own_key(client, owner):
    hub = SpokenHub()
    offered = await offer(client, hub)

    found = await owner.post_json(
        "/api/v1/pairing/look-up", {"code": offered["user_code"].lower().replace("-", " ")}
    )

    assert found.status_code == 200, found.text
    assert tuple(found.json()["words"]) == fingerprint_words(hub.public_key)
    assert found.json()["hub_name"] == "Attic"


async def test_a_hub_learns_its_place_once_the_owner_says_yes(client, owner):
    offered = await offer(client)
    before = await ask(client, offered)

    hub = (await approve(owner, offered)).json()
    after = await ask(client, offered)

    assert before["state"] == "pending"
    assert after["state"] == "approved"
    assert after["hub_id"] == hub["id"]
    assert (after["household_name"], after["audience"]) == ("Home", "http://127.0.0.1")


async def test_a_lost_answer_can_be_asked_for_again(client, owner, clock):
    offered = await offer(client)
    await approve(owner, offered)
    first = await ask(client, offered)
    await clock.advance(timedelta(minutes=20))

    assert await ask(client, offered) == first


async def test_a_second_hub_joins_the_same_household(client, owner):
    first = (await approve(owner, await offer(client))).json()
    second = (await approve(owner, await offer(client))).json()

    assert first["household_id"] == second["household_id"]
    assert first["id"] != second["id"]


async def test_a_code_is_used_once(client, owner):
    offered = await offer(client)
    await approve(owner, offered)

    again = await approve(owner, offered)

    assert (again.status_code, again.json()["code"]) == (409, "pairing_code_used")


async def test_a_refused_hub_learns_it_and_its_code_is_spent(client, owner):
    offered = await offer(client)

    await owner.post_json("/api/v1/pairing/deny", {"code": offered["user_code"]})

    assert (await ask(client, offered))["state"] == "denied"
    assert (await approve(owner, offered)).status_code == 409


async def test_a_code_is_over_after_ten_minutes(client, owner, clock):
    offered = await offer(client)
    await clock.advance(timedelta(minutes=10))
    state = (await ask(client, offered))["state"]

    # The sign-in is as old as the code, so another one is needed to get as far as the code.
    await owner.post_json(
        "/api/v1/auth/sign-in",
        {"email": "customer@example.org", "password": "correct horse battery staple"},
    )
    late = await approve(owner, offered)

    assert state == "expired"
    assert (late.status_code, late.json()["code"]) == (410, "pairing_code_expired")


@pytest.mark.parametrize("typed", ["", "short", "BCDFGHJK", "AAAA-AAAA", "x" * 40])
async def test_a_wrong_code_finds_nothing(client, owner, typed):
    answer = await owner.post_json("/api/v1/pairing/approve", {"code": typed})

    assert (answer.status_code, answer.json()["code"]) == (404, "pairing_code_unknown")
    assert answer.json()["field"] == "code"


async def test_after_five_wrong_codes_even_the_right_one_must_wait(client, owner, clock):
    offered = await offer(client)
    for _ in range(5):
        await owner.post_json("/api/v1/pairing/look-up", {"code": "BBBB-BBBB"})

    blocked = await approve(owner, offered)
    await clock.advance(timedelta(minutes=3, seconds=1))
    after = await approve(owner, offered)

    assert blocked.status_code == 429
    assert int(blocked.headers["retry-after"]) > 0
    assert after.status_code == 200


async def test_right_codes_are_not_counted(client, owner):
    for _ in range(8):
        offered = await offer(client)
        found = await owner.post_json("/api/v1/pairing/look-up", {"code": offered["user_code"]})
        assert found.status_code == 200


async def test_a_sign_in_older_than_ten_minutes_is_not_enough(client, owner, clock):
    await clock.advance(timedelta(minutes=10, seconds=1))
    offered = await offer(client)

    answer = await approve(owner, offered)

    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_sign_in_needed")


async def test_a_stranger_cannot_approve(client):
    offered = await offer(client)

    assert (await approve(client, offered)).status_code == 401


async def test_somebody_elses_household_takes_no_hub_of_mine(client, owner, sign_in_as):
    hers = (await approve(owner, await offer(client))).json()
    mallory = await sign_in_as(Role.CUSTOMER, "mallory@example.org")

    answer = await approve(mallory, await offer(client), household_id=hers["household_id"])

    assert (answer.status_code, answer.json()["code"]) == (403, "owner_needed")


async def test_a_hub_that_asks_too_often_is_told_to_slow_down(client, clock):
    offered = await offer(client)
    await ask(client, offered)

    hasty = await ask(client, offered)
    await clock.advance(timedelta(seconds=10))
    patient = await ask(client, offered)

    assert (hasty["state"], hasty["interval_s"]) == ("slow_down", 10)
    assert (patient["state"], patient["interval_s"]) == ("pending", 10)


async def test_a_made_up_secret_is_as_good_as_an_expired_one(client):
    answer = await ask(client, {"device_code": "x" * 43})

    assert answer["state"] == "expired"


async def test_offers_of_one_address_are_bounded(client):
    statuses = [
        (
            await client.post(
                "/v1/pairing/offers", json={"public_key": SpokenHub().public_key.hex()}
            )
        ).status_code
        for _ in range(22)
    ]

    assert statuses == [200] * 20 + [429] * 2


async def test_a_replaced_hub_keeps_its_number_and_its_old_key_is_worth_nothing(client, owner):
    old, new = SpokenHub(), SpokenHub()
    first = (await approve(owner, await offer(client, old))).json()

    second = await approve(owner, await offer(client, new), replaces_hub_id=first["id"])

    assert second.json()["id"] == first["id"]
    homes = (await owner.get("/api/v1/hubs")).json()
    assert [home["hub"]["id"] for home in homes] == [first["id"]]


async def test_only_a_hub_of_the_same_household_can_be_replaced(client, owner, sign_in_as):
    hers = (await approve(owner, await offer(client))).json()
    mallory = await sign_in_as(Role.CUSTOMER, "mallory@example.org")

    answer = await approve(mallory, await offer(client), replaces_hub_id=hers["id"])

    assert (answer.status_code, answer.json()["code"]) == (404, "hub_unknown")


async def test_a_key_that_moves_to_another_household_leaves_the_old_one(client, owner, sign_in_as):
    hub = SpokenHub()
    first = (await approve(owner, await offer(client, hub))).json()
    other = await sign_in_as(Role.CUSTOMER, "bob@example.org")

    second = (await approve(other, await offer(client, hub))).json()

    (home,) = (await owner.get("/api/v1/hubs")).json()
    assert second["id"] != first["id"]
    assert home["hub"]["revoked_at"] is not None


async def test_a_removed_hub_is_listed_as_removed_and_removed_once(client, owner):
    hub = (await approve(owner, await offer(client))).json()

    removed = await owner.remove(f"/api/v1/hubs/{hub['id']}")
    again = await owner.remove(f"/api/v1/hubs/{hub['id']}")

    (home,) = (await owner.get("/api/v1/hubs")).json()
    assert (removed.status_code, again.status_code) == (204, 204)
    assert home["hub"]["revoked_at"] is not None


@pytest.mark.parametrize("method", ["remove", "rename"])
async def test_nobody_touches_the_hub_of_another(client, owner, sign_in_as, method):
    hub = (await approve(owner, await offer(client))).json()
    mallory = await sign_in_as(Role.CUSTOMER, "mallory@example.org")

    path = f"/api/v1/hubs/{hub['id']}"
    answer = await (
        mallory.remove(path) if method == "remove" else mallory.patch_json(path, {"name": "Mine"})
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "hub_unknown")


async def test_pairing_and_removing_are_told_to_whoever_listens(database, heard, make_user, clock):
    user = SignedIn(
        user_id=await make_user("ann@example.org"),
        email="ann@example.org",
        name="Ann",
        role=Role.CUSTOMER,
        session_id=1,
        signed_in_at=clock.now(),
    )
    pairings = Pairings(RateLimiter(database, clock), "http://127.0.0.1")
    request = PairingRequestV1(public_key=SpokenHub().public_key.hex(), name="Attic")

    async with database.unit_of_work() as session:
        offered = await pairings.offer(session, request, address="::1", now=clock.now())
        hub = await pairings.approve(
            session, user, offered.user_code, address="::1", now=clock.now()
        )
        for _ in range(2):
            await revoke(session, HubKey(hub.household_id, hub.id), clock.now())

    assert heard == [
        HubPaired(hub.household_id, hub.id),
        HubRevoked(hub.household_id, hub.id),
    ]
