"""Buyers who never rest: they fill carts, or buy, one after another.

Run as `python -m tests.bench.buyers PORT BUYERS SECONDS SCENE VARIANTS`; the last is a file with
variant ids, one a line. A scene is one operation: `cart` puts a bottle into a cart, `checkout`
goes the whole way from an empty cart to the paid order.
"""

import asyncio
import itertools
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from scentd.clock import SystemClock
from tests.bench.children import tell
from tests.bench.latency import percentile_ms

_WARM_UP_S = 1.5
_ADDRESS = {
    "recipient": "Ada Example",
    "line1": "Lindenweg 7",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}


class Refused(Exception):
    """An answer was not what it should be."""


class Buyer:
    """One connection with the cookies of one browser."""

    def __init__(self, port: int, variants: list[int], seed: int) -> None:
        self._port = port
        self._chance = random.Random(seed)
        self._variants = variants
        self._cookies: dict[str, str] = {}
        self._token = ""
        self._put = 0
        self._new_address()
        self.waits: list[float] = []
        self.refused = 0
        self.problem = ""

    async def run(self, scene: str) -> None:
        """Play a scene again and again until cancelled."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        play = {"cart": self._fill, "checkout": self._buy}[scene]
        while True:
            began = time.perf_counter()
            try:
                await play()
            except Refused as refused:
                self.refused += 1
                self.problem = str(refused)
                self._cookies.clear()
            self.waits.append(time.perf_counter() - began)

    async def _fill(self) -> None:
        if self._put % 10 == 0:
            self._leave()
        self._put += 1
        await self._prove()
        await self._put_bottle()

    async def _buy(self) -> None:
        self._leave()
        await self._prove()
        variant_id = await self._put_bottle()
        wish = {"lines": [{"variant_id": variant_id, "quantity": 1}], "country": "DE"}
        quote = await self._ask("POST", "/api/v1/quotes", wish)
        form = {
            "email": "ada@example.org",
            "shipping_address": _ADDRESS,
            "seen_total_minor": quote["total"]["minor"],
        }
        placed = await self._ask("POST", "/api/v1/checkout", form)
        session = placed["url"].rpartition("/")[2]
        await self._ask("GET", f"/checkout/return?session={session}")

    async def _put_bottle(self) -> int:
        variant_id = self._chance.choice(self._variants)
        bottles = {"variant_id": variant_id, "quantity": 1}
        await self._ask("POST", "/api/v1/cart/items", bottles)
        return variant_id

    async def _prove(self) -> None:
        """Get the token that unsafe requests carry; it outlives the cart."""
        if not self._token:
            self._token = (await self._ask("GET", "/api/v1/csrf"))["csrf_token"]

    def _leave(self) -> None:
        """Become somebody else, with the same browser."""
        self._cookies = {k: v for k, v in self._cookies.items() if k == "scent_csrf"}
        self._new_address()

    def _new_address(self) -> None:
        parts = (self._chance.randrange(1, 255) for _ in range(3))
        self._address = "10." + ".".join(map(str, parts))

    async def _ask(self, method: str, path: str, body: object = None) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"X-Forwarded-For: {self._address}\r\nContent-Length: {len(sent)}\r\n"
        )
        if sent:
            head += f"Content-Type: application/json\r\nX-CSRF-Token: {self._token}\r\n"
        if cookies:
            head += f"Cookie: {cookies}\r\n"
        self._writer.write(head.encode() + b"\r\n" + sent)
        return await self._answer(f"{method} {path}")

    async def _answer(self, question: str) -> Any:
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status, length = int(lines[0].split()[1]), 0
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie":
                cookie, _, told = value.partition(";")[0].partition("=")
                self._cookies[cookie] = told
        body = await self._reader.readexactly(length)
        if status >= 400:
            raise Refused(f"{question}: {status} {body[:200]!r}")
        is_json = b"json" in "".join(lines).lower().encode()
        return json.loads(body) if body and is_json else None


async def main(port: int, buyers: int, seconds: float, scene: str, variants: list[int]) -> None:
    """Load the shop and tell what it felt like."""
    clock = SystemClock()
    crowd = [Buyer(port, variants, seed) for seed in range(buyers)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(buyer.run(scene)) for buyer in crowd]
        await clock.sleep(_WARM_UP_S)
        for buyer in crowd:
            buyer.waits.clear()
            buyer.refused = 0
        tell(now="begin")
        began = time.perf_counter()
        await clock.sleep(seconds)
        took = time.perf_counter() - began
        for task in tasks:
            task.cancel()
    waits = list(itertools.chain.from_iterable(buyer.waits for buyer in crowd))
    tell(
        now="end",
        answers=len(waits),
        refused=sum(buyer.refused for buyer in crowd),
        problem=next((buyer.problem for buyer in crowd if buyer.problem), ""),
        seconds=took,
        p50_ms=percentile_ms(waits, 50),
        p99_ms=percentile_ms(waits, 99),
    )


if __name__ == "__main__":
    port, buyers, seconds, scene, file = sys.argv[1:]
    variants = [int(line) for line in Path(file).read_text().split()]
    uvloop.run(main(int(port), int(buyers), float(seconds), scene, variants))
