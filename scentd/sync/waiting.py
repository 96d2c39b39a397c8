"""Waiting for time to pass or for somebody to nudge, whichever comes first."""

import asyncio

from scentd.clock import Clock


async def sleep_or_nudge(clock: Clock, seconds: float | None, nudge: asyncio.Event) -> None:
    """Return after that many seconds (None: never) or once `nudge` is set; clears it."""
    async with asyncio.TaskGroup() as group:
        waits: list[asyncio.Task[object]] = [group.create_task(nudge.wait(), name="nudge")]
        if seconds is not None:
            waits.append(group.create_task(clock.sleep(seconds), name="time"))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    nudge.clear()
