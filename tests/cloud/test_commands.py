"""`scent-cloud` as people run it: real processes, their words and their exit codes."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager

import httpx2
import pytest
from sqlalchemy import text

from tests.shape.tree import ROOT

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "SCENT_DATABASE_URL": database_url,
        "SCENT_PUBLIC_URL": "http://127.0.0.1:8000",
        "SCENT_SESSION_SECRET": "s" * 32,
        "SCENT_PASSWORD_MEMORY_KIB": "64",
    }


async def _run(environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloud", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def _running(environment: dict[str, str], *arguments: str, says: str):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "cloud", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
        assert says in line
        yield process, line.split()[-1]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_missing_settings_are_told_in_two_lines(environment):
    del environment["SCENT_DATABASE_URL"]

    code, out, err = await _run(environment, "check")

    assert code == 2
    assert out == ""
    assert err.splitlines() == [
        "error: SCENT_DATABASE_URL: is missing",
        "hint: Set it in the environment; config/cloud.example.env shows every variable.",
    ]


async def test_a_taken_port_is_told_with_its_owner(environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = await _run(environment, "serve", "--port", str(port))

    assert code == 2
    assert f"127.0.0.1:{port} is taken by process {os.getpid()}." in err
    assert "--port" in err
    assert "Traceback" not in err


async def test_an_absent_database_is_told_in_two_lines(environment):
    environment["SCENT_DATABASE_URL"] = "postgresql:///x?host=/nonexistent"

    for command in ("migrate", "seed", "staff-link"):
        code, _, err = await _run(environment, command)

        assert code == 2
        assert err.startswith("error: The database ")
        assert "\nhint: " in err
        assert "Traceback" not in err


async def test_an_empty_database_is_migrated_seeded_and_checked(environment, empty_database_url):
    environment["SCENT_DATABASE_URL"] = empty_database_url

    before, told, _ = await _run(environment, "check")
    migrated, *_ = await _run(environment, "migrate")
    seeded, *_ = await _run(environment, "seed")
    seeded_again, *_ = await _run(environment, "seed")
    after, fine, _ = await _run(environment, "check")

    assert (before, migrated, seeded, seeded_again, after) == (1, 0, 0, 0, 0)
    assert "hint: Run: scent-cloud migrate" in told
    assert "FAIL" not in fine


async def test_a_link_for_staff_opens_the_running_shop(environment):
    async with _running(environment, "serve", "--port", "0", says="Listening on") as (_, address):
        code, link, err = await _run(environment, "staff-link")
        path = link.strip().removeprefix("http://127.0.0.1:8000")
        async with httpx2.AsyncClient(base_url=address) as browser:
            page = await browser.get(path)

    assert code == 0
    assert err == ""
    assert "Make the first staff account" in page.text


async def test_a_link_for_an_address_signs_in_as_admin(environment, database):
    await _run(environment, "staff-link", "--email", "boss@example.org", "--name", "Boss")

    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT role FROM users")) == "ADMIN"


async def test_a_link_for_a_customer_needs_to_know_whose(environment):
    code, _, err = await _run(environment, "customer-link")

    assert code == 2
    assert "--email" in err


async def test_the_demo_knows_its_people(environment, database):
    environment["SCENT_DEMO"] = "true"

    await _run(environment, "seed")
    code, link, _ = await _run(environment, "customer-link")

    assert code == 0
    assert link.startswith("http://127.0.0.1:8000/link/")
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM users")) == 2
        assert await connection.scalar(text("SELECT count(*) FROM addresses")) == 2


async def test_the_server_stops_within_three_seconds_with_a_connection_open(environment, within):
    async with (
        _running(environment, "serve", "--port", "0", says="Listening on") as (process, address),
        httpx2.AsyncClient(base_url=address) as browser,
    ):
        assert (await browser.get("/health")).status_code == 200
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), within(3))

    assert process.returncode in (0, -signal.SIGTERM)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_the_worker_stops_within_three_seconds(environment, stop, within):
    async with _running(environment, "worker", says="Working") as (process, _):
        process.send_signal(stop)

        assert await asyncio.wait_for(process.wait(), within(3)) == 0


async def test_the_description_of_the_api_is_printed(environment):
    environment["SCENT_DATABASE_URL"] = "postgresql:///nobody-asks-it"

    code, out, _ = await _run(environment, "openapi")

    assert code == 0
    assert '"openapi": "3.1' in out


async def test_two_processes_count_tries_together(environment):
    wrong = {"email": "anna@example.org", "password": "not the password"}
    serve = ("serve", "--port", "0")
    async with (
        _running(environment, *serve, says="Listening on") as (_, first),
        _running(environment, *serve, says="Listening on") as (_, second),
        httpx2.AsyncClient() as browser,
    ):
        codes = [
            (await browser.post(f"{address}/api/v1/auth/sign-in", json=wrong)).status_code
            for address in (first, second) * 3
        ]

    assert codes == [403] * 5 + [429]
