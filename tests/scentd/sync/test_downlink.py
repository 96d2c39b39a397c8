import pytest
from aiohttp import web

from scentd.store import arrivals, documents
from tests.fakes.paired_hub import write_pairing
from tests.fakes.running import running
from tests.fakes.scripted_cloud import refusal
from tests.fakes.waiting import eventually


def page(since, next_, *, more=False, body=None):
    body = body or {"state": f"v{next_}"}
    return lambda: web.json_response(
        {
            "since": since,
            "next": next_,
            "more": more,
            "server_ms": 0,
            "documents": [
                {"owner": "cloud", "kind": "reorder", "key": "d1/1", "version": next_, "body": body}
            ],
        }
    )


async def cursor(hub):
    return await hub.database.read(arrivals.cursor)


async def test_all_pages_are_fetched_and_told_of(hub, cloud):
    cloud.changes.extend([page(0, 2, more=True), page(2, 3)])

    await hub.downlink().pull()

    assert await cursor(hub) == 3
    assert await hub.database.read(lambda c: documents.documents(c, "reorder")) == {
        "d1/1": {"state": "v3"}
    }
    assert [event.kinds for event in hub.news] == [frozenset({"reorder"})] * 2
    assert hub.status.connected


async def test_a_poke_brings_the_news(hub, cloud):
    cloud.changes.extend([cloud_nothing(0), page(0, 5)])
    cloud.socket_words.append({"t": "poke", "v": 5})

    async with running(hub.downlink().run):
        await eventually(lambda: hub.news)

    assert await cursor(hub) == 5


def cloud_nothing(since):
    return lambda: web.json_response(
        {"since": since, "next": since, "more": False, "server_ms": 0, "documents": []}
    )


async def test_a_poke_that_is_no_news_asks_nothing(hub, cloud):
    cloud.socket_words.extend([{"t": "poke", "v": 0}, {"t": "tomorrow"}, {"t": "poke", "v": 0}])

    async with running(hub.downlink().run):
        await eventually(lambda: not cloud.socket_words and "socket" in cloud.asked)

    assert cloud.asked.count("changes") == 1


async def test_without_a_socket_the_hub_looks_now_and_then(hub, cloud):
    cloud.has_socket = False
    cloud.changes.extend([cloud_nothing(0), cloud_nothing(0), page(0, 4)])

    async with running(hub.downlink(poll_every_s=1, retry_longest_s=0.05).run):
        await eventually(lambda: hub.news)

    assert hub.status.connected


async def test_a_hub_that_was_away_too_long_takes_everything_anew(hub, cloud):
    await hub.database.write(
        lambda c: c.execute("INSERT INTO cloud_documents VALUES ('reorder', 'old', 1, '{}')")
    )
    cloud.changes.append(refusal(410, "too_old"))
    cloud.snapshots.append(
        lambda: web.json_response({"version": 9, "server_ms": 0, "documents": []})
    )

    await hub.downlink().pull()

    assert await cursor(hub) == 9
    assert await hub.database.read(lambda c: documents.documents(c, "reorder")) == {}


async def test_an_unpaired_hub_listens_to_nobody_until_it_is_paired(unpaired, cloud):
    key = unpaired.keys.make()
    async with running(unpaired.downlink().run):
        await unpaired.tell()
        assert cloud.asked == []
        await unpaired.database.write(
            lambda c: write_pairing(c, 7, key.name, cloud.url, "https://shop.example")
        )
        await eventually(lambda: "socket" in cloud.asked)


async def test_a_removed_hub_that_is_told_so_asks_and_then_stops(hub, cloud):
    cloud.socket_words.append({"t": "bye", "code": "revoked"})
    cloud.sessions += [cloud.welcome, refusal(401, "hub_revoked")]

    async with running(hub.downlink().run):
        await eventually(lambda: not hub.status.paired)

    assert cloud.asked.count("session") == 2


async def test_a_hub_removed_before_its_first_look_asks_once_and_then_stops(hub, cloud):
    cloud.changes.append(refusal(401, "hub_revoked"))
    cloud.sessions += [cloud.welcome, refusal(401, "hub_revoked")]

    async with running(hub.downlink().run):
        await eventually(lambda: not hub.status.paired)

    assert cloud.asked.count("changes") == 1
    assert cloud.asked.count("session") == 2


@pytest.mark.parametrize("code", ["session_invalid", "hub_revoked"])
async def test_a_cloud_that_ends_every_session_at_once_is_not_asked_in_a_circle(hub, cloud, code):
    cloud.changes += [refusal(401, code)] * 500

    # A pause that outlasts the test, and no chance that draws none.
    async with running(
        hub.downlink(retry_first_s=60.0, retry_longest_s=60.0, chance=lambda: 0.9).run
    ):
        await eventually(lambda: hub.status.reason)
        opened = cloud.asked.count("session")

    assert opened == 3
    assert "ends every session" in str(hub.status.reason)


async def test_a_session_that_ends_under_a_socket_is_opened_anew(hub, cloud):
    cloud.changes.append(refusal(401, "session_invalid"))

    async with running(hub.downlink().run):
        await eventually(lambda: "socket" in cloud.asked)

    assert cloud.asked.count("session") == 2


def command(cmd_id, *, life_ms):
    return {
        "t": "cmd",
        "cmd_id": cmd_id,
        "server_ms": 1_772_452_800_000,
        "expires_ms": 1_772_452_800_000 + life_ms,
        "kind": "set_diffuser",
        "body": {"diffuser_id": "d1", "power": True},
    }


async def test_a_command_is_carried_out_once(hub, cloud):
    cloud.socket_words.extend([command("c" * 16, life_ms=30_000)] * 3)

    async with running(hub.downlink().run):
        await eventually(lambda: hub.obeyed)
        await hub.database.write(lambda c: None)

    assert [each.cmd_id for each in hub.obeyed] == ["c" * 16]


@pytest.mark.parametrize("life_ms", [0, -60_000])
async def test_a_command_that_came_too_late_is_not_carried_out(hub, cloud, life_ms):
    cloud.socket_words.extend(
        [command("late-" * 3, life_ms=life_ms), command("in-time-1", life_ms=30_000)]
    )

    async with running(hub.downlink().run):
        await eventually(lambda: hub.obeyed)

    assert [each.cmd_id for each in hub.obeyed] == ["in-time-1"]
