"""The demo's filled database, kept for the next start."""

import pytest

from tools.demo import stock
from tools.demo.place import Place
from tools.demo.programs import cloud_environment
from tools.postgres_server import copy_tree

pytestmark = pytest.mark.needs_postgres


@pytest.fixture(scope="module")
def first_start(tmp_path_factory):
    """What the first start leaves behind: the folder with a copy of the filled database."""
    folder = tmp_path_factory.mktemp("first")
    images = folder / "images"
    (images / f"{stock.PREFIX}stale").mkdir(parents=True)
    server, is_filled = stock.stocked_server(images)
    try:
        ports = {"home": 1001, "shop": 1002, "mail": 1003, "pay": 1004}
        url = server.sqlalchemy_url(stock.DATABASE)
        place = Place(folder, ports, smtp_port=1005, broker_port=1006, database_url=url)
        stock.fill(server, cloud_environment(place), folder / "log", images)
        assert not is_filled
        assert goods_of(server) > 0
    finally:
        server.close()
    return images


@pytest.fixture
def filled(first_start, tmp_path):
    copy_tree(first_start, tmp_path / "images")
    return tmp_path / "images"


def goods_of(server):
    return int(server.execute("SELECT count(*) FROM products", stock.DATABASE))


def test_the_next_start_has_everything_and_stale_copies_are_gone(filled):
    server, is_filled = stock.stocked_server(filled)
    try:
        found = goods_of(server)
    finally:
        server.close()

    assert is_filled
    assert found > 20
    assert [each.name for each in filled.iterdir()] == [stock.image_path(filled).name]


def test_a_copy_is_made_anew_when_any_file_of_a_migration_changes():
    folder = stock.ROOT / "cloud" / "migrations"
    files = {each for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc"}

    assert any(each.suffix == ".sql" for each in files)
    assert files <= set(stock.made_of())


def test_a_copy_holds_no_way_in(filled):
    server, _ = stock.stocked_server(filled)
    try:
        ways = server.execute(
            "SELECT (SELECT count(*) FROM one_time_links) + (SELECT count(*) FROM user_sessions)",
            stock.DATABASE,
        )
    finally:
        server.close()

    assert ways == "0"


def test_a_copy_that_does_not_run_is_thrown_away(filled):
    (stock.image_path(filled) / "PG_VERSION").write_text("1\n")

    server, is_filled = stock.stocked_server(filled)
    server.close()

    assert not is_filled
    assert not stock.image_path(filled).exists()
