"""A shop, a home and a payment provider for tests of buying: real parts, and hands to move them.

`market` is built on the application's own fixtures. Webhooks go over HTTP to the application;
`settle` lets webhooks and background work run until nothing is left to do.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.kinds import AddressKind
from cloud.accounts.service.addresses import PostalAddress as StoredAddress
from cloud.accounts.service.addresses import add_address
from cloud.checkout import service as checkout
from cloud.checkout.service import Buyer, Purchase, PurchaseLine
from cloud.composition import Parts
from cloud.foundation.database import Database
from cloud.hubs.ingest.append import append
from cloud.hubs.ingest.batch import unpack
from cloud.hubs.models import Household, HouseholdMember, HouseholdRole, Hub
from cloud.hubs.repository.hubs import HubKey
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.schemas import OrderView, PostalAddress
from cloud.payments import service as payments
from cloud.payments.stripe_states import card_state
from cloud.settings import CloudSettings
from cloud.site.seed import seed_site
from tests.fakes.clock import ManualClock
from tests.fakes.cloud_client import CloudClient
from tests.fakes.hub import SpokenHub
from tests.fakes.shelf import put_on_shelf
from tests.fakes.stripe.cards import BY_TOKEN
from tests.fakes.stripe.customers import attach, new_payment_method
from tests.fakes.stripe.server import API_KEY, WEBHOOK_SECRET, FakeStripe, running

ADDRESS = PostalAddress(
    recipient="Ada Example",
    line1="Lindenweg 7",
    postcode="10115",
    city="Berlin",
    country="DE",
)
SKU = "CEDBER-50"


class Relay:
    """Takes webhooks over HTTP and passes them to the application, as a proxy would."""

    def __init__(self) -> None:
        self.url = ""
        self.client: CloudClient | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    async def take(self, request: web.Request) -> web.Response:
        """Pass one webhook on, body and signature untouched; 503 while nobody is connected."""
        if self.client is None:
            return web.Response(status=503)
        passing = asyncio.ensure_future(
            self.client.post(
                "/webhooks/stripe",
                content=await request.read(),
                headers={
                    "content-type": "application/json",
                    "stripe-signature": request.headers["Stripe-Signature"],
                },
            )
        )
        self._under_way.add(passing)
        passing.add_done_callback(self._under_way.discard)
        answer = await passing
        return web.Response(status=answer.status_code, text=answer.text)

    async def disconnect(self) -> None:
        """Pass nothing on any more, and return when nothing is under way."""
        self.client = None
        await asyncio.gather(*self._under_way, return_exceptions=True)


@asynccontextmanager
async def relaying() -> AsyncIterator[Relay]:
    """Run a relay on a free port."""
    relay = Relay()
    app = web.Application()
    app.router.add_post("/hook", relay.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    relay.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield relay
    finally:
        await runner.cleanup()


@dataclass
class Home:
    """A household with a hub that speaks, and its owner."""

    market: "Market"
    key: HubKey
    user_id: int
    hub: SpokenHub
    told: int = 0

    async def says(self, kind: str, body: dict[str, Any]) -> None:
        """Let the hub report an event that happened just now, and the cloud take it in."""
        self.hub.sent_at = self.market.clock.now()
        self.hub.says(kind, body)
        await self.tell()

    async def tell(self) -> None:
        """Let the cloud take in what it has not heard yet."""
        async with self.market.database.unit_of_work() as session:
            batch = unpack(self.hub.batch(self.told + 1), "identity")
            await append(session, self.key, self.hub.lineage, batch, self.market.clock.now())
        self.told = len(self.hub.lines)

    async def slot_id(self) -> int:
        """Return the only slot of the home."""
        return int(await self.market.scalar("SELECT min(id) FROM slots"))

    async def shown(self) -> dict[str, Any] | None:
        """Return what the home is told to show about its refill."""
        body = await self.market.scalar(
            "SELECT body FROM cloud_documents WHERE kind = 'reorder' ORDER BY version DESC LIMIT 1"
        )
        return body if isinstance(body, dict) else None


@dataclass
class Market:
    """The shop of one test."""

    app: FastAPI
    parts: Parts
    clock: ManualClock
    stripe: FakeStripe
    do_jobs: Callable[[], Awaitable[None]]
    homes: list[Home] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """Return the application's database, its event handlers attached."""
        return self.parts.database

    async def settle(self) -> None:
        """Let webhooks and jobs run until nothing is left to do."""
        for _ in range(6):
            heard = self.stripe.webhooks.tally.delivered
            await self.stripe.webhooks.settle()
            await self.do_jobs()
            if self.stripe.webhooks.is_quiet and self.stripe.webhooks.tally.delivered == heard:
                return

    async def scalar(self, query: str, **values: Any) -> Any:
        """Return the one value of a query."""
        async with self.database.reading() as connection:
            return await connection.scalar(text(query), values)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """Return the rows of a query."""
        async with self.database.reading() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def run(self, statement: str, **values: Any) -> None:
        """Run a statement that returns nothing."""
        async with self.database.reading() as connection:
            await connection.execute(text(statement), values)

    async def view(self, order_id: int) -> OrderView:
        """Return an order as it stands."""
        async with self.database.unit_of_work() as session:
            return await orders.get_order_view(session, order_id)

    async def user_id(self, email: str = "customer@example.org") -> int:
        """Return the id of an account."""
        return int(await self.scalar("SELECT id FROM users WHERE email = :email", email=email))

    async def on_hand(self, sku: str = SKU) -> int:
        """Return how many bottles stand on the shelf."""
        return int(
            await self.scalar(
                "SELECT on_hand FROM stock_levels JOIN variants ON variants.id = variant_id "
                "WHERE sku = :sku",
                sku=sku,
            )
        )

    async def give_address(self, user_id: int, *, country: str = "DE") -> None:
        """Give a member a default shipping address."""
        written = StoredAddress(**ADDRESS.model_dump() | {"country": country})
        async with self.database.unit_of_work() as session:
            await add_address(session, user_id, AddressKind.SHIPPING, written, is_default=True)

    async def give_card(self, user_id: int, token: str = "pm_card_visa") -> str:
        """Save a test card for a member, as its payment page would; return the provider's id."""
        email = str(await self.scalar("SELECT email FROM users WHERE id = :id", id=user_id))
        customer = await payments.ensure_customer(
            self.database, self.parts.gateway, user_id, email, "Ada"
        )
        method = new_payment_method(self.stripe.account, BY_TOKEN[token])
        attach(self.stripe.account, method, customer)
        card = card_state(method)
        assert card is not None
        async with self.database.unit_of_work() as session:
            await payments.remember_card(session, user_id, card)
        return str(method["id"])

    async def open_home(self, user_id: int, *, role: HouseholdRole = HouseholdRole.OWNER) -> Home:
        """Pair a hub with a new household of a member."""
        hub = SpokenHub(sent_at=self.clock.now())
        async with self.database.unit_of_work() as session:
            household = Household(name="Home")
            session.add(household)
            await session.flush()
            session.add(HouseholdMember(household_id=household.id, user_id=user_id, role=role))
            row = Hub(
                household_id=household.id,
                name="Hub",
                public_key=hub.public_key,
                software="",
                paired_at=self.clock.now(),
            )
            session.add(row)
            await session.flush()
            home = Home(self, HubKey(household.id, row.id), user_id, hub)
        self.homes.append(home)
        return home


async def stock(session: AsyncSession, bottles: int = 10, sku: str = SKU, **facts: Any) -> int:
    """Put a scent on the shelf and return its variant's id."""
    return (await put_on_shelf(session, sku, bottles=bottles, **facts)).id


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """Where the payment provider sends its webhooks."""
    async with relaying() as relay:
        yield relay


@pytest.fixture
async def fake_stripe(clock: ManualClock, relay: Relay) -> AsyncIterator[FakeStripe]:
    """The payment provider, delivering webhooks to the application."""
    async with running(clock.now, webhook_url=relay.url) as fake:
        yield fake


@pytest.fixture
def settings(settings: CloudSettings, fake_stripe: FakeStripe) -> CloudSettings:
    """The application's settings, pointed at the stand-in."""
    return CloudSettings(
        **{
            **settings.model_dump(),
            "stripe_secret_key": API_KEY,
            "stripe_publishable_key": "pk_test_of_the_stand_in",
            "stripe_webhook_secret": WEBHOOK_SECRET,
            "stripe_api_base": fake_stripe.base_url,
        }
    )


@pytest.fixture
async def market(
    app: FastAPI,
    parts: Parts,
    clock: ManualClock,
    fake_stripe: FakeStripe,
    relay: Relay,
    do_jobs: Callable[[], Awaitable[None]],
) -> AsyncIterator[Market]:
    """A shop that delivers to Germany, with ten bottles of one scent."""
    async with parts.database.unit_of_work() as session:
        await seed_site(session)
        await stock(session)
    async with CloudClient(app) as client:
        relay.client = client
        yield Market(app, parts, clock, fake_stripe, do_jobs)
        await relay.disconnect()


Place = Callable[..., Awaitable[int]]


@pytest.fixture
def place(market: Market) -> Place:
    """Place an order of some bottles for a guest or a member, and return its id."""

    async def run(quantity: int = 2, *, user_id: int | None = None) -> int:
        variant_id = await market.scalar("SELECT id FROM variants ORDER BY id LIMIT 1")
        purchase = Purchase(
            buyer=Buyer(user_id, "guest@example.org"),
            lines=[PurchaseLine(variant_id, quantity)],
            shipping_address=ADDRESS,
        )
        async with market.database.unit_of_work() as session:
            order = await checkout.place_order(
                session, purchase, actor=Actor(ActorKind.CUSTOMER), now=market.clock.now()
            )
        return order.id

    return run
