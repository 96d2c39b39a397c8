"""Every address of the API against everybody who may knock."""

import pytest

from scentd.api.access import Scope
from scentd.api.routes import Door, Media
from scentd.api.server import api_routes

ROWS = api_routes("test")
VALUES = {
    "diffuser_id": "native-a1",
    "slot_no": "1",
    "schedule_id": "evening",
    "rule_id": "r1",
    "scene_id": "s1",
    "token_id": "t1",
    "member_id": "m1",
    "zone_id": "z1",
    "tracker_id": "room:w1",
}
CALLERS = ["nobody", "member", *Scope]


def expected_refusal(row, caller):
    if row.needs is Door.OPEN or caller == "member":
        return None
    if caller == "nobody":
        return 401, "sign_in_needed"
    if row.needs is Door.MEMBERS:
        return 403, "members_only"
    return None if caller == row.needs else (403, "scope_missing")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
async def test_each_caller_comes_in_exactly_where_its_scope_lets_it(row, nobody, member, program):
    path = row.path.format(**VALUES)
    for caller in CALLERS:
        known = {"nobody": nobody, "member": member}
        client = known.get(caller) or await program(Scope(caller))

        headers = {"X-CSRF-Token": client.csrf} if client.csrf else {}
        if row.media is Media.WEBSOCKET:
            headers |= {"Sec-WebSocket-Key": "x" * 22 + "==", "Sec-WebSocket-Version": "13"}
            headers |= {"Upgrade": "websocket", "Connection": "Upgrade"}
        body = {} if row.method in {"POST", "PUT", "PATCH"} else None
        async with client.session.request(row.method, path, json=body, headers=headers) as answer:
            refusal = expected_refusal(row, caller)
            if refusal is None:
                assert answer.status not in {401, 403}, caller
            else:
                assert (answer.status, (await answer.json())["code"]) == refusal, caller


def test_only_health_is_open():
    assert [row.path for row in ROWS if row.needs is Door.OPEN] == ["/health"]


def test_whatever_changes_something_is_no_get():
    reading = {Scope.READ, Door.OPEN}

    assert all(
        row.needs in reading or row.path == "/api/v1/tokens" for row in ROWS if row.method == "GET"
    )
    assert all(row.needs not in reading for row in ROWS if row.method != "GET")
