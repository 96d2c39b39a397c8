"""Fixtures for every test: real servers, a real browser, and words for those that are missing."""

import gc
import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from hypothesis import HealthCheck, settings

from tests import components
from tests.leftovers import (
    pytest_runtest_makereport,
    pytest_runtest_protocol,
)
from tools.broker import Broker
from tools.postgres_server import PostgresServer

__all__ = ["pytest_runtest_makereport", "pytest_runtest_protocol"]

# Examples found on one machine are printed with their seed, so that any other one can repeat them.
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("long", parent=settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Hundreds of processes are started here; each would compile all of its modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# An application a test is much that soon is garbage; looked for less often, it costs half.
gc.set_threshold(50_000, 20, 20)

_database_numbers = itertools.count(1)
_PATIENCE_S = 60.0

MakeDatabase = Callable[[str], AbstractContextManager[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the full depth, and a real Home Assistant."""
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")
    parser.addoption(
        "--home-assistant",
        metavar="HASS",
        help="run the tests marked `home_assistant` alone, with this program",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is long, unless asked for, and what needs somebody else's programs, or not.

    A real Home Assistant is named by an option, a real test account of Stripe by its key.
    """
    has_account = bool(os.environ.get("SCENT_STRIPE_TEST_KEY"))
    with_assistant = bool(config.getoption("--home-assistant"))
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("long") and not config.getoption("--long"))
        or (item.get_closest_marker("stripe_account") and not has_account)
        or bool(item.get_closest_marker("home_assistant")) != with_assistant
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Take what was imported and collected out of the garbage collector's rounds.

    Thousands of tests and all modules of the project stay to the end; what collects by itself
    (conformance, fuzz) looked through them again and again.
    """
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for the component of each `needs_...` marker."""
    for marker in components.BY_MARKER:
        if item.get_closest_marker(marker):
            components.require(marker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which real component was missing, and what to install for it."""
    missing: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _, found, words = reason.partition(components.MISSING)
        if found:
            missing[words] = missing.get(words, 0) + 1
    for words, count in sorted(missing.items()):
        tests = "1 test was" if count == 1 else f"{count} tests were"
        terminalreporter.write_line(f"{tests} skipped, missing here: {words}", yellow=True)


@pytest.fixture(scope="session")
def is_long_run(request: pytest.FixtureRequest) -> bool:
    """Whether to go to full depth; a test that samples otherwise asks this."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def within(is_long_run: bool) -> Callable[[float], float]:
    """The seconds in which something must happen that the product promises in so many.

    A long run, on a quiet machine, takes the product at its word. Elsewhere a minute is given,
    so that no other work of the machine fails a test; what never comes fails it all the same.
    """
    return lambda promised_s: promised_s if is_long_run else max(promised_s, _PATIENCE_S)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL of this session alone, on a unix socket."""
    components.require("needs_postgres")
    server = PostgresServer(in_memory=True)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def own_postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL for one test, which may crash and restart it."""
    components.require("needs_postgres")
    server = PostgresServer(in_memory=True)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> str:
    """The name of a database with every migration applied, to be copied."""
    from cloud.migrations import applying  # the hub's tests run without the cloud's libraries

    postgres_server.create_database("migrated")
    applying.upgrade(postgres_server.sqlalchemy_url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def make_database(postgres_server: PostgresServer) -> Iterator[MakeDatabase]:
    """Copy a template into a database with a name of its own, for as long as the context lasts."""
    import psycopg  # the hub's tests run without the cloud's libraries

    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as connection:
        # Copying files takes half of what writing every block to the log takes.
        strategy = "STRATEGY file_copy" if connection.info.server_version >= 150000 else ""

        @contextmanager
        def make(template: str) -> Iterator[str]:
            name = f"test_{next(_database_numbers)}"
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
            try:
                yield postgres_server.sqlalchemy_url(name)
            finally:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

        yield make


@pytest.fixture
def empty_database_url(make_database: MakeDatabase) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database without any table."""
    with make_database("template1") as url:
        yield url


@pytest.fixture
def database_url(make_database: MakeDatabase, migrated_template: str) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database with every migration applied."""
    with make_database(migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A real broker of this session; tests on it use topics of their own and never stop it."""
    yield from _running_broker()


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    """A real broker for one test, which may kill and restart it."""
    yield from _running_broker()


def _running_broker() -> Iterator[Broker]:
    if components.everything_is_required():
        components.require("needs_broker")
    broker = Broker()
    try:
        broker.start()
        yield broker
    finally:
        broker.close()


@pytest.fixture
async def browser_context() -> AsyncIterator[object]:
    """A fresh Playwright BrowserContext; a request to another host fails the test."""
    from tests.browser import open_context  # takes long to import, and few tests need it

    components.require("needs_browser")
    async with open_context() as context:
        yield context
