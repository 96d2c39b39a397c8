"""Towns for the system tests: real processes throughout, and a shop that is stocked once."""

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.fakes.town import Town
from tools.broker import Broker
from tools.demo.programs import SCENT_CLOUD
from tools.demo.stock import CATALOGUE
from tools.postgres_server import PostgresServer

FoundTown = Callable[..., Town]


@pytest.fixture(scope="session")
def stocked_template(postgres_server: PostgresServer, migrated_template: str) -> str:
    """The name of a database with the demo's goods and people, to be copied."""
    postgres_server.create_database("stocked", migrated_template)
    environment = {
        **os.environ,
        "SCENT_DATABASE_URL": postgres_server.sqlalchemy_url("stocked"),
        "SCENT_PUBLIC_URL": "http://127.0.0.1",
        "SCENT_SESSION_SECRET": "s" * 40,
        "SCENT_DEMO": "true",
    }
    subprocess.run(
        [SCENT_CLOUD, "seed", "--catalogue", str(CATALOGUE)],
        env=environment,
        check=True,
        capture_output=True,
        timeout=100,
    )
    return "stocked"


@pytest.fixture
def stocked_database_url(
    postgres_server: PostgresServer, stocked_template: str, tmp_path
) -> Iterator[str]:
    """The SQLAlchemy URL of a shop's database with goods and people."""
    name = f"town_{tmp_path.name}"
    postgres_server.create_database(name, stocked_template)
    try:
        yield postgres_server.sqlalchemy_url(name)
    finally:
        postgres_server.drop_database(name)


@pytest.fixture
def found_town(tmp_path, own_broker: Broker) -> Iterator[FoundTown]:
    """Found a town by `Town`'s options; it ends with the test, and before the broker does."""
    founded: list[Town] = []

    def found(**options: object) -> Town:
        town = Town(tmp_path, **options)
        founded.append(town)
        return town

    yield found
    for town in founded:
        town.close()


@pytest.fixture
def town(found_town: FoundTown, own_broker: Broker, stocked_database_url: str) -> Town:
    """A home and a shop, nothing of them started yet."""
    return found_town(broker_port=own_broker.port, database_url=stocked_database_url)


@pytest.fixture
def home(found_town: FoundTown, own_broker: Broker) -> Town:
    """A home without any shop, not started yet."""
    return found_town(broker_port=own_broker.port)
