"""The two people of the demo, and making sure that somebody has an account."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.kinds import AddressKind
from cloud.accounts.models import User
from cloud.accounts.service.addresses import PostalAddress, add_address, default_address
from cloud.accounts.service.users import Users
from cloud.foundation.identity import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by address and name."""

    email: str
    name: str


DEMO_CUSTOMER = Person("robin@demo.example", "Robin Demo")
DEMO_STAFF = Person("staff@demo.example", "Sam at the shop")
_DEMO_ADDRESS = PostalAddress(
    recipient=DEMO_CUSTOMER.name,
    line1="Lindenweg 7",
    postcode="10115",
    city="Berlin",
    country="DE",
)


async def ensure_person(session: AsyncSession, users: Users, person: Person, role: Role) -> User:
    """Return the account of a person, made if there is none; an ADMIN wish also raises its role.

    Nobody is ever taken a role: a staff member stays one when a customer's link is asked for.
    """
    user = await users.find_by_email(session, person.email)
    if user is None:
        return await users.create(session, email=person.email, name=person.name, role=role)
    if role is Role.ADMIN and user.role is not Role.ADMIN:
        return await users.set_role(session, user.id, Role.ADMIN)
    return user


async def ensure_demo_people(session: AsyncSession, users: Users) -> None:
    """Make the demo's customer, with an address to deliver to, and its staff member."""
    await ensure_person(session, users, DEMO_STAFF, Role.ADMIN)
    customer = await ensure_person(session, users, DEMO_CUSTOMER, Role.CUSTOMER)
    for kind in AddressKind:
        if await default_address(session, customer.id, kind) is None:
            await add_address(session, customer.id, kind, _DEMO_ADDRESS, is_default=True)
