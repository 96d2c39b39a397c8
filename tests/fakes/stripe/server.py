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
from tests.fakes.stripe.disputes import decide, open_dispute
from tests.fakes.stripe.faults import Fault, Faults
from tests.fakes.stripe.pages import Pages
from tests.fakes.stripe.payment_intents import approve, confirm, use_method
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
        self.webhooks = Webhooks(self.account, webhook_url, webhook_secret, now)
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
        self._api.close()
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

    def confirm(self, intent_id: str, token: str = "pm_card_visa") -> StripeObject:
        """Do what a buyer's program does with a client secret; ApiFailure when refused."""
        intent = self.account.get("payment_intent", intent_id)
        use_method(self.account, intent, token)
        confirm(self.account, intent, off_session=False, return_url=None)
        return intent

    @property
    def holding(self) -> int:
        """How many answers hang this moment, by the faults `hang` and `hang_after`."""
        return self._api.holding

    def let_go(self) -> None:
        """End what hangs this moment, with its effect and its answer."""
        self._api.let_go()

    def dispute(self, intent_id: str, **facts: Any) -> StripeObject:
        """Let a cardholder dispute what an intent charged; see `open_dispute`."""
        intent = self.account.get("payment_intent", intent_id)
        charge = self.account.get("charge", intent["latest_charge"])
        return open_dispute(self.account, charge, **facts)

    def decide(self, dispute_id: str, outcome: str) -> None:
        """Let a bank decide a dispute: won, lost or warning_closed."""
        decide(self.account, self.account.get("dispute", dispute_id), outcome)

    def approve(self, intent_id: str) -> StripeObject:
        """Do what a cardholder does who approves with their bank."""
        intent = self.account.get("payment_intent", intent_id)
        approve(self.account, intent)
        return intent

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
