"""A shop served by two processes, with a worker, a payment provider and a mailbox: all real.

Nothing is shared between the servers but PostgreSQL, as in a shop with two machines.
"""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.site.seed import seed_site
from tests.fakes.cloud_client import WireClient
from tests.fakes.shelf import put_on_shelf
from tests.fakes.stripe.server import API_KEY, WEBHOOK_SECRET
from tools.ports import accepts_connections, free_ports
from tools.processes import end, last_lines, spawn, wait_until

ROOT = Path(__file__).parents[2]
CARD = "4242424242424242"
ADDRESS = {
    "recipient": "Ada Example",
    "line1": "Lindenweg 7",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}

_READY_WITHIN_S = 60.0
_addresses = itertools.count(1)
_goods = itertools.count(1)


class TwoServers:
    """The processes of one shop, and hands to buy in it and to look into its database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url = database_url
        first, second, pay, smtp, mail = free_ports(5)
        self.urls = (f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}")
        self.pay_url = f"http://127.0.0.1:{pay}"
        self.mail_url = f"http://127.0.0.1:{mail}"
        self._folder = folder
        self._ports = {"first": first, "second": second, "pay": pay, "smtp": smtp, "mail": mail}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def commands(self) -> dict[str, tuple[str, ...]]:
        """Return what runs, by name."""
        port = {name: str(number) for name, number in self._ports.items()}
        cloud = (sys.executable, "-m", "cloud")
        webhook = f"{self.urls[0]}/webhooks/stripe"
        return {
            "pay": (
                *(sys.executable, "-m", "tests.fakes.stripe", "--port", port["pay"]),
                *("--webhook-url", webhook, "--webhook-secret", WEBHOOK_SECRET),
            ),
            "mail": (
                *(sys.executable, "-m", "tests.fakes.mailbox", "--smtp-port", port["smtp"]),
                *("--http-port", port["mail"]),
            ),
            "first": (*cloud, "serve", "--port", port["first"]),
            "second": (*cloud, "serve", "--port", port["second"]),
            "worker": (*cloud, "worker"),
        }

    def start(self, *names: str) -> None:
        """Start these processes, all when none is named, and return when they answer."""
        for name in names or tuple(self.commands):
            self._processes[name] = spawn(
                self.commands[name],
                log=self._folder / f"{name}.log",
                folder=ROOT,
                environment=self._environment,
            )
        for name in names or tuple(self.commands):
            self._await(name)

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        end(self._processes.pop(name), signal.SIGKILL, 10)

    def close(self) -> None:
        """End everything, and show the ends of all logs, which pytest keeps for failures."""
        for process in reversed(self._processes.values()):
            end(process, signal.SIGTERM, 10)
        for log in sorted(self._folder.glob("*.log")):
            print(f"--- {log.name}\n{last_lines(log, 20)}")

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SCENT_DATABASE_URL": self.database_url,
            "SCENT_PUBLIC_URL": self.urls[0],
            "SCENT_SESSION_SECRET": "s" * 40,
            "SCENT_DATABASE_POOL": "8",
            "SCENT_DATABASE_WAIT_S": "60",
            "SCENT_SMTP_PORT": str(self._ports["smtp"]),
            "SCENT_STRIPE_SECRET_KEY": API_KEY,
            "SCENT_STRIPE_PUBLISHABLE_KEY": "pk_test_of_the_stand_in",
            "SCENT_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SCENT_STRIPE_API_BASE": self.pay_url,
            "SCENT_PASSWORD_MEMORY_KIB": "64",
        }

    def _await(self, name: str) -> None:
        port = self._ports.get(name)
        if port is None:
            return
        process = self._processes[name]
        ready = wait_until(lambda: accepts_connections(port), process, _READY_WITHIN_S)
        assert ready, last_lines(self._folder / f"{name}.log", 20)


def fill(database_url: str) -> None:
    """Give a migrated database the settings of a shop."""

    async def seed() -> None:
        database = Database(database_url)
        async with database.unit_of_work() as session:
            await seed_site(session)
        await database.close()

    asyncio.run(seed())


class Town:
    """The shop as one test sees it: its database, and as many buyers as it likes."""

    def __init__(self, servers: TwoServers, database: Database) -> None:
        self.servers = servers
        self.database = database
        self._clients: list[WireClient] = []

    def buyer(self, *, at: int | None = None) -> "Buyer":
        """Return a stranger at a server (0 or 1), at each in turn when not told."""
        number = next(_addresses)
        url = self.servers.urls[number % 2 if at is None else at]
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        client = WireClient(url, address=address)
        self._clients.append(client)
        return Buyer(client, self.servers.pay_url)

    async def stock(self, bottles: int, **facts: Any) -> int:
        """Put a new scent on the shelf and return its variant's id."""
        async with self.database.unit_of_work() as session:
            sku = f"RACE-{os.getpid()}-{next(_goods)}"
            return (await put_on_shelf(session, sku, bottles=bottles, **facts)).id

    async def scalar(self, query: str, **values: Any) -> Any:
        """Return the one value of a query."""
        async with self.database.reading() as connection:
            return await connection.scalar(text(query), values)

    async def until(
        self, query: str, wanted: object, within_s: float = 30.0, **values: Any
    ) -> None:
        """Return once a query's value is the one wanted; fail with the last value otherwise."""
        found: object = None
        try:
            async with asyncio.timeout(within_s):
                while (found := await self.scalar(query, **values)) != wanted:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)  # noqa: TID251 - looks again until the deadline
        except TimeoutError:
            raise AssertionError(f"{query}: {found!r} is not {wanted!r}") from None

    async def close(self) -> None:
        """Let every buyer go."""
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def visiting(servers: TwoServers) -> AsyncIterator[Town]:
    """Open a shop to one test."""
    database = Database(servers.database_url, pool_size=5)
    town = Town(servers, database)
    try:
        yield town
    finally:
        await town.close()
        await database.close()


def two_servers(database_url: str, folder: Path, *names: str) -> Iterator[TwoServers]:
    """Run a shop's processes, all when none is named, until the caller is done."""
    with ExitStack() as ending:
        servers = TwoServers(database_url, folder)
        ending.callback(servers.close)
        servers.start(*names)
        yield servers


class Buyer:
    """Somebody with a browser: a cart, a checkout, a card."""

    def __init__(self, client: WireClient, pay_url: str) -> None:
        self.client = client
        self._pay_url = pay_url

    async def put(self, variant_id: int, quantity: int = 1) -> httpx2.Response:
        """Put bottles into the cart."""
        return await self.client.post_json(
            "/api/v1/cart/items", {"variant_id": variant_id, "quantity": quantity}
        )

    async def total(self, lines: dict[int, int]) -> int:
        """Return what lines (variant id to bottles) cost, delivered."""
        wish = {
            "lines": [{"variant_id": id_, "quantity": count} for id_, count in lines.items()],
            "country": "DE",
        }
        answer = await self.client.post_json("/api/v1/quotes", wish)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["total"]["minor"])

    async def check_out(self, total_minor: int, **changed: Any) -> httpx2.Response:
        """Press "go to payment" with the total that was shown."""
        form = {
            "email": "ada@example.org",
            "shipping_address": ADDRESS,
            "seen_total_minor": total_minor,
            **changed,
        }
        return await self.client.post_json("/api/v1/checkout", form)

    async def pay(self, page_url: str, card: str = CARD) -> httpx2.Response:
        """Type a card into the payment page and come back to the shop as the page says."""
        async with httpx2.AsyncClient(timeout=60) as elsewhere:
            paid = await elsewhere.post(page_url, data={"number": card, "email": "a@example.org"})
        assert paid.status_code == 303, paid.text
        back = httpx2.URL(paid.headers["location"])
        return await self.client.get(back.raw_path.decode())
