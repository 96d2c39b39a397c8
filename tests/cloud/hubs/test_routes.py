"""Hubs over HTTP: proof, events, changes, and the walls between households."""

import json
from datetime import timedelta

import pytest
import zstandard

from cloud.hubs.service import revoke
from cloud.hubs.service.sessions import SESSION_LIFE
from scentd.contracts.sync import ProtocolRange, session_claim
from tests.fakes.hub import SpokenHub, cartridge, edit

pytestmark = pytest.mark.needs_postgres

AUDIENCE = "http://127.0.0.1"


@pytest.fixture
def database(parts):
    """The application's own database: what a route stores, these tests read."""
    return parts.database


class Caller:
    """A hub's HTTP client: it signs, keeps its token and says what a test tells it to."""

    def __init__(self, client, hub, hub_id):
        self.client = client
        self.hub = hub
        self.hub_id = hub_id
        self.token = ""

    def url(self, path=""):
        return f"/v1/hubs/{self.hub_id}{path}"

    async def hello(self, **changes):
        nonce = (await self.client.post(self.url("/nonces"))).json()["nonce"]
        return self.signed({"nonce": nonce, **changes})

    def signed(self, facts):
        audience = facts.pop("audience", AUDIENCE)
        claim = session_claim(facts["nonce"], self.hub_id, audience, ProtocolRange())
        return {
            "signature": self.hub.key.sign(claim).hex(),
            "lineage": self.hub.lineage,
            "last": len(self.hub.lines),
            "acked": 0,
            "at_ms": 0,
            "clock_ok": True,
            "protocol": {"oldest": 1, "newest": 1},
            **facts,
        }

    async def connect(self, **changes):
        answer = await self.client.post(self.url("/sessions"), json=await self.hello(**changes))
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return answer

    @property
    def headers(self):
        return {"authorization": f"Bearer {self.token}"}

    async def send(self, first=1, last=None, *, encoding="zstd", body=None, **headers):
        body = self.hub.batch(first, last) if body is None else body
        if encoding == "zstd":
            body = zstandard.ZstdCompressor().compress(body)
        return await self.client.post(
            self.url("/events"),
            content=body,
            headers={
                **self.headers,
                "x-lineage": self.hub.lineage,
                "content-encoding": encoding,
                **headers,
            },
        )

    async def changes(self, since=0, **params):
        return await self.client.get(
            self.url("/changes"), params={"since": since, **params}, headers=self.headers
        )


@pytest.fixture
def make_caller(client, make_household, make_user, clock):
    async def make(email="ann@example.org"):
        hub = SpokenHub()
        key = await make_household(await make_user(email), hub, paired_at=clock.now())
        caller = Caller(client, hub, key.hub_id)
        caller.key = key
        return caller

    return make


@pytest.fixture
async def caller(make_caller):
    caller = await make_caller()
    await caller.connect()
    return caller


async def test_a_hub_that_signs_its_challenge_gets_a_session(make_caller):
    caller = await make_caller()

    answer = await caller.connect()

    told = answer.json()
    assert answer.status_code == 200
    assert told["position"] is None
    assert told["version"] == 0
    assert told["expires_in_s"] == 3600
    assert told["spread_s"] >= 1


async def test_a_session_tells_where_the_log_stands(caller):
    caller.hub.says("x", {})
    await caller.send()

    told = (await caller.connect()).json()

    assert told["position"] == {"acked": 1, "chain": caller.hub.chain_at(1).hex()}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signature": "00" * 64}, "proof_refused"),
        ({"audience": "https://evil.example"}, "proof_refused"),
        ({"nonce": "11" * 32}, "challenge_over"),
        ({"protocol": {"oldest": 7, "newest": 9}}, "proof_refused"),
    ],
)
async def test_a_proof_that_is_not_exactly_right_opens_nothing(make_caller, change, code):
    caller = await make_caller()

    answer = await caller.connect(**change)

    assert answer.status_code == 401
    assert answer.json()["code"] == code


async def test_a_hub_from_the_future_is_told_to_update_or_wait(make_caller):
    caller = await make_caller()
    nonce = (await caller.client.post(caller.url("/nonces"))).json()["nonce"]
    claim = session_claim(nonce, caller.hub_id, AUDIENCE, ProtocolRange(oldest=7, newest=9))

    answer = await caller.client.post(
        caller.url("/sessions"),
        json=caller.signed(
            {
                "nonce": nonce,
                "protocol": {"oldest": 7, "newest": 9},
                "signature": caller.hub.key.sign(claim).hex(),
            }
        ),
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "protocol_unsupported")


async def test_a_signature_is_good_once(make_caller):
    caller = await make_caller()
    hello = await caller.hello()
    await caller.client.post(caller.url("/sessions"), json=hello)

    again = await caller.client.post(caller.url("/sessions"), json=hello)

    assert again.json()["code"] == "challenge_over"


async def test_a_challenge_is_over_after_a_minute(make_caller, clock):
    caller = await make_caller()
    hello = await caller.hello()
    await clock.advance(timedelta(seconds=61))

    answer = await caller.client.post(caller.url("/sessions"), json=hello)

    assert answer.json()["code"] == "challenge_over"


async def test_challenges_asked_by_strangers_leave_a_hub_able_to_connect(make_caller):
    caller = await make_caller()
    for _ in range(25):
        await caller.client.post(caller.url("/nonces"))

    assert (await caller.connect()).status_code == 200


async def test_a_new_session_ends_the_one_before(caller):
    old = dict(caller.headers)
    await caller.connect()

    answer = await caller.client.get(caller.url("/changes?since=0"), headers=old)

    assert (answer.status_code, answer.json()["code"]) == (401, "session_invalid")


async def test_a_session_ends_after_an_hour(caller, clock):
    await clock.advance(SESSION_LIFE)

    answer = await caller.changes()

    assert answer.json()["code"] == "session_invalid"


@pytest.mark.parametrize("encoding", ["zstd", "identity"])
async def test_a_batch_is_taken_and_confirmed(caller, clock, encoding):
    caller.hub.says("cartridge.fitted", cartridge())

    answer = await caller.send(encoding=encoding)

    assert answer.status_code == 200
    assert answer.json() == {
        "acked": 1,
        "chain": caller.hub.chain_at(1).hex(),
        "server_ms": int(clock.now().timestamp() * 1000),
        "retry_after_s": None,
    }


async def test_a_batch_sent_again_is_answered_with_the_position(caller):
    caller.hub.says("x", {})
    await caller.send()

    answer = await caller.send()

    assert answer.status_code == 409
    told = answer.json()
    assert (told["code"], told["acked"], told["chain"]) == (
        "position",
        1,
        caller.hub.chain_at(1).hex(),
    )


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"", "identity", 400),
        (b"not json\n{}", "identity", 400),
        (b'{"first":1}\n{}\n', "identity", 400),
        (b"garbage", "gzip", 400),
        (b"x" * 300_000, "identity", 413),
        (b"x" * 300_000, "zstd", 413),
        (b"x" * 30_000_000, "zstd", 413),
    ],
)
async def test_a_batch_that_is_none_stores_nothing(caller, body, encoding, status):
    answer = await caller.send(body=body, encoding=encoding)

    assert answer.status_code == status
    assert set(answer.json()) >= {"code", "message", "hint"}


async def test_a_batch_of_too_many_events_is_refused(caller):
    for _ in range(501):
        caller.hub.says("x", {})

    answer = await caller.send()

    assert (answer.status_code, answer.json()["code"]) == (413, "batch_too_large")


async def test_bytes_that_are_not_zstd_are_refused(caller):
    answer = await caller.client.post(
        caller.url("/events"),
        content=b"not zstd",
        headers={
            **caller.headers,
            "x-lineage": caller.hub.lineage,
            "content-encoding": "zstd",
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "batch_malformed")


async def test_changes_come_in_pages_in_the_order_of_their_versions(caller):
    for number in range(5):
        caller.hub.says("document.edit", edit("name", number, key=f"r{number}"))
    await caller.send()

    first = (await caller.changes(limit=3)).json()
    second = (await caller.changes(since=first["next"], limit=3)).json()
    third = (await caller.changes(since=second["next"])).json()

    assert [len(page["documents"]) for page in (first, second, third)] == [3, 2, 0]
    assert [page["more"] for page in (first, second, third)] == [True, False, False]
    versions = [doc["version"] for page in (first, second) for doc in page["documents"]]
    assert versions == [1, 2, 3, 4, 5]
    assert json.loads(second["documents"][0]["fields"]["name"]["value"]) == 3


@pytest.mark.parametrize("since", [99, 2**40])
async def test_a_cursor_from_a_future_that_never_was_asks_for_a_snapshot(caller, since):
    answer = await caller.changes(since=since)

    assert (answer.status_code, answer.json()["code"]) == (410, "too_old")


async def test_a_removed_hub_is_refused_at_its_next_request(caller, parts, clock):
    caller.hub.says("x", {})
    hello = await caller.hello()
    async with parts.database.unit_of_work() as session:
        await revoke(session, caller.key, clock.now())

    sent = await caller.send()
    asked = await caller.changes()
    signed = await caller.client.post(caller.url("/sessions"), json=hello)

    assert (sent.status_code, asked.status_code) == (401, 401)
    assert (signed.status_code, signed.json()["code"]) == (401, "hub_revoked")


async def test_a_hub_that_leaves_is_removed(caller):
    left = await caller.client.delete(caller.url(), headers=caller.headers)

    assert left.status_code == 204
    assert (await caller.changes()).status_code == 401


class TestWallsBetweenHouseholds:
    @pytest.fixture
    async def neighbour(self, make_caller):
        neighbour = await make_caller("bob@example.org")
        await neighbour.connect()
        neighbour.hub.says("document.edit", edit("name", "Bob's secret"))
        await neighbour.send()
        return neighbour

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/changes?since=0"),
            ("GET", "/snapshot"),
            ("POST", "/events"),
            ("DELETE", ""),
        ],
    )
    async def test_a_token_opens_no_other_hub(self, caller, neighbour, method, path):
        headers = {
            **caller.headers,
            "x-lineage": neighbour.hub.lineage,
            "content-encoding": "identity",
        }

        answer = await caller.client.request(
            method, neighbour.url(path), headers=headers, content=neighbour.hub.batch(1)
        )

        assert (answer.status_code, answer.json()["code"]) == (401, "session_invalid")
        assert "secret" not in answer.text

    async def test_a_proof_of_one_hub_opens_no_other(self, caller, neighbour):
        nonce = (await caller.client.post(neighbour.url("/nonces"))).json()["nonce"]

        answer = await caller.client.post(
            neighbour.url("/sessions"), json=caller.signed({"nonce": nonce})
        )

        assert answer.json()["code"] == "proof_refused"

    async def test_a_challenge_of_one_hub_is_none_of_another(self, caller, neighbour):
        nonce = (await caller.client.post(neighbour.url("/nonces"))).json()["nonce"]

        answer = await caller.client.post(
            caller.url("/sessions"), json=caller.signed({"nonce": nonce})
        )

        assert answer.json()["code"] == "challenge_over"

    async def test_the_same_document_of_two_households_are_two(self, caller, neighbour):
        caller.hub.says("document.edit", edit("name", "Ann's own"))
        await caller.send()

        page = (await caller.changes()).text
        snapshot = await caller.client.get(caller.url("/snapshot"), headers=caller.headers)

        assert "Ann's own" in page
        assert "secret" not in page + snapshot.text

    async def test_the_same_lineage_of_two_hubs_are_two_logs(self, caller, neighbour):
        assert caller.hub.lineage == neighbour.hub.lineage
        caller.hub.says("x", {})

        assert (await caller.send()).json()["acked"] == 1

    @pytest.mark.parametrize("hub_id", [0, -1, 999_999, 2**63])
    async def test_a_hub_that_is_not_there_tells_nothing(self, caller, hub_id):
        answer = await caller.client.get(
            f"/v1/hubs/{hub_id}/changes?since=0", headers=caller.headers
        )

        assert answer.status_code in (401, 422)
