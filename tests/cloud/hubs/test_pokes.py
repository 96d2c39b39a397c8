"""The socket over a real server: pokes, goodbyes, and nothing for strangers."""

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp
import pytest

from cloud import migrations
from cloud.app import build_app
from cloud.foundation.secrets import digest
from cloud.hubs import service
from cloud.hubs.models import HubSession
from cloud.hubs.repository import hubs
from cloud.hubs.service.sessions import SESSION_LIFE
from tests.fakes.cloud_server import serving
from tools.ports import free_port

pytestmark = pytest.mark.needs_postgres

TOKEN = "t" * 43


@pytest.fixture
async def server(settings, clock):
    app = build_app(settings, schema_head=migrations.head(), clock=clock)
    port = free_port()
    async with serving(app, port) as server:
        yield server, f"http://127.0.0.1:{port}"


async def open_session(cloud, token=TOKEN):
    async with cloud.database.unit_of_work() as session:
        await hubs.put_session(
            session,
            HubSession(
                household_id=cloud.key.household_id,
                hub_id=cloud.key.hub_id,
                token_digest=digest(token),
                protocol=1,
                opened_at=cloud.clock.now(),
                expires_at=cloud.clock.now() + SESSION_LIFE,
            ),
        )


@asynccontextmanager
async def listening(server, cloud, token=TOKEN):
    headers = {"authorization": f"Bearer {token}"}
    url = f"{server[1]}/v1/hubs/{cloud.key.hub_id}/socket"
    async with aiohttp.ClientSession() as client, client.ws_connect(url, headers=headers) as socket:
        yield socket


async def next_of(socket):
    return json.loads((await socket.receive(timeout=30)).data)


async def publish(cloud, body):
    async with cloud.database.unit_of_work() as session:
        await service.publish(session, cloud.key.household_id, "reorder", "d1/1", body)


async def test_a_listening_hub_is_poked_within_two_seconds(server, cloud, within):
    await open_session(cloud)

    async with listening(server, cloud) as socket:
        at_once = await next_of(socket)
        await publish(cloud, {"n": 1})
        async with asyncio.timeout(within(2)):
            poked = await next_of(socket)

    assert at_once == {"t": "poke", "v": 0}
    assert poked == {"t": "poke", "v": 1}


async def test_a_removed_hub_is_sent_away_within_five_seconds(server, cloud, within):
    await open_session(cloud)

    async with listening(server, cloud) as socket:
        await next_of(socket)
        async with cloud.database.unit_of_work() as session:
            await service.revoke(session, cloud.key, cloud.clock.now())
        async with asyncio.timeout(within(5)):
            bye = await next_of(socket)
            closed = await socket.receive()

    assert bye["code"] == "revoked"
    assert closed.data == 4401


async def test_a_newer_session_closes_the_socket_of_the_older(server, cloud):
    await open_session(cloud)

    async with listening(server, cloud) as socket:
        await next_of(socket)
        await open_session(cloud, "n" * 43)
        bye = await next_of(socket)
        closed = await socket.receive(timeout=30)

    assert bye["code"] == "replaced"
    assert closed.data == 4409


@pytest.mark.parametrize("token", ["", "wrong" * 9])
async def test_a_socket_needs_the_hubs_own_token(server, cloud, token):
    await open_session(cloud)

    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        async with listening(server, cloud, token):
            pass

    assert caught.value.status == 403


async def test_a_stopping_server_says_that_it_restarts(server, cloud):
    await open_session(cloud)

    async with listening(server, cloud) as socket:
        await next_of(socket)
        server[0].should_exit = True
        closed = await socket.receive(timeout=30)

    assert closed.type is aiohttp.WSMsgType.CLOSE
    assert closed.data == 1012
