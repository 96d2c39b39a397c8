"""Fixtures of the cloud's tests.

Everything is real: a migrated PostgreSQL database of each test's own, the application as `app.py`
builds it, a mail server. Only the clock is ours to move.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from fastapi.dependencies import models as dependency_models
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from cloud import migrations
from cloud.app import build_app
from cloud.composition import Parts, register_jobs
from cloud.foundation.database import Database
from cloud.foundation.garbage import keep_what_there_is
from cloud.foundation.identity import Role
from cloud.foundation.jobs import JobRegistry
from cloud.foundation.jobs.periodic import PeriodicSuccess
from cloud.foundation.jobs.worker import WorkerSettings
from cloud.settings import CloudSettings
from cloud.worker import CloudWorker, build_worker
from tests.fakes.clock import ManualClock
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.leftovers import short_traceback

# What was imported stays: looking through it for garbage again and again takes a tenth of the time.
keep_what_there_is()

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=short_traceback),
    ]
)

PASSWORD = "correct horse battery staple"
QUICK = WorkerSettings(polling_s=0.02, tick_s=0.1, heartbeat_s=1, silent_s=5, grace_s=2)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told to."""
    return ManualClock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The cloud's Database, without event handlers, on a fresh migrated database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def mailbox(clock: ManualClock) -> AsyncIterator[Mailbox]:
    """A mail server that keeps what it gets."""
    mailbox = Mailbox(clock.now)
    await mailbox.start()
    yield mailbox
    await mailbox.stop()


@pytest.fixture
def settings(database_url: str, mailbox: Mailbox, tmp_path: Path) -> CloudSettings:
    """What the application under test is told; tests that need more copy and change it."""
    return CloudSettings(
        database_url=database_url,
        public_url="http://127.0.0.1",
        session_secret="s" * 32,
        smtp_port=mailbox.smtp_port,
        mail_from="The Scent <shop@scent.test>",
        password_memory_kib=64,
        database_pool=5,
        # Fifty at once take their time on a machine with other work.
        database_wait_s=60,
        files=str(tmp_path / "files"),
        vies_url="",
    )


@pytest.fixture
async def app(settings: CloudSettings, clock: ManualClock) -> AsyncIterator[FastAPI]:
    """The application, with its parts at `app.state.parts`."""
    app = build_app(settings, schema_head=migrations.head(), clock=clock)
    async with app.router.lifespan_context(app):
        yield app
    _forget_routes()


def _forget_routes() -> None:
    """Empty the caches in which FastAPI keeps every route function it has met, for ever.

    Each holds the application it was made for: a thousand of them filled a gigabyte, and made
    every round of the garbage collector seconds long.
    """
    for one in vars(dependency_models).values():
        if hasattr(one, "cache_clear"):
            one.cache_clear()


@pytest.fixture
def parts(app: FastAPI) -> Parts:
    """The parts that the application is built from."""
    parts: Parts = app.state.parts
    return parts


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[CloudClient]:
    """A stranger's HTTP client."""
    async with CloudClient(app) as client:
        yield client


SignInAs = Callable[[Role, str], Awaitable[CloudClient]]


@pytest.fixture
async def sign_in_as(app: FastAPI, parts: Parts) -> AsyncIterator[SignInAs]:
    """Make an account with a role and an e-mail address, and return its signed-in client."""
    clients: list[CloudClient] = []

    async def sign_in(role: Role, email: str) -> CloudClient:
        client = CloudClient(app)
        clients.append(client)
        await client.post_json(
            "/api/v1/auth/sign-up", {"email": email, "name": "Test", "password": PASSWORD}
        )
        async with parts.database.unit_of_work() as session:
            await session.execute(
                text("UPDATE users SET role = :role WHERE email = :email"),
                {"role": role.value, "email": email},
            )
        return client

    yield sign_in
    for client in clients:
        await client.aclose()


@pytest.fixture
async def customer(sign_in_as: SignInAs) -> CloudClient:
    """A signed-in customer's client."""
    return await sign_in_as(Role.CUSTOMER, "customer@example.org")


@pytest.fixture
async def staff(sign_in_as: SignInAs) -> CloudClient:
    """A signed-in manager's client."""
    return await sign_in_as(Role.MANAGER, "manager@example.org")


@pytest.fixture
async def admin(sign_in_as: SignInAs) -> CloudClient:
    """A signed-in admin's client."""
    return await sign_in_as(Role.ADMIN, "admin@example.org")


async def _came_round(worker: CloudWorker, at: datetime) -> None:
    registry = JobRegistry()
    register_jobs(registry, worker.parts)
    async with worker.parts.database.unit_of_work() as session:
        for name in registry.periodic:
            fresh = insert(PeriodicSuccess).values(name=name, succeeded_at=at)
            await session.execute(fresh.on_conflict_do_nothing())


@pytest.fixture
async def do_jobs(
    settings: CloudSettings, clock: ManualClock
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Do all background work that is due, as the worker process does, and return.

    The periodic jobs came round when the test began, as in a shop that has been open for a while:
    each is due once the clock was moved by its pace.
    """
    hired: list[CloudWorker] = []
    began_at = clock.now()

    async def run() -> None:
        # One for all calls of a test: its connections take longer than most jobs.
        if not hired:
            hired.append(build_worker(settings, clock=clock, worker_settings=QUICK))
            await _came_round(hired[0], began_at)
        await hired[0].worker.run(until_empty=True)

    yield run
    for one in hired:
        await one.parts.close()
