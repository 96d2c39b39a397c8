"""Processes of the shop that are killed at a chosen moment of a talk with the payment provider.

Nothing in the shop helps: the stand-in holds an answer back, or a row that the process wants is
locked from outside, and while it waits there it is sent SIGKILL.
"""

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from typing import Literal

from sqlalchemy import text

from tests.fakes.cloud_process import ROOT
from tests.fakes.market import Market
from tests.fakes.stripe.faults import Kind
from tests.fakes.stripe.server import API_KEY, WEBHOOK_SECRET
from tests.fakes.waiting import eventually

_WITHIN_S = 60.0
_WAITERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND CASE WHEN :asks = ''
        THEN CAST(:holder AS integer) = ANY (pg_blocking_pids(pid))
        ELSE wait_event_type = 'Lock' AND strpos(query, :asks) > 0 END
"""


def environment(market: Market, smtp_port: int) -> dict[str, str]:
    """Return what a process of this shop is told."""
    settings = market.parts.settings
    return {
        "SCENT_DATABASE_URL": settings.database_url.get_secret_value(),
        "SCENT_PUBLIC_URL": settings.public_url,
        "SCENT_SESSION_SECRET": settings.session_secret.get_secret_value(),
        "SCENT_SMTP_PORT": str(smtp_port),
        "SCENT_MAIL_FROM": settings.mail_from,
        "SCENT_STRIPE_SECRET_KEY": API_KEY,
        "SCENT_STRIPE_PUBLISHABLE_KEY": settings.stripe_publishable_key,
        "SCENT_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SCENT_STRIPE_API_BASE": market.stripe.base_url,
        "SCENT_DATABASE_POOL": "4",
    }


class ShopWorker:
    """A worker in a process of its own."""

    def __init__(self, told: dict[str, str]) -> None:
        self._told = told
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it takes jobs as soon as it can."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.fakes.shop_worker",
            cwd=ROOT,
            env={**os.environ, **self._told},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        """End it as a power cut would."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


class Moment:
    """One moment of a talk with the provider, to be killed in.

    `kind` hang: the request was sent and has no effect yet. hang_after: it had its effect. With
    `row` the answer arrives too, and the process waits for that row, which is locked. Where several
    statements may want that row, `asks` is a part of the one that counts.
    """

    def __init__(
        self,
        market: Market,
        kind: Kind,
        *,
        method: Literal["GET", "POST"] = "POST",
        path: str,
        row: str | None = None,
        asks: str = "",
    ) -> None:
        self._market = market
        self._row = row
        self._asks = asks
        self._held_before = market.stripe.holding
        self._stack = AsyncExitStack()
        market.stripe.order(kind, method=method, path=path, hold_s=_WITHIN_S)

    async def arrive(self) -> None:
        """Return when the process is there."""
        stripe = self._market.stripe
        await eventually(lambda: stripe.holding > self._held_before, within_s=_WITHIN_S)
        if self._row is None:
            return
        session = await self._stack.enter_async_context(self._market.database.unit_of_work())
        assert (await session.execute(text(f"{self._row} FOR UPDATE"))).all()
        # Others wait for one another too: what counts is who waits for this very row.
        holder = await session.scalar(text("SELECT pg_backend_pid()"))
        stripe.let_go()
        async with asyncio.timeout(_WITHIN_S):
            # Not in this session: a transaction sees the activity of its first look for ever.
            while not await self._market.scalar(_WAITERS, holder=holder, asks=self._asks):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)  # noqa: TID251 - looks until the deadline

    async def leave(self) -> None:
        """Let the row go."""
        await self._stack.aclose()
