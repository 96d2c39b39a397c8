"""Fixtures for every test: real servers, a real browser, and words for those that are missing."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import components
from tools.broker import Broker
from tools.postgres_server import PostgresServer

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

_database_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the full depth."""
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out of a short run."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


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
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL of this session alone, on a unix socket."""
    components.require("needs_postgres")
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def own_postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL for one test, which may crash and restart it."""
    components.require("needs_postgres")
    server = PostgresServer()
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


@pytest.fixture
def empty_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database without any table."""
    yield from _fresh_database(postgres_server, "template1")


@pytest.fixture
def database_url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database with every migration applied."""
    yield from _fresh_database(postgres_server, migrated_template)


def _fresh_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"test_{next(_database_numbers)}"
    server.create_database(name, template)
    try:
        yield server.sqlalchemy_url(name)
    finally:
        server.drop_database(name)


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
