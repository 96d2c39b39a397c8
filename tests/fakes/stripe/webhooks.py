"""Signed delivery of events to the shop: retried until taken, and as unruly as asked.

Order is never promised. The switches make the bad days of a real network happen on demand.
"""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp

from tests.fakes.stripe.account import Account, StripeObject

_DEADLINE = aiohttp.ClientTimeout(total=10)
_HOUR_S = 3600
# An event that nobody took is tried again for so long after it happened.
_KEPT_S = 3 * 24 * _HOUR_S


@dataclass(frozen=True)
class Switches:
    """How deliveries misbehave; all off by default."""

    # Seconds that each delivery waits before its first attempt.
    delay_s: float = 0.0
    # Further copies of each event, delivered besides the first.
    duplicates: int = 0
    # Hold events back until this many have come together, then send them in random order.
    shuffle: int = 0
    # Share of deliveries that are lost for good, 0..1.
    drop: float = 0.0
    # Sign with a wrong secret.
    bad_signature: bool = False
    # Hold everything back until released by hand.
    paused: bool = False
    # Quick attempts per delivery, and the first pause between two of them; it doubles up to 60 s.
    # A delivery that nobody took by then is tried every hour by the account's clock, for 3 days.
    attempts: int = 12
    retry_s: float = 0.5


@dataclass
class Tally:
    """What became of the deliveries, for tests and the control page."""

    delivered: int = 0
    refused: int = 0
    dropped: int = 0
    given_up: int = 0


class Webhooks:
    """Delivers events to one endpoint; owns its tasks and ends them in `close`."""

    def __init__(
        self,
        account: Account,
        url: str | None,
        secret: str,
        now: Callable[[], datetime],
        *,
        seed: int = 1,
    ) -> None:
        self._account = account
        self.url = url
        self.switches = Switches()
        self.tally = Tally()
        self._secrets = [secret]
        self._now = now
        self._random = random.Random(seed)
        self._held: list[StripeObject] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None

    def offer(self, event: StripeObject) -> None:
        """Take an event for delivery; returns at once."""
        if self.url is None:
            return
        if self._random.random() < self.switches.drop:
            self.tally.dropped += 1
            return
        self._held.extend([event] * (1 + self.switches.duplicates))
        if self.switches.paused or len(self._held) < self.switches.shuffle:
            return
        self.release()

    def release(self) -> None:
        """Send what is held back now, in random order when shuffling."""
        batch, self._held = self._held, []
        if self.switches.shuffle:
            self._random.shuffle(batch)
        for event in batch:
            self._start(event)

    def resend(self, event: StripeObject) -> None:
        """Deliver an old event once more, whatever became of it before."""
        self._start(event)

    def set(self, **changes: Any) -> None:
        """Turn switches; releases what a lifted pause or shuffle was holding."""
        self.switches = replace(self.switches, **changes)
        if not self.switches.paused and len(self._held) >= self.switches.shuffle:
            self.release()

    def rotate(self, secret: str, *, keep_old: bool = True) -> None:
        """Sign with a new secret from now on; beside the old one while that is kept."""
        self._secrets = [secret, *self._secrets[: 1 if keep_old else 0]]

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is held back or under way."""
        return not self._held and not self._tasks

    async def settle(self, *, deadline_s: float = 60.0) -> None:
        """Send everything without further pauses and return when nothing is under way."""
        self._account.tick()
        self.release()
        self._hurry.set()
        try:
            async with asyncio.timeout(deadline_s):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))
                    self._account.tick()
        finally:
            self._hurry.clear()

    async def close(self) -> None:
        """End every delivery that is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _start(self, event: StripeObject, *, at: int | None = None) -> None:
        task = asyncio.get_running_loop().create_task(
            self._deliver(event, at or event["created"]), name=f"webhook {event['id']}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, event: StripeObject, at: int) -> None:
        """Try an event some times; nobody took it: plan the next tries an hour after `at`."""
        is_retry = at > event["created"]
        await self._pause(self.switches.delay_s)
        for attempt in range(1 if is_retry else self.switches.attempts):
            if await self._post(event):
                self.tally.delivered += 1
                return
            self.tally.refused += 1
            await self._pause(min(self.switches.retry_s * 2**attempt, 60.0))
        again_at = at + _HOUR_S
        if again_at > event["created"] + _KEPT_S:
            self.tally.given_up += 1
            return
        self._account.agenda.add(again_at, lambda: self._start(event, at=again_at))

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer once somebody settles."""
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _post(self, event: StripeObject) -> bool:
        body = json.dumps(event, separators=(",", ":"))
        secrets = ["whsec_wrong"] if self.switches.bad_signature else self._secrets
        stamp = int(self._now().timestamp())
        signatures = ",".join(f"v1={sign(secret, stamp, body)}" for secret in secrets)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": f"t={stamp},{signatures}",
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_DEADLINE)
        try:
            async with self._session.post(
                str(self.url), data=body.encode(), headers=headers
            ) as answer:
                return answer.ok
        except (aiohttp.ClientError, TimeoutError):
            return False


def sign(secret: str, stamp: int, body: str) -> str:
    """Return the v1 signature of a body, as Stripe's documentation defines it."""
    return hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
