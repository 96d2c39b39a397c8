"""Keep the daemon's parts running, each alone: one that crashes restarts with back-off.

Also speaks systemd's notify protocol (sd_notify(3)): READY=1 once, WATCHDOG=1 as long as the
event loop still turns, STOPPING=1 at the end. Outside systemd all of that does nothing.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable

from scentd.clock import Clock

_log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
HEALTHY_S = 60.0
"""A part that ran this long is well again: its next pause is the first one."""


async def keep_running(name: str, run: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Run a part for ever; when it ends or raises, log it and start it again after a pause.

    The pause doubles from one second to a minute. Cancellation passes through.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        began_s = clock.monotonic()
        try:
            await run()
            _log.error("%s ended by itself; starting it again", name)
        except Exception:  # noqa: BLE001 - one part's bug must not take the house down
            _log.exception("%s crashed; starting it again in %.0f s", name, pause_s)
        if clock.monotonic() - began_s >= HEALTHY_S:
            pause_s = FIRST_PAUSE_S
        await clock.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


class ServiceManager:
    """Tell systemd how the daemon is, when systemd started it."""

    def __init__(self, clock: Clock, address: str | None = None, watchdog_us: int = 0) -> None:
        self._clock = clock
        self._address = address
        self._watchdog_s = watchdog_us / 1_000_000

    @classmethod
    def of_environment(cls, clock: Clock) -> "ServiceManager":
        """Read NOTIFY_SOCKET and WATCHDOG_USEC, as systemd sets them."""
        watchdog_us = int(os.environ.get("WATCHDOG_USEC", "0"))
        return cls(clock, os.environ.get("NOTIFY_SOCKET"), watchdog_us)

    def say(self, state: str) -> None:
        """Send one state such as `READY=1`; a manager that does not listen is no error."""
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
            try:
                sender.sendto(state.encode(), name)
            except OSError as error:
                _log.warning("systemd did not take %s: %s", state, error)

    async def feed_watchdog(self) -> None:
        """Say WATCHDOG=1 at a third of the asked interval, from the loop itself."""
        if not self._watchdog_s:
            await asyncio.Event().wait()
        while True:
            self.say("WATCHDOG=1")
            await self._clock.sleep(self._watchdog_s / 3)
