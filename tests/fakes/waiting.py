"""Wait for a condition that another program brings about, with a deadline."""

import asyncio
from collections.abc import Callable

LOOK_EVERY_S = 0.005


async def eventually(condition: Callable[[], object], *, within_s: float = 30.0) -> None:
    """Return once the condition is true; fail the test with its words after the deadline."""
    try:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - another program sets no Event
                await asyncio.sleep(LOOK_EVERY_S)  # noqa: TID251 - looks again until the deadline
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s: {condition}") from None
