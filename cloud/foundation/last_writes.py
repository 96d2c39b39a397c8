"""What a transaction writes last, all of a kind at once: one statement instead of one each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

Write = Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]

_KEY = "last_writes"


def begin(session: AsyncSession) -> None:
    """Let a session collect; whoever does calls `write_collected` before the commit."""
    session.info[_KEY] = {}


async def collect(session: AsyncSession, write: Write, item: object) -> None:
    """Have `write` called once at the end of the unit of work, with all its items in their order.

    A session that nobody ends with `write_collected` writes at once.
    """
    collected: dict[Write, list[object]] | None = session.info.get(_KEY)
    if collected is None:
        await write(session, [item])
    else:
        collected.setdefault(write, []).append(item)


async def write_collected(session: AsyncSession) -> None:
    """Write what was collected, and what that collects in turn."""
    while collected := session.info[_KEY]:
        session.info[_KEY] = {}
        for write, items in collected.items():
            await write(session, items)
