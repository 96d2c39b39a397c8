"""Whether the service can work, in words and in numbers."""

import pytest
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy import text

from cloud import migrations
from cloud.app import build_app

pytestmark = pytest.mark.needs_postgres


async def _say_worker_lives(database) -> None:
    async with database.unit_of_work() as session:
        await session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))


async def test_health_needs_nothing(settings, clock):
    alone = settings.model_copy(
        update={"database_url": SecretStr("postgresql:///x?host=/nonexistent")}
    )
    app = build_app(alone, schema_head="0001", clock=clock)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as client:
        health = await client.get("/health")
        ready = await client.get("/ready")

    assert health.json() == {"status": "ok"}
    assert ready.status_code == 503
    assert ready.json()["checks"][0]["name"] == "database"
    assert "PostgreSQL" in ready.json()["checks"][0]["hint"]
    await app.state.parts.database.close()


async def test_ready_wants_a_living_worker(client, database):
    before = (await client.get("/ready")).json()
    await _say_worker_lives(database)
    after = (await client.get("/ready")).json()

    assert before["is_ready"] is False
    assert [check["hint"] for check in before["checks"] if not check["is_ok"]] == [
        "Start one: scent-cloud worker"
    ]
    assert after["is_ready"] is True


async def test_ready_wants_the_newest_migration(settings, clock):
    app = build_app(settings, schema_head="9999_future", clock=clock)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as client:
        found = (await client.get("/ready")).json()

    assert found["is_ready"] is False
    assert "scent-cloud migrate" in found["checks"][1]["hint"]
    await app.state.parts.database.close()


async def test_a_person_reads_the_same_as_a_page(client, database):
    await _say_worker_lives(database)

    answer = await client.get("/status")

    assert answer.status_code == 200
    assert "Everything works" in answer.text


async def test_metrics_name_routes_and_queue(client):
    await client.get("/health")

    numbers = (await client.get("/metrics")).text

    assert 'http_requests_total{method="GET",route="/health",status="200"} 1.0' in numbers
    assert 'jobs{state="waiting"} 0.0' in numbers


async def test_metrics_are_not_for_strangers(app):
    transport = ASGITransport(app, client=("203.0.113.9", 4711))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as stranger:
        assert (await stranger.get("/metrics")).status_code == 404


async def test_metrics_are_for_who_has_the_token(settings, clock):
    told = settings.model_copy(update={"metrics_token": SecretStr("let me read")})
    app = build_app(told, schema_head=migrations.head(), clock=clock)
    transport = ASGITransport(app, client=("203.0.113.9", 4711))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as scraper:
        answer = await scraper.get("/metrics", headers={"authorization": "Bearer let me read"})

    assert answer.status_code == 200
    await app.state.parts.database.close()
