"""Commands that prepare and inspect an installation."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from cloud import migrations
from cloud.app import build_app
from cloud.catalogue.shelf_file import ShelfFile, read_shelf_file
from cloud.composition import build_parts, seed_shop
from cloud.foundation.clock import SystemClock
from cloud.foundation.errors import Unavailable
from cloud.foundation.logs import set_up_logs
from cloud.foundation.web.health import Readiness, check_readiness
from cloud.settings import CloudSettings, load_settings

CatalogueFile = Annotated[
    Path | None, typer.Option(help="A TOML file of products, and the bottles to begin with.")
]


def migrate() -> None:
    """Bring the database up to date; does nothing when it is."""
    from cloud.migrations.applying import upgrade  # Alembic, which no other command needs

    settings = load_settings()
    set_up_logs(settings.log_level)
    try:
        upgrade(settings.database_url.get_secret_value())
    except OperationalError as error:
        raise Unavailable(
            f"The database cannot be migrated: {_first_line(error.orig)}",
            hint="Check SCENT_DATABASE_URL, and that PostgreSQL runs and is not busy.",
        ) from error
    typer.echo(f"The database is at {migrations.head()}.")


def seed(catalogue: CatalogueFile = None) -> None:
    """Fill in what a new shop starts with; running it again changes nothing back."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    shelf = None if catalogue is None else read_shelf_file(catalogue)
    for line in asyncio.run(_seed(settings, shelf)):
        typer.echo(line)


def check() -> None:
    """Look at the settings and the database, say what is wrong and what to do; exit code 1 then."""
    settings = load_settings()
    readiness = asyncio.run(_check(settings))
    is_fine = True
    for found in readiness.checks:
        if found.name == "worker":
            continue  # it is started after this check passed
        is_fine = is_fine and found.is_ok
        typer.echo(f"{'ok  ' if found.is_ok else 'FAIL'} {found.name}: {found.message}")
        if not found.is_ok:
            typer.echo(f"     hint: {found.hint}")
    if not is_fine:
        raise typer.Exit(1)


def openapi() -> None:
    """Print the OpenAPI 3.1 description of the API."""
    app = build_app(load_settings(), schema_head=migrations.head())
    typer.echo(json.dumps(app.openapi(), indent=2, ensure_ascii=False))


async def _seed(settings: CloudSettings, shelf: ShelfFile | None) -> list[str]:
    parts = build_parts(settings, SystemClock(), name="scent-cloud-seed")
    try:
        async with parts.database.unit_of_work() as session:
            return await seed_shop(session, parts, shelf)
    finally:
        await parts.database.close()


async def _check(settings: CloudSettings) -> Readiness:
    parts = build_parts(settings, SystemClock(), name="scent-cloud-check")
    try:
        return await check_readiness(parts.database, migrations.head())
    finally:
        await parts.database.close()


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().splitlines()[0] if error else "no reason given"
