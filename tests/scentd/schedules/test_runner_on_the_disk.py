"""What the runner writes before it begins, and how often it waits for the disk."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.fakes.plans import entry, plan
from tests.fakes.waiting import eventually

MINUTE = 60.0

At = Callable[[str], None]


@asynccontextmanager
async def held_writer(home) -> AsyncIterator[None]:
    """Let nothing be written until the block is left."""
    release = threading.Event()
    holding = asyncio.create_task(home.database.write(lambda _: release.wait(10)))
    home.clock.settle = lets_others_run
    yield
    release.set()
    await holding


async def lets_others_run() -> None:
    for _ in range(50):
        await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait


async def test_switches_of_one_instant_share_what_they_write_before_they_begin(
    home, at: At
) -> None:
    at("2026-03-02T06:59")
    await home.start()
    await home.book.save(plan(entry("lamp", "07:00", "08:00")))
    fan = replace(plan(entry("fan", "07:00", "08:00"), name="f"), diffuser_id="fan")
    await home.book.save(fan)
    await home.clock.advance(0)
    commits: list[None] = []
    home.database.on_commit(lambda: commits.append(None))
    commits_at_wish: list[int] = []
    home.commander.on_wish = lambda: commits_at_wish.append(len(commits))

    async with held_writer(home):
        await home.clock.advance(MINUTE)

    await eventually(lambda: len(commits_at_wish) == 2)
    # Both were on the disk by the same commit, that of the work which held the writer or the next.
    assert commits_at_wish[0] == commits_at_wish[1] >= 1
