"""A proxy between hub and cloud that loses answers, as a bad line does.

It knows nothing of HTTP: whatever the far side first says after the near side spoke is an answer,
and a cut answer means both connections die before a byte of it arrives.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Self

_CHUNK = 64 * 1024


class CuttingProxy:
    """Listens on a loopback port and forwards to another one.

    `is_cut` is asked for every answer. `is_open` False refuses everything, as a lost line would.
    """

    def __init__(self, target_port: int, is_cut: Callable[[], bool] = lambda: False) -> None:
        self.target_port = target_port
        self.is_open = True
        self.answers = 0
        self.cuts = 0
        self._is_cut = is_cut
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._join(near, back)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            back.transport.abort()

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if not self.is_open:
            return
        far, forth = await asyncio.open_connection("127.0.0.1", self.target_port)
        asked = asyncio.Event()
        pumps = {
            asyncio.ensure_future(self._pump_forth(near, forth, asked)),
            asyncio.ensure_future(self._pump_back(far, back, asked)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            forth.transport.abort()

    async def _pump_forth(
        self, near: asyncio.StreamReader, forth: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while data := await near.read(_CHUNK):
            asked.set()
            forth.write(data)
            with contextlib.suppress(ConnectionError):
                await forth.drain()

    async def _pump_back(
        self, far: asyncio.StreamReader, back: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while data := await far.read(_CHUNK):
            if asked.is_set():
                asked.clear()
                self.answers += 1
                if not self.is_open or self._is_cut():
                    self.cuts += 1
                    return
            back.write(data)
            await back.drain()
