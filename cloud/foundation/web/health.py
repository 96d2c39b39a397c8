"""Whether the service lives and can work, in words: for machines, for people, for Prometheus."""

import ipaddress
from dataclasses import dataclass

from fastapi import Request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import JSONResponse, Response

from cloud.foundation.database import Database
from cloud.foundation.errors import NotFound, Unavailable
from cloud.foundation.secrets import same
from cloud.foundation.web.dependencies import Pages
from cloud.foundation.web.late_routes import APIRouter

# Three missed beats of the worker, as in jobs.worker.
_WORKER_SILENT_S = 30

_REVISION = text("SELECT version_num FROM alembic_version")
_HAS_REVISIONS = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_WORKERS = text("""
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => :silent_s)
""")
_QUEUE = text("""
    SELECT count(*) FILTER (WHERE status = 'todo') AS waiting,
           count(*) FILTER (WHERE status = 'doing') AS running,
           count(*) FILTER (WHERE status = 'failed') AS failed
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
""")


class Check(BaseModel):
    """One thing the service needs: whether it is fine, and the next step if not."""

    name: str
    is_ok: bool
    message: str
    hint: str = ""


class Readiness(BaseModel):
    """Everything the service needs."""

    is_ready: bool
    checks: list[Check]


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """What health is measured against.

    schema_head: the newest migration this code knows.
    metrics_token: who may read /metrics from elsewhere than this machine; None for nobody.
    """

    schema_head: str
    metrics_token: str | None


async def check_readiness(database: Database, schema_head: str) -> Readiness:
    """Look at the database, its migrations and the worker."""
    try:
        async with database.reading() as connection:
            revision = await _revision(connection)
            checks = [
                Check(name="database", is_ok=True, message="PostgreSQL answers."),
                _migrations(revision, schema_head),
            ]
            if revision == schema_head:
                checks.append(await _worker(connection))
    except Unavailable as error:
        checks = [
            Check(name="database", is_ok=False, message=error.message, hint=error.hint),
        ]
    return Readiness(is_ready=all(check.is_ok for check in checks), checks=checks)


def health_routes(
    database: Database, settings: HealthSettings, metrics: CollectorRegistry
) -> APIRouter:
    """Return /health, /ready, /status and /metrics."""
    router = APIRouter(tags=["health"])
    queue = Gauge("jobs", "Jobs in the queue.", ["state"], registry=metrics)

    @router.get("/health")
    async def health() -> dict[str, str]:
        """Tell that the process answers, whatever it depends on."""
        return {"status": "ok"}

    @router.get("/ready", responses={503: {"model": Readiness}})
    async def ready() -> Readiness:
        """Tell whether everything the service needs is there; 503 if not."""
        found = await check_readiness(database, settings.schema_head)
        if found.is_ready:
            return found
        return JSONResponse(found.model_dump(), 503)  # type: ignore[return-value]  # same shape

    @router.get("/status", include_in_schema=False)
    async def status(request: Request, pages: Pages) -> Response:
        """Show the same as a page."""
        found = await check_readiness(database, settings.schema_head)
        return await pages.render(
            request, "status.html", {"readiness": found}, status_code=200 if found.is_ready else 503
        )

    @router.get("/metrics", include_in_schema=False)
    async def read_metrics(request: Request) -> Response:
        """Return the numbers in Prometheus' text format, to this machine or with the token."""
        if not _may_read_metrics(request, settings.metrics_token):
            raise NotFound("There is nothing at this address.", hint="Check the address.")
        async with database.reading() as connection:
            row = (await connection.execute(_QUEUE)).one()
        for state in ("waiting", "running", "failed"):
            queue.labels(state).set(row._mapping[state])  # noqa: SLF001 - SQLAlchemy's public name
        return Response(generate_latest(metrics), media_type="text/plain; version=0.0.4")

    return router


def _migrations(revision: str | None, head: str) -> Check:
    if revision == head:
        return Check(name="migrations", is_ok=True, message="The database is up to date.")
    return Check(
        name="migrations",
        is_ok=False,
        message=f"The database is at {revision or 'no revision'}, this code needs {head}.",
        hint="Run: scent-cloud migrate",
    )


async def _revision(connection: AsyncConnection) -> str | None:
    if not await connection.scalar(_HAS_REVISIONS):
        return None
    revision = await connection.scalar(_REVISION)
    return None if revision is None else str(revision)


async def _worker(connection: AsyncConnection) -> Check:
    alive = await connection.scalar(_WORKERS, {"silent_s": _WORKER_SILENT_S})
    if alive:
        return Check(name="worker", is_ok=True, message=f"{alive} at work.")
    return Check(
        name="worker",
        is_ok=False,
        message="No worker gave a sign of life for 30 seconds; mails and payments wait.",
        hint="Start one: scent-cloud worker",
    )


def _may_read_metrics(request: Request, token: str | None) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is not None and given and same(given, token):
        return True
    try:
        host = request.client.host if request.client else ""
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
