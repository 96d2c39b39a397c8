"""The stand-in as one object: start it, point the SDK's base addresses at it, stop it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fakes.stripe import checkout
from tests.fakes.stripe.account import Account, StripeObject
from tests.fakes.stripe.api import Api
from tests.fakes.stripe.cards import BY_TOKEN
from tests.fakes.stripe.control import Control
from tests.fakes.stripe.faults import Fault, Faults
from tests.fakes.stripe.pages import Pages
from tests.fakes.stripe.webhooks import Webhooks

WEBHOOK_SECRET = "whsec_of_the_stand_in"
API_KEY = "sk_test_of_the_stand_in"


class FakeStripe:
    """A pretend Stripe on loopback. `base_url` is known once `start` has returned."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        webhook_url: str | None = None,
        webhook_secret: str = WEBHOOK_SECRET,
    ) -> None:
        self.account = Account(now)
        self.faults = Faults()
        self.webhooks = Webhooks(webhook_url, webhook_secret, now)
        self.account.on_event = self.webhooks.offer
        self._api = Api(self.account, self.faults)
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        return self.account.base_url

    @property
    def requests(self) -> list[tuple[str, str, str | None]]:
        """Every API request so far: method, path, idempotency key."""
        return self._api.requests

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application()
        app.add_routes(Control(self.account, self.webhooks, self.faults).routes())
        app.add_routes(Pages(self.account).routes())
        app.router.add_route("*", "/v1/{rest:.*}", self._api.answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.account.base_url = f"http://127.0.0.1:{bound}"

    async def stop(self) -> None:
        """Stop listening and end the deliveries under way."""
        self._api.is_closing.set()
        await self.webhooks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def order(self, kind: Any, **where: Any) -> None:
        """Order a fault; see `Fault`."""
        self.faults.order(Fault(kind, **where))

    def pay(self, session_id: str, token: str = "pm_card_visa") -> StripeObject:
        """Do what a buyer does on the hosted page; returns the intent."""
        session = checkout.current_session(self.account, session_id)
        return checkout.pay_with_card(
            self.account, session, BY_TOKEN[token], email="buyer@example.com", name="Test Buyer"
        )

    def count(self, kind: str, **equal: Any) -> int:
        """Count the objects of a kind whose fields equal these."""
        return sum(
            all(held.get(name) == wanted for name, wanted in equal.items())
            for held in self.account.all(kind)
        )


@asynccontextmanager
async def running(
    now: Callable[[], datetime], *, webhook_url: str | None = None
) -> AsyncIterator[FakeStripe]:
    """Run the stand-in on a free port for the length of a test."""
    fake = FakeStripe(now, webhook_url=webhook_url)
    await fake.start()
    try:
        yield fake
    finally:
        await fake.stop()
