"""Another program that receives webhooks over HTTP, as well or as badly as a test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Received:
    """One call as it came in."""

    headers: dict[str, str]
    body: bytes


@dataclass
class HookReceiver:
    """Listens on loopback and answers each call with `status`; keeps what it got."""

    status: int = 200
    url: str = ""
    received: list[Received] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Answer one call."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(headers, await request.read()))
        headers = {"location": "http://127.0.0.1:1/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, text="heard", headers=headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[HookReceiver]:
    """Run a receiver on a free port."""
    receiver = HookReceiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
