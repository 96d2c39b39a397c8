"""The cloud's PostgreSQL: the mapped base class, the unit of work and the fast read.

Writes use the ORM in one transaction per request or job; nobody but the unit of work commits.
Reads use Core on a connection in autocommit, and the hottest go straight to the driver: a quarter
and a tenth of the CPU.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import (
    BigInteger,
    DateTime,
    Enum,
    FetchedValue,
    Identity,
    MetaData,
    Text,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, AdaptedConnection, Dialect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.util import greenlet_spawn

from cloud.foundation import last_writes
from cloud.foundation.errors import Malformed, Unavailable
from cloud.foundation.events import EventBook

BigId = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]

# What a request wants to be written in each transaction that it commits, if anything.
at_commit: ContextVar[Callable[[AsyncSession], Awaitable[None]] | None] = ContextVar(
    "at_commit", default=None
)

# What PostgreSQL answers when a repeat of the same transaction is the cure.
_DEADLOCK_OR_SERIALIZATION = ("40P01", "40001")
# NUL in a text, or as \u0000 in JSON: the one character of JSON that PostgreSQL has no place for.
_UNSTORABLE = ("22021", "22P05")


class Base(DeclarativeBase):
    """Base of every mapped class.

    Conventions: a primary key is `id: Mapped[BigId]`; every datetime is timestamptz; every
    string is text; a relationship says `lazy="raise"`; foreign keys go by table name and each
    has an index of its own or leads another one. Constraints get their names from here, a CHECK
    is named `ck_<table>_<its name>`.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text(),
        int: BigInteger(),
        dict[str, Any]: JSONB(),
    }
    # Server-made values come back with RETURNING: reading them later would need an await.
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - so declared by SQLAlchemy


class Timestamped:
    """Adds `created_at` and `updated_at`, both written by the server, never by us.

    `updated_at` is kept by the trigger that `cloud.migrations.operations.keep_updated_at` makes,
    so that a bulk UPDATE or a hand on psql moves it too. They tell when the row was written; a
    moment that the business reasons about has a column of its own, filled from the Clock.
    """

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), server_onupdate=FetchedValue()
    )


def text_enum(kind: type[StrEnum], name: str) -> Enum:
    """Return the column type of an enum: varchar(40) and a CHECK `ck_<table>_<name>`.

    In a migration write `sa.String(40)` and the CHECK; a new member is then one constraint
    swapped, where a PostgreSQL enum type could not lose a member at all.
    """
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        validate_strings=True,
        values_callable=lambda members: [member.value for member in members],
    )


def async_url(url: str) -> URL:
    """Return the asyncpg form of a database address given as libpq URI or SQLAlchemy URL."""
    return make_url(_with_known_scheme(url)).set(drivername="postgresql+asyncpg")


def psycopg_url(url: str) -> URL:
    """Return the psycopg form of the same address, for the synchronous migrations."""
    return make_url(_with_known_scheme(url)).set(drivername="postgresql+psycopg")


def libpq_dsn(url: str) -> str:
    """Return the libpq URI of the same address, with its password, for psycopg itself."""
    plain = make_url(_with_known_scheme(url)).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


class Database:
    """A pool of connections to one PostgreSQL database. Connects at first use, not before."""

    def __init__(
        self,
        url: str,
        *,
        events: EventBook | None = None,
        pool_size: int = 10,
        wait_s: float = 10.0,
        name: str = "cloud",
    ) -> None:
        self._events = events or EventBook()
        self._engine = _engine(url, pool_size, wait_s, name)
        # Short reads have a pool of their own: a request that holds a transaction asks for settings
        # or limits, and would wait for others that wait for the same.
        self._autocommit = _engine(url, pool_size, wait_s, name, isolation_level="AUTOCOMMIT")
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncGenerator[AsyncSession]:
        """Open a session whose transaction commits at the end and rolls back on any exception.

        Objects stay readable after the commit. Raises Unavailable when PostgreSQL does not
        answer, goes away, or ends the transaction as a deadlock victim.
        """
        try:
            async with self._sessions() as session, session.begin():
                self._events.attach(session)
                last_writes.begin(session)
                yield session
                await last_writes.write_collected(session)
                if (write := at_commit.get()) is not None:
                    await session.flush()
                    await write(session)
        except (DBAPIError, PoolTimeout) as error:
            raise _in_words(error) from error

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Open a connection in autocommit: each statement stands alone and sees the newest state.

        For single-statement reads, and for the few single-statement writes that must survive
        the failure of their request (rate limits, last-seen stamps). Raises Unavailable as
        `unit_of_work` does.
        """
        try:
            async with self._autocommit.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise _in_words(error) from error

    async def row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a statement, None for no row, past SQLAlchemy's own execution.

        For the few reads that are asked thousands of times a minute: 0.12 ms of CPU where the
        same statement costs 0.4 through `reading`. Each stands alone, in autocommit. The
        statement is in PostgreSQL's own form (`$1`, `$2`), and a value's type is what its place
        in the statement demands. Raises Unavailable as `unit_of_work` does.
        """
        try:
            pooled = await self._autocommit.raw_connection()
        except (DBAPIError, PoolTimeout) as error:
            raise _in_words(error) from error
        try:
            # A connection out of the pool has its driver.
            driver: Any = pooled.driver_connection
            found = await driver.fetchrow(statement, *values)
        except (asyncpg.InterfaceError, asyncpg.PostgresError, OSError) as error:
            state = getattr(error, "sqlstate", None)
            if driver.is_closed() or _is_silence(state):
                raise _silent() from error
            if state in _UNSTORABLE:
                raise UnstorableText from error
            raise
        finally:
            await greenlet_spawn(pooled.close)
        return None if found is None else tuple(found)

    async def close(self) -> None:
        """Close every connection; the object may not be used afterwards."""
        await self._engine.dispose()
        await self._autocommit.dispose()


def _engine(url: str, pool_size: int, wait_s: float, name: str, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=wait_s,
        connect_args={
            "timeout": 10,
            # Just-in-time compilation costs more than it saves on statements this small.
            "server_settings": {"jit": "off", "application_name": name, "timezone": "UTC"},
        },
        **options,
    )
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "checkout", _refuse_dead_connection)
    return engine


def _with_known_scheme(url: str) -> str:
    # libpq also accepts postgres://, SQLAlchemy does not.
    return (
        "postgresql://" + url.removeprefix("postgres://") if url.startswith("postgres://") else url
    )


def _connect(
    dialect: Dialect, _record: object, args: tuple[object, ...], parameters: dict[str, object]
) -> DBAPIConnection:
    try:
        return dialect.connect(*args, **parameters)
    except Exception as error:  # drivers share no root for "cannot connect"
        raise _silent() from error


def _refuse_dead_connection(connection: AdaptedConnection, _record: object, _proxy: object) -> None:
    # asyncpg notices a closed socket by itself: looking costs nothing, a ping costs a round trip.
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed this pooled connection")


class UnstorableText(Malformed):
    """A text holds a character that PostgreSQL cannot store."""

    code = "unstorable_text"

    def __init__(self) -> None:
        super().__init__(
            "A text holds the character NUL.", hint="Take it out and send the request again."
        )


def _in_words(error: Exception) -> Exception:
    if isinstance(error, PoolTimeout):
        return Unavailable("All database connections are busy.", hint="Try again in a few seconds.")
    if isinstance(error, DBAPIError):
        if getattr(error.orig, "sqlstate", None) in _DEADLOCK_OR_SERIALIZATION:
            return Unavailable(
                "Another change got in the way.",
                hint="Nothing was stored; try again.",
                retry_after_s=1,
            )
        state = getattr(error.orig, "sqlstate", None)
        if state in _UNSTORABLE:
            return UnstorableText()
        if not (error.connection_invalidated or _is_silence(state)):
            return error
    return _silent()


def _silent() -> Unavailable:
    return Unavailable(
        "The database does not answer.",
        hint="Try again in a few seconds; whoever runs this service should look at PostgreSQL.",
    )


def _is_silence(state: str | None) -> bool:
    # Class 08: connection trouble. 57P0x: the server shuts down, crashed or is still starting.
    return (state or "").startswith(("08", "57P0")) or state == "53300"
