"""Fixtures of the cloud's tests.

Everything is real: a migrated PostgreSQL database of each test's own, the application as `app.py`
builds it, a mail server. Only the clock is ours to move.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from cloud import migrations
from cloud.app import build_app
from cloud.composition import Parts
from cloud.foundation.database import Database
from cloud.foundation.identity import Role
from cloud.foundation.jobs.worker import WorkerSettings
from cloud.settings import CloudSettings
from cloud.worker import build_worker
from tests.fakes.clock import ManualClock
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox

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
def settings(database_url: str, mailbox: Mailbox) -> CloudSettings:
    """What the application under test is told; tests that need more copy and change it."""
    return CloudSettings(
        database_url=database_url,
        public_url="http://127.0.0.1",
        session_secret="s" * 32,
        smtp_port=mailbox.smtp_port,
        mail_from="The Scent <shop@scent.test>",
        password_memory_kib=64,
        database_pool=5,
    )


@pytest.fixture
async def app(settings: CloudSettings, clock: ManualClock) -> AsyncIterator[FastAPI]:
    """The application, with its parts at `app.state.parts`."""
    app = build_app(settings, schema_head=migrations.head(), clock=clock)
    async with app.router.lifespan_context(app):
        yield app


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


@pytest.fixture
def do_jobs(settings: CloudSettings, clock: ManualClock) -> Callable[[], Awaitable[None]]:
    """Do all background work that is due, as the worker process does, and return."""

    async def run() -> None:
        worker = build_worker(settings, clock=clock, worker_settings=QUICK)
        await worker.run(until_empty=True)

    return run
