"""The live streams over a real server."""

import asyncio
import json
import time
from contextlib import asynccontextmanager

import aiohttp
import pytest

from scentd.api.access import Scope
from scentd.api.server import ApiServer
from scentd.api.settings import ApiSettings


class Reader:
    """Reads messages of a stream with a deadline."""

    def __init__(self, read):
        self._read = read

    async def until(self, kind, within_s=30.0):
        """Give the next message of that kind."""
        async with asyncio.timeout(within_s):
            while True:
                message = json.loads(await self._read())
                if message["kind"] == kind:
                    return message

    async def ended(self, within_s=30.0):
        """Return when the stream is over."""
        async with asyncio.timeout(within_s):
            while await self._read():
                pass


@asynccontextmanager
async def events(client):
    async with client.session.get("/api/v1/events") as answer:
        assert answer.content_type == "text/event-stream"

        async def read():
            while line := await answer.content.readline():
                if line.startswith(b"data: "):
                    return line.removeprefix(b"data: ")
            return b""

        yield Reader(read)


@asynccontextmanager
async def websocket(client):
    async with client.session.ws_connect("/api/v1/ws") as socket:

        async def read():
            message = await socket.receive()
            return message.data if message.type is aiohttp.WSMsgType.TEXT else ""

        yield Reader(read)


@pytest.fixture(params=[events, websocket])
def stream(request):
    return request.param


async def test_a_stream_begins_with_everything_as_it_is(program, stream):
    async with stream(await program(Scope.READ)) as reader:
        found = [await reader.until("diffuser") for _ in range(4)]
        links = await reader.until("links")

    assert {one["diffuser"]["title"] for one in found} == {
        "Living room",
        "Bedroom",
        "Bathroom",
        "Hallway",
    }
    assert found[0]["cartridges"][0]["scent_name"] == "Cedar & Bergamot"
    assert links["links"]["broker_connected"] is True


async def test_a_change_reaches_a_stream_in_under_a_second(program, rig, stream, within):
    async with stream(await program(Scope.READ)) as reader:
        await reader.until("links")
        began = time.monotonic()
        rig.devices.report("native-a1", power=False)

        message = await reader.until("diffuser")
        told = await reader.until("activity")

        assert time.monotonic() - began < within(1)
    assert message["diffuser"]["state"]["reported"]["power"] is False
    assert [line["text"] for line in told["activity"]] == ["Living room: off"]


async def test_a_flood_of_changes_ends_in_the_last_state(program, rig):
    async with events(await program(Scope.READ)) as reader:
        await reader.until("links")
        for percent in [20, 40] * 500 + [100]:
            rig.devices.report("native-a1", intensity_percent=percent)

        last = await reader.until("diffuser")

    assert last["diffuser"]["state"]["reported"]["intensity_percent"] == 100


async def test_other_news_says_look_again(program, rig):
    async with events(await program(Scope.READ)) as reader:
        await reader.until("links")
        await rig.house.schedules.delete("evening")
        await reader.until("schedules")
        await rig.devices.remove("native-a1")
        await reader.until("devices")


async def test_open_streams_end_within_half_a_second_when_the_hub_stops(rig, within):
    server = ApiServer(ApiSettings(host="127.0.0.1", port=0), rig.house)
    await server.start()
    made = await rig.house.access.new_token("panel", frozenset({Scope.READ}))
    headers = {"Authorization": f"Bearer {made.secret}"}
    base = f"http://127.0.0.1:{server.port}"
    async with (
        aiohttp.ClientSession(base, headers=headers) as session,
        session.get("/api/v1/events") as answer,
        session.ws_connect("/api/v1/ws") as socket,
    ):
        await answer.content.readline()
        await socket.receive()
        began = time.monotonic()
        await server.stop()
        took_s = time.monotonic() - began
        assert await answer.content.read() is not None

    assert took_s < within(0.5)


async def test_the_server_runs_until_cancelled_and_lets_go_of_its_port(rig):
    server = ApiServer(ApiSettings(host="127.0.0.1", port=0), rig.house)
    await server.start()
    port = server.port
    running = asyncio.create_task(server.run())
    await asyncio.sleep(0)  # noqa: TID251 - lets the task begin

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    again = ApiServer(ApiSettings(host="127.0.0.1", port=port), rig.house)
    await again.start()
    await again.stop()
