"""What the staff's pages draw on, and how they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Templates
from cloud.foundation.web.errors import status_of
from cloud.orders.actors import Actor, ActorKind
from cloud.payments.ports import PaymentGateway


@dataclass(frozen=True, slots=True)
class BackOffice:
    """The parts that staff pages hand to the services, built once by the composition root."""

    database: Database
    clock: Clock
    gateway: PaymentGateway


def actor_of(user: SignedIn) -> Actor:
    """Return a member of staff as the history names them."""
    return Actor(ActorKind.STAFF, user.user_id, user.name or user.email)


async def show(
    request: Request,
    pages: Templates,
    name: str,
    context: Mapping[str, object],
    *,
    error: CloudError | None = None,
) -> Response:
    """Return a staff page; with an error, the same page with its words and its status."""
    return await pages.render(
        request,
        f"admin/{name}.html",
        {**context, "error": error},
        status_code=status_of(error) if error else 200,
    )
