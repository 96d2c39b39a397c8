"""What a route asks for in its signature."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.errors import Forbidden, Unauthenticated
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.permits import Permit
from cloud.foundation.rate_limits import RateLimiter
from cloud.foundation.web.services import services_of
from cloud.foundation.web.signed_in import sent_key, who_is_asking, whose_key
from cloud.foundation.web.templates import Templates


class SignInNeeded(Unauthenticated):
    """The address is for people with an account, and nobody is signed in."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__("You are not signed in.", hint="Sign in and try again.")


class TokenUseless(Unauthenticated):
    """The API token that was sent is unknown, revoked or too old."""

    code = "token_useless"

    def __init__(self) -> None:
        super().__init__("This API token is not valid.", hint="Make a new one in your account.")


class RoleNeeded(Forbidden):
    """The address is for other roles than the caller's."""

    code = "role_needed"

    def __init__(self, roles: tuple[Role, ...]) -> None:
        names = " or ".join(role.value.lower() for role in roles)
        super().__init__(f"This is for the role {names}.", hint="Ask an admin for access.")
        self.roles = roles


class PermitNeeded(Forbidden):
    """The address is for staff who hold a permit that the caller has not."""

    code = "permit_needed"

    def __init__(self, permit: Permit) -> None:
        super().__init__(
            f"This needs the permission “{permit}”.",
            hint="Ask an admin to add it to your role.",
        )
        self.permit = permit


async def _unit_of_work(request: Request) -> AsyncGenerator[AsyncSession]:
    async with services_of(request).database.unit_of_work() as session:
        yield session


async def _reader(request: Request) -> AsyncGenerator[AsyncConnection]:
    async with services_of(request).database.reading() as connection:
        yield connection


# Coroutines, though they wait for nothing: a plain function would be sent to a thread each time.
async def _clock(request: Request) -> Clock:
    return services_of(request).clock


async def _limiter(request: Request) -> RateLimiter:
    return services_of(request).limiter


async def _templates(request: Request) -> Templates:
    templates = request.app.state.templates
    if not isinstance(templates, Templates):
        raise TypeError("the application was not built by cloud.foundation.web.shell")
    return templates


async def _required_user(request: Request) -> SignedIn:
    user = await who_is_asking(request)
    if user is None:
        raise SignInNeeded
    return user


async def _key_holder(request: Request, token: str) -> SignedIn:
    user = await whose_key(request, token)
    if user is None:
        raise TokenUseless
    return user


# Committed after the route returns and before a byte is answered: "scope" is what says so, and
# a commit that fails is answered as a failure.
Session = Annotated[AsyncSession, Depends(_unit_of_work, scope="function")]
# A connection in autocommit, for reads of one statement.
Reader = Annotated[AsyncConnection, Depends(_reader, scope="function")]
CurrentUser = Annotated[SignedIn, Depends(_required_user)]
OptionalUser = Annotated[SignedIn | None, Depends(who_is_asking)]
RequestClock = Annotated[Clock, Depends(_clock)]
Limiter = Annotated[RateLimiter, Depends(_limiter)]
Pages = Annotated[Templates, Depends(_templates)]


def allowed(permit: Permit) -> Any:  # noqa: ANN401 - a default of any type
    """Return a parameter's default that brings the signed-in member of staff who holds a permit.

    Write `staff: SignedIn = allowed(permits.ORDERS_REFUND)` in a route's signature. Two layers:
    the staff area is for ADMIN and MANAGER, then the permit decides. Raises SignInNeeded,
    RoleNeeded or PermitNeeded. Both are read for every request, so taking either away works at
    once.
    """
    return Depends(Allowed(permit))


def any_staff() -> Any:  # noqa: ANN401 - a default of any type
    """Return a default as `allowed` does, for what every member of staff may do.

    Only for what shows nothing of the shop by itself: the way in, one's own tokens.
    """
    return Depends(Allowed(None))


class Allowed:
    """The dependency behind `allowed`; an object, so that routes can be asked what they demand.

    `permit` None demands a member of staff and nothing more.
    """

    def __init__(self, permit: Permit | None) -> None:
        self.permit = permit

    async def __call__(self, request: Request) -> SignedIn:
        """Return the caller."""
        # A program has a permit for each thing it does; what needs none is for people.
        token = sent_key(request) if self.permit is not None else None
        user = await (_required_user(request) if token is None else _key_holder(request, token))
        if not user.role.is_staff:
            raise RoleNeeded((Role.ADMIN, Role.MANAGER))
        if self.permit is not None and not user.may(self.permit):
            raise PermitNeeded(self.permit)
        return user
