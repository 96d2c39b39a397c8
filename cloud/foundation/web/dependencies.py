"""What a route asks for in its signature."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.errors import Forbidden, Unauthenticated
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.rate_limits import RateLimiter
from cloud.foundation.web.services import services_of
from cloud.foundation.web.signed_in import who_is_asking
from cloud.foundation.web.templates import Templates


class SignInNeeded(Unauthenticated):
    """The address is for people with an account, and nobody is signed in."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__("You are not signed in.", hint="Sign in and try again.")


class RoleNeeded(Forbidden):
    """The address is for other roles than the caller's."""

    code = "role_needed"

    def __init__(self, roles: tuple[Role, ...]) -> None:
        names = " or ".join(role.value.lower() for role in roles)
        super().__init__(f"This is for the role {names}.", hint="Ask an admin for access.")
        self.roles = roles


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


def require_role(*roles: Role) -> Callable[[Request], Awaitable[SignedIn]]:
    """Return a dependency that gives the signed-in person if they have one of the roles.

    ADMIN may do whatever any role may. Raises SignInNeeded or RoleNeeded. The role is read from
    the database for every request, so taking it away works at once.
    """

    async def check(request: Request) -> SignedIn:
        user = await _required_user(request)
        if user.role is not Role.ADMIN and user.role not in roles:
            raise RoleNeeded(roles)
        return user

    return check


Staff = Annotated[SignedIn, Depends(require_role(Role.ADMIN, Role.MANAGER))]
Admin = Annotated[SignedIn, Depends(require_role(Role.ADMIN))]
