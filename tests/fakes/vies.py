"""VIES, the EU's register of VAT numbers, as well or as badly as a test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class FakeVies:
    """Listens on loopback; `in_force` are the numbers it knows, `trouble` what it says instead.

    `asked` are the numbers it was asked for, in order.
    """

    in_force: set[str] = field(default_factory=set)
    trouble: str = ""
    status: int = 200
    url: str = ""
    asked: list[str] = field(default_factory=list)

    async def check(self, request: web.Request) -> web.Response:
        """Answer one question as the real one does."""
        question = await request.json()
        number = question["countryCode"] + question["vatNumber"]
        self.asked.append(number)
        if self.trouble == "garbage":
            return web.Response(text="<html>maintenance</html>", content_type="text/html")
        if self.trouble:
            wrapped = {"actionSucceed": False, "errorWrappers": [{"error": self.trouble}]}
            return web.json_response(wrapped, status=self.status)
        return web.json_response(
            {
                **question,
                "requestDate": "2026-03-06T20:10:00.000Z",
                "valid": number in self.in_force,
                "requestIdentifier": "",
                "name": "---",
                "address": "---",
            },
            status=self.status,
        )


@asynccontextmanager
async def running() -> AsyncIterator[FakeVies]:
    """Run the register on a free port."""
    vies = FakeVies()
    app = web.Application()
    app.router.add_post("/rest-api/check-vat-number", vies.check)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vies.url = f"http://127.0.0.1:{runner.addresses[0][1]}/rest-api"
    try:
        yield vies
    finally:
        await runner.cleanup()
