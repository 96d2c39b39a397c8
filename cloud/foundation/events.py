"""Transactional events: news that travels upward inside the transaction that made it.

A feature emits a frozen dataclass; the handlers that a composition root listed for its type run at
once, in the same transaction. So either the fact and all its consequences are stored, or none is.
Work that reaches outside the database (mail, Stripe) does not belong in a handler: defer a job.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

Handler = Callable[[AsyncSession, Any], Awaitable[None]]

_KEY = "event_book"


class EventBook:
    """The explicit list of who listens to what: event type -> handlers, in the order they run."""

    def __init__(self, handlers: Mapping[type, Sequence[Handler]] | None = None) -> None:
        self._handlers = {kind: tuple(listed) for kind, listed in (handlers or {}).items()}

    def handlers_of(self, event: object) -> tuple[Handler, ...]:
        """Return the handlers of exactly this event's type, first to run first."""
        return self._handlers.get(type(event), ())

    def attach(self, session: AsyncSession) -> None:
        """Make this the book that `emit` reads for a session."""
        session.info[_KEY] = self


async def emit(session: AsyncSession, event: object) -> None:
    """Run the handlers of an event, one after another, in the session's transaction.

    Pending changes are flushed first, so that a handler sees them in its queries. An event that
    a handler emits is handled before the next handler runs (depth first). An exception of a
    handler is the caller's: the whole unit of work rolls back. An event nobody listens to is
    fine. A session made elsewhere than by `Database.unit_of_work` has no book: TypeError.
    """
    book = session.info.get(_KEY)
    if not isinstance(book, EventBook):
        raise TypeError("this session has no event book; take it from Database.unit_of_work")
    handlers = book.handlers_of(event)
    if handlers:
        await session.flush()
    for handler in handlers:
        await handler(session, event)
