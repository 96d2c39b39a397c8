"""A home at a shop of two servers: members with browsers, a hub that is paired and reports.

Everything goes over HTTP, to either server. Time passes by moving the moments in the database.
"""

import itertools
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from cloud.foundation.clock import SystemClock
from cloud.foundation.jobs import defer
from scentd.contracts.moments import unix_ms
from scentd.contracts.sync import ProtocolRange, session_claim
from tests.fakes.cloud_client import WireClient
from tests.fakes.hub import SpokenHub, level
from tests.fakes.two_servers import ADDRESS, Town

BOTTLE = 7000
"""What a refill costs in cents, delivered free."""

CAPACITY_UL = 50_000
PASSWORD = "a sentence that nobody guesses"
CARD = "4242424242424242"
REFUSED_CARD = "4000000000000341"

_numbers = itertools.count(1)


def now() -> datetime:
    """Return the moment that all processes of the town share."""
    return SystemClock().now()


def hours_ago(hours: float) -> datetime:
    """Return a moment before now."""
    return now() - timedelta(hours=hours)


@dataclass
class WireHub:
    """A hub's machine: its log, its key, and the household it was paired with."""

    town: Town
    spoken: SpokenHub
    hub_id: int = 0
    token: str = ""
    told: int = 0
    client: WireClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.town.buyer(at=0).client

    async def pair(self, owner: WireClient) -> None:
        """Offer itself, be approved by an owner, and open a session."""
        offer = await self.client.post(
            "/v1/pairing/offers",
            json={"public_key": self.spoken.public_key.hex(), "name": "Hub", "software": "test"},
        )
        code = {"code": offer.json()["user_code"]}
        approved = await owner.post_json("/api/v1/pairing/approve", code)
        assert approved.is_success, approved.text
        answer = await self.client.post(
            "/v1/pairing/questions", json={"device_code": offer.json()["device_code"]}
        )
        self.hub_id = answer.json()["hub_id"]
        await self.connect()

    async def connect(self) -> None:
        """Prove who it is and take a token."""
        base = f"/v1/hubs/{self.hub_id}"
        nonce = (await self.client.post(f"{base}/nonces")).json()["nonce"]
        claim = session_claim(nonce, self.hub_id, self.town.servers.urls[0], ProtocolRange())
        hello = {
            "nonce": nonce,
            "signature": self.spoken.key.sign(claim).hex(),
            "lineage": self.spoken.lineage,
            "last": len(self.spoken.lines),
            "acked": self.told,
            "at_ms": unix_ms(now()),
            "clock_ok": True,
        }
        opened = await self.client.post(f"{base}/sessions", json=hello)
        assert opened.is_success, opened.text
        self.token = opened.json()["token"]

    def says(self, kind: str, body: dict[str, Any], *, at: datetime | None = None) -> None:
        """Write an event into its log, as of now or of another moment."""
        self.spoken.sent_at = now()
        self.spoken.says(kind, body, at_ms=unix_ms(at or self.spoken.sent_at))

    async def tell(self, *, at: int = 0) -> httpx2.Response:
        """Send what was not sent yet to a server."""
        told = await self.send(self.told + 1, at=at)
        assert told.is_success, told.text
        self.told = len(self.spoken.lines)
        return told

    async def send(self, first: int, *, at: int = 0) -> httpx2.Response:
        """Send its log from a number on to a server, whatever became of it before."""
        self.spoken.sent_at = now()
        return await self.client.post(
            f"{self.town.servers.urls[at]}/v1/hubs/{self.hub_id}/events",
            content=self.spoken.batch(first),
            headers={"authorization": f"Bearer {self.token}", "x-lineage": self.spoken.lineage},
        )

    async def leave(self) -> None:
        """Be unpaired at home."""
        left = await self.client.delete(
            f"/v1/hubs/{self.hub_id}", headers={"authorization": f"Bearer {self.token}"}
        )
        assert left.is_success, left.text


@dataclass
class WireHome:
    """A member at both servers, a hub, one diffuser and the bottle in it."""

    town: Town
    tabs: tuple[WireClient, WireClient]
    email: str
    hub: WireHub
    variant_id: int
    sku: str
    install_id: str

    @property
    def member(self) -> WireClient:
        """Return the owner's browser at the first server."""
        return self.tabs[0]

    def cartridge(
        self,
        left_ul: int,
        *,
        install_id: str = "",
        diffuser_id: str = "d1",
        cycle: int = 1,
        at: datetime | None = None,
        days: float | None = 3,
        **facts: Any,
    ) -> dict[str, Any]:
        """Return what the hub says of a cartridge at a moment, lasting so many days."""
        at = at or now()
        ends = None if days is None else (at + timedelta(days=days)).isoformat()
        return {
            "slot": {
                "diffuser_id": diffuser_id,
                "slot_no": 1,
                "diffuser_name": "Bathroom",
                "room": "Bathroom",
            },
            "install_id": install_id or self.install_id,
            "cycle": cycle,
            "sku": self.sku,
            "level": level(left_ul, at=at, capacity_ul=CAPACITY_UL) | facts,
            "run_out": {"p50": ends},
        }

    def low(self, left_ul: int = 4_000, **facts: Any) -> dict[str, Any]:
        """Return the report that a cartridge runs low, with two looks of hours apart."""
        body = self.cartridge(left_ul, **facts)
        seen_at = datetime.fromisoformat(body["level"]["at"])
        earlier = level(left_ul + 100, at=seen_at - timedelta(hours=7), capacity_ul=CAPACITY_UL)
        looks = [earlier, body["level"]]
        return body | {"observations": looks, "threshold_percent": 15, "reason": "level"}

    async def runs_low(self, *, at: int = 0, **facts: Any) -> None:
        """Let the hub report that its bottle runs low."""
        self.hub.says("cartridge.running_low", self.low(**facts))
        await self.hub.tell(at=at)

    async def time_passes(self, hours: float) -> None:
        """Let hours go by for what the home has: its places, windows, parcels and steps."""
        for statement in (_PLACES, _REORDERS):
            await self.run(statement, hours=hours)

    async def run(self, statement: str, **values: Any) -> None:
        """Change the home's rows; `:household` names it."""
        async with self.town.database.unit_of_work() as session:
            names = {"household": await self.household_id(), **values}
            used = {name: names[name] for name in names if f":{name}" in statement}
            await session.execute(text(statement), used)

    async def do(self, job: str, times: int = 1, **args: Any) -> None:
        """Have the worker do a job now, as often as told."""
        for _ in range(times):
            async with self.town.database.unit_of_work() as session:
                await defer(session, job, **args)

    async def household_id(self) -> int:
        return int(
            await self.town.scalar(
                "SELECT m.household_id FROM household_members m JOIN users u ON u.id = m.user_id"
                " WHERE u.email = :email AND m.role = 'OWNER'",
                email=self.email,
            )
        )

    async def subscribe(self, *, in_days: int, **facts: Any) -> int:
        """Subscribe the home to its bottle from a day on."""
        asked = {"variant_id": self.variant_id, "quantity": 1, "frequency": "MONTHLY"}
        first_on = (now() + timedelta(days=in_days)).date().isoformat()
        more = {"first_on": first_on, "household_id": await self.household_id(), **facts}
        made = await self.member.post_json(
            "/api/v1/me/subscriptions", {**asked, **more, "seen_total_minor": BOTTLE}
        )
        assert made.status_code == 201, made.text
        return int(made.json()["id"])

    async def slot_id(self) -> int:
        return int(
            await self.town.scalar(
                "SELECT min(id) FROM slots WHERE household_id = :id", id=await self.household_id()
            )
        )

    async def until(self, stage: str, reason: str | None = None, *, count: int = 1) -> int:
        """Return the newest reorder's id once so many stand on a stage, for a reason."""
        household_id = await self.household_id()
        query = (
            "SELECT count(*) FROM reorders WHERE household_id = :id AND stage = :stage"
            " AND (CAST(:reason AS text) IS NULL OR reason = :reason)"
        )
        await self.town.until(query, count, id=household_id, stage=stage, reason=reason)
        newest = "SELECT max(id) FROM reorders WHERE household_id = :id AND stage = :stage"
        return int(await self.town.scalar(newest, id=household_id, stage=stage))

    async def count(self, table: str) -> int:
        """Return how many reorders, orders or payments the home has."""
        return int(await self.town.scalar(_COUNTS[table], id=await self.household_id()))

    async def agree(self, *, at: int = 0, **changes: Any) -> httpx2.Response:
        """Agree to automatic refills of the bottle in the slot."""
        asked = {"mode": "automatic", "seen_total_minor": BOTTLE, "max_total_minor": 8000}
        return await self.tabs[at].put_json(
            f"/api/v1/me/slots/{await self.slot_id()}/consent", asked | changes
        )

    async def wish(self, *, at: int = 0, **fields: Any) -> None:
        """Change what is wished for the slot."""
        path = f"/api/v1/me/slots/{await self.slot_id()}/wish"
        answer = await self.tabs[at].patch_json(path, fields)
        assert answer.status_code == 204, answer.text

    async def answer(self, reorder_id: int, what: str, *, at: int = 0, **body: Any) -> Any:
        """Answer a refill (confirm, decline, cancel, keep, refilled) at a server."""
        path = f"/api/v1/me/reorders/{reorder_id}/{what}"
        return await self.tabs[at].post_json(path, body or None)

    async def confirm(self, reorder_id: int, *, at: int = 0, total: int = BOTTLE) -> Any:
        """Say yes to a refill at the total that was shown."""
        return await self.answer(reorder_id, "confirm", at=at, seen_total_minor=total)

    async def view(self, reorder_id: int) -> dict[str, Any]:
        found: dict[str, Any] = (await self.tabs[1].get(f"/api/v1/me/reorders/{reorder_id}")).json()
        return found

    async def save_card(self, number: str = CARD) -> None:
        """Save a card on the payment provider's page."""
        page = (await self.member.post_json("/api/v1/me/cards")).json()["url"]
        async with httpx2.AsyncClient(timeout=60) as elsewhere:
            saved = await elsewhere.post(page, data={"number": number, "email": self.email})
        assert saved.status_code == 303, saved.text
        cards = "SELECT count(*) FROM saved_cards c JOIN users u ON u.id = c.user_id"
        await self.town.until(f"{cards} WHERE u.email = :email", 1, email=self.email)


async def sign_up(town: Town, name: str) -> tuple[tuple[WireClient, WireClient], str]:
    """Return somebody with an account and an address, at both servers, and their e-mail."""
    email = f"{name}-{os.getpid()}-{next(_numbers)}@example.org"
    first, second = town.buyer(at=0).client, town.buyer(at=1).client
    made = await first.post_json(
        "/api/v1/auth/sign-up", {"email": email, "name": "Ada", "password": PASSWORD}
    )
    assert made.status_code == 201, made.text
    second.cookies.update(first.cookies)
    kept = await first.post_json(
        "/api/v1/me/addresses", {**ADDRESS, "kind": "SHIPPING", "is_default": True}
    )
    assert kept.is_success, kept.text
    return (first, second), email


async def move_in(
    town: Town, *, card: str | None = None, days_ago: float = 42, is_settled: bool = True
) -> WireHome:
    """Open a home in which a bottle has stood for weeks.

    `card`: a number to save. Not `is_settled`: the cloud has just heard of the place.
    """
    tabs, email = await sign_up(town, "home")
    variant_id = await town.stock(10, price_minor=BOTTLE)
    sku = await town.scalar("SELECT sku FROM variants WHERE id = :id", id=variant_id)
    number = f"{os.getpid()}-{next(_numbers)}"
    hub = WireHub(town, SpokenHub(lineage=os.urandom(16).hex()))
    home = WireHome(town, tabs, email, hub, variant_id, str(sku), f"install-{number}")
    await hub.pair(home.member)
    fitted = now() - timedelta(days=days_ago)
    hub.says("cartridge.fitted", home.cartridge(CAPACITY_UL, at=fitted, days=None), at=fitted)
    await hub.tell()
    await town.until(_UNNOTED, 0, id=await home.household_id())
    if card:
        await home.save_card(card)
    if is_settled:
        await home.time_passes(9)
    return home


async def second_hub(home: WireHome, *, keeps_log: bool = True) -> WireHub:
    """Return another machine with the memory of a home's hub, that no home knows yet."""
    copy = SpokenHub(lineage=os.urandom(16).hex())
    if keeps_log:
        copy.lines = [json.dumps(json.loads(line)).encode() for line in home.hub.spoken.lines]
    return WireHub(home.town, copy)


_UNNOTED = """
    SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'reorders.note_fitted'
        AND status IN ('todo', 'doing') AND (args ->> 'household_id')::bigint = :id
"""
_PLACES = """
    UPDATE slots SET joined_at = joined_at - :hours * interval '1 hour'
    WHERE household_id = :household
"""
_REORDERS = """
    UPDATE reorders SET cancel_until = cancel_until - :hours * interval '1 hour',
        stage_at = stage_at - :hours * interval '1 hour',
        ask_refill_at = ask_refill_at - :hours * interval '1 hour'
    WHERE household_id = :household
"""
_COUNTS = {
    "reorders": "SELECT count(*) FROM reorders WHERE household_id = :id",
    "orders": """
        SELECT count(*) FROM orders o JOIN reorders r ON r.id = o.reorder_id
        WHERE r.household_id = :id
    """,
    "payments": """
        SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id
        JOIN reorders r ON r.id = o.reorder_id WHERE r.household_id = :id
    """,
}
