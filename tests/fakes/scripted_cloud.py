"""A cloud that says what a test tells it to, over real HTTP: for the hub's ways with bad answers.

Left alone it takes every batch and knows no news. It is no stand-in for the cloud: what the two
make of each other is shown with the real one, in tests/system.
"""

import json
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import zstandard
from aiohttp import WSMsgType, web

from scentd.contracts.history import extend_all

Answer = Callable[[], web.Response]
TOKEN = "t" * 43


def refusal(status: int, code: str, **headers: str) -> Answer:
    body = {"code": code, "message": f"No: {code}.", "hint": "Do otherwise."}
    return lambda: web.json_response(body, status=status, headers=headers)


class ScriptedCloud:
    """Queue answers in `events`, `sessions` and so on; what was asked stands in `asked`."""

    def __init__(self) -> None:
        self.sessions: deque[Answer] = deque()
        self.events: deque[Answer] = deque()
        self.changes: deque[Answer] = deque()
        self.pairing: deque[Answer] = deque()
        self.snapshots: deque[Answer] = deque()
        self.socket_words: deque[dict[str, Any]] = deque()
        self.has_socket = True
        self.position: dict[str, Any] | None = None
        self.batches: list[list[dict[str, Any]]] = []
        self.asked: list[str] = []
        self.hellos: list[dict[str, Any]] = []
        self.server_ms = 1_772_452_800_000
        self.version = 0
        self.url = ""

    @property
    def taken(self) -> list[dict[str, Any]]:
        """Every event of every batch that was answered with yes, in order."""
        return [event for batch in self.batches for event in batch]

    @asynccontextmanager
    async def running(self):
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/v1/pairing/{what}", self._pairing)
        app.router.add_post("/v1/hubs/7/nonces", self._nonce)
        app.router.add_post("/v1/hubs/7/sessions", self._session)
        app.router.add_post("/v1/hubs/7/events", self._events)
        app.router.add_get("/v1/hubs/7/changes", self._changes)
        app.router.add_get("/v1/hubs/7/snapshot", self._snapshot)
        app.router.add_get("/v1/hubs/7/socket", self._socket)
        app.router.add_delete("/v1/hubs/7", self._leave)
        # A batch is unpacked here: aiohttp itself would need another library for zstd.
        runner = web.AppRunner(app, shutdown_timeout=0.1, auto_decompress=False)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _pairing(self, request: web.Request) -> web.Response:
        self.asked.append(request.match_info["what"])
        return self.pairing.popleft()()

    async def _nonce(self, _request: web.Request) -> web.Response:
        self.asked.append("nonce")
        return web.json_response({"nonce": "ab" * 32, "expires_in_s": 60})

    async def _session(self, request: web.Request) -> web.Response:
        self.asked.append("session")
        self.hellos.append(await request.json())
        if self.sessions:
            return self.sessions.popleft()()
        return self.welcome()

    def welcome(self) -> web.Response:
        """Answer with a session, to be queued before other answers."""
        return web.json_response(
            {
                "token": TOKEN,
                "expires_in_s": 3600,
                "server_ms": self.server_ms,
                "position": self.position,
                "version": self.version,
                "spread_s": 0.0,
            }
        )

    async def _events(self, request: web.Request) -> web.Response:
        self.asked.append("events")
        body = zstandard.ZstdDecompressor().decompress(await request.read(), 2**22)
        header, *lines = body.rstrip(b"\n").split(b"\n")
        if self.events:
            return self.events.popleft()()
        self.batches.append([json.loads(line) for line in lines])
        head = json.loads(header)
        chain = extend_all(bytes.fromhex(head["prev_chain"]), lines)
        acked = head["first"] + len(lines) - 1
        return web.json_response(
            {"acked": acked, "chain": chain.hex(), "server_ms": self.server_ms}
        )

    async def _changes(self, request: web.Request) -> web.Response:
        self.asked.append("changes")
        if self.changes:
            return self.changes.popleft()()
        since = int(request.query["since"])
        return web.json_response(
            {
                "since": since,
                "next": since,
                "more": False,
                "server_ms": self.server_ms,
                "documents": [],
            }
        )

    async def _snapshot(self, _request: web.Request) -> web.Response:
        self.asked.append("snapshot")
        return self.snapshots.popleft()()

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("socket")
        if not self.has_socket:
            return web.Response(status=404)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        while self.socket_words:
            await socket.send_json(self.socket_words.popleft())
        async for message in socket:
            assert message.type is WSMsgType.TEXT
        return socket

    async def _leave(self, _request: web.Request) -> web.Response:
        self.asked.append("leave")
        return web.Response(status=204)
