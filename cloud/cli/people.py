"""One-time links for people. They are printed, and never logged or stored as they are."""

import asyncio
from typing import Annotated

import typer

from cloud.accounts.demo import DEMO_CUSTOMER, DEMO_STAFF, Person, ensure_person
from cloud.accounts.kinds import LinkPurpose
from cloud.composition import Parts, build_parts
from cloud.foundation.clock import SystemClock
from cloud.foundation.errors import Invalid
from cloud.foundation.identity import Role
from cloud.settings import load_settings

Email = Annotated[str, typer.Option(help="Whose account; it is made if there is none.")]
Name = Annotated[str, typer.Option(help="The name for a new account.")]


class EmailNeeded(Invalid):
    """A link for a customer needs to know whose."""

    code = "email_needed"

    def __init__(self) -> None:
        super().__init__("Whose link is it to be?", hint="Say so: --email name@example.org")


def staff_link(email: Email = "", name: Name = "") -> None:
    """Print a link, good once and for 30 minutes, that lets somebody in as ADMIN.

    Without --email the link leads to a form that makes the first ADMIN account.
    """
    typer.echo(asyncio.run(_staff_link(email, name)))


def customer_link(email: Email = "", name: Name = "") -> None:
    """Print a link, good once and for 30 minutes, that signs a customer in."""
    typer.echo(asyncio.run(_customer_link(email, name)))


async def _staff_link(email: str, name: str) -> str:
    parts = _parts()
    try:
        if email:
            return await _sign_in_link(parts, Person(email, name), Role.ADMIN)
        if parts.settings.demo:
            return await _sign_in_link(parts, DEMO_STAFF, Role.ADMIN)
        async with parts.database.unit_of_work() as session:
            token = await parts.desk.links.mint(session, LinkPurpose.FIRST_ADMIN)
        return _address(parts, token)
    finally:
        await parts.database.close()


async def _customer_link(email: str, name: str) -> str:
    parts = _parts()
    try:
        if not email and not parts.settings.demo:
            raise EmailNeeded
        person = Person(email, name) if email else DEMO_CUSTOMER
        return await _sign_in_link(parts, person, Role.CUSTOMER)
    finally:
        await parts.database.close()


def _parts() -> Parts:
    return build_parts(load_settings(), SystemClock(), name="scent-cloud-link")


async def _sign_in_link(parts: Parts, person: Person, role: Role) -> str:
    async with parts.database.unit_of_work() as session:
        user = await ensure_person(session, parts.desk.users, person, role)
        token = await parts.desk.links.mint(session, LinkPurpose.SIGN_IN, user_id=user.id)
    return _address(parts, token)


def _address(parts: Parts, token: str) -> str:
    return f"{parts.settings.public_url}/link/{token}"
