"""Ways in: the one-time link of the first visit, and access tokens for programs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated

import typer

from scentd.api.access import Access, Scope
from scentd.cli.settings_file import ConfigFile, settings_of
from scentd.clock import SystemClock
from scentd.settings import HubSettings
from scentd.store.access import AccessToken
from scentd.store.database import Database

tokens = typer.Typer(help="Access tokens for programs.", no_args_is_help=True)


@asynccontextmanager
async def opened_access(settings: HubSettings) -> AsyncIterator[Access]:
    """Open the hub's file beside a running hub and give its door."""
    clock = SystemClock()
    database = Database(settings.store.path, clock)
    await database.open()
    try:
        yield Access(
            database,
            clock,
            session_days=settings.api.session_days,
            token_days=settings.api.token_days,
        )
    finally:
        await database.close()


@tokens.command("link")
def link(config: ConfigFile = None) -> None:
    """Print an address, good once and for 30 minutes, that signs a browser in."""
    settings = settings_of(config)

    async def work() -> str:
        async with opened_access(settings) as access:
            return await access.new_link()

    typer.echo(f"{page_address(settings)}/welcome/{asyncio.run(work())}")


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is for, such as “kitchen tablet”.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; give it several times.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until it ends.")] = 365,
    config: ConfigFile = None,
) -> None:
    """Make a token and print it, this once."""
    settings = settings_of(config)

    async def work() -> str:
        async with opened_access(settings) as access:
            made = await access.new_token(name, frozenset(scope), timedelta(days=days))
            return made.secret

    typer.echo(asyncio.run(work()))


@tokens.command("list")
def list_tokens(config: ConfigFile = None) -> None:
    """Print every token: id, name, scopes, end, last use."""
    settings = settings_of(config)

    async def work() -> list[AccessToken]:
        async with opened_access(settings) as access:
            return await access.tokens()

    for token in asyncio.run(work()):
        used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
        scopes = ",".join(sorted(token.scopes))
        ends = f"{token.expires_at:%Y-%m-%d}"
        typer.echo(f"{token.id}  {token.name}  {scopes}  until {ends}  last used {used}")


@tokens.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(help="The id as `scentd token list` shows it.")],
    config: ConfigFile = None,
) -> None:
    """Make a token worthless at once."""
    settings = settings_of(config)

    async def work() -> None:
        async with opened_access(settings) as access:
            await access.revoke_token(token_id)

    asyncio.run(work())
    typer.echo(f"Token {token_id} is revoked.")


def page_address(settings: HubSettings) -> str:
    """Give where the hub's page is, seen from this machine."""
    host = settings.api.host if settings.api.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - a comparison
    return f"http://{host}:{settings.api.port}"
