"""Roles of the shop's own making: which permits they bundle, and who may change them.

Nobody gives a permit that they do not hold, and nobody changes their own role.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import User
from cloud.accounts.repository import known_permits, permits_of
from cloud.accounts.right_errors import (
    BeyondOwn,
    OwnRole,
    PermitUnknown,
    RoleNameTaken,
    RoleNotFound,
    SystemRole,
)
from cloud.accounts.right_rows import RoleDefinition, RolePermit
from cloud.accounts.right_schemas import RoleEdit, RoleFields, RoleView
from cloud.foundation import audit, permits
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.permits import BY_NAME, DAILY_WORK, Permit
from cloud.foundation.versions import check_version

_SUBJECT = "roles"
_LONGEST_NAME = 80
_EXAMPLES: tuple[tuple[str, str, frozenset[Permit]], ...] = (
    (
        "Content editor",
        "Keeps products, pictures, categories and texts.",
        frozenset(
            {
                permits.PRODUCTS_VIEW,
                permits.PRODUCTS_CHANGE,
                permits.SHELVES_VIEW,
                permits.SHELVES_CHANGE,
            }
        ),
    ),
    (
        "Support agent",
        "Answers customers: sees orders and people, takes returns.",
        frozenset(
            {
                permits.ORDERS_VIEW,
                permits.ORDERS_CHANGE,
                permits.RETURNS_VIEW,
                permits.RETURNS_CHANGE,
                permits.CUSTOMERS_VIEW,
                permits.HOMES_VIEW,
                permits.PRODUCTS_VIEW,
            }
        ),
    ),
)


def require_held(staff: SignedIn, given: Iterable[Permit]) -> None:
    """Raise BeyondOwn unless somebody holds all of some permits themselves."""
    if lacking := frozenset(given) - staff.permits:
        raise BeyondOwn(lacking)


def named_permits(names: Iterable[str]) -> frozenset[Permit]:
    """Return permits by name; PermitUnknown."""
    for name in names:
        if name not in BY_NAME:
            raise PermitUnknown(name)
    return known_permits(list(names))


async def list_roles(session: AsyncSession) -> list[RoleView]:
    """Return all roles, the system's own first, then by name."""
    order = (RoleDefinition.stands_for.is_(None), RoleDefinition.name)
    rows = (await session.scalars(select(RoleDefinition).order_by(*order))).all()
    return await _views(session, rows)


async def get_role(session: AsyncSession, role_id: int) -> RoleView:
    """Return a role; RoleNotFound."""
    return (await _views(session, [await _get(session, role_id)]))[0]


async def create_role(session: AsyncSession, staff: SignedIn, wish: RoleFields) -> RoleView:
    """Make a role; BeyondOwn, PermitUnknown, RoleNameTaken."""
    given = named_permits(wish.permits)
    require_held(staff, given)
    role = await _add(session, wish.name, wish.description, given)
    view = await get_role(session, role.id)
    await audit.note(session, staff, "create", _SUBJECT, role.id, after=_facts(view))
    return view


async def copy_role(session: AsyncSession, staff: SignedIn, role_id: int) -> RoleView:
    """Make a role like another one under the next free name "… copy"; as `create_role`."""
    source = await get_role(session, role_id)
    held = [name for name in source.permits if BY_NAME[name] in staff.permits]
    taken = set((await session.scalars(select(func.lower(RoleDefinition.name)))).all())
    stem = source.name[: _LONGEST_NAME - len(" copy 999")]
    names = (f"{stem} copy" if n == 1 else f"{stem} copy {n}" for n in range(1, len(taken) + 2))
    name = next(one for one in names if one.lower() not in taken)
    wish = RoleFields(name=name, description=source.description, permits=held)
    return await create_role(session, staff, wish)


async def change_role(
    session: AsyncSession, staff: SignedIn, role_id: int, wish: RoleEdit
) -> RoleView:
    """Make a role say what staff wrote, effective with the next request of whoever has it.

    Raises SystemRole, OwnRole, BeyondOwn (for what is added), PermitUnknown, RoleNameTaken,
    RoleNotFound, and ChangedMeanwhile when somebody else saved it since `wish.version`.
    """
    role = await _own_to_change(session, staff, role_id)
    before = (await _views(session, [role]))[0]
    check_version(role.version, wish.version, _facts(before))
    given = named_permits(wish.permits)
    require_held(staff, given - known_permits(before.permits))
    try:
        async with session.begin_nested():
            role.name, role.description = wish.name, wish.description
            role.version += 1
    except IntegrityError as error:
        raise RoleNameTaken(wish.name) from error
    await session.execute(delete(RolePermit).where(RolePermit.role_definition_id == role_id))
    _give(session, role_id, given)
    await session.flush()
    after = await get_role(session, role_id)
    await audit.note(
        session, staff, "change", _SUBJECT, role_id, before=_facts(before), after=_facts(after)
    )
    return after


async def delete_role(session: AsyncSession, staff: SignedIn, role_id: int) -> None:
    """Delete a role; who had it does the daily work from now on.

    Raises SystemRole, OwnRole, RoleNotFound; BeyondOwn when that would give people more than the
    caller may do.
    """
    role = await _own_to_change(session, staff, role_id)
    before = (await _views(session, [role]))[0]
    if before.people:
        require_held(staff, DAILY_WORK)
    await session.delete(role)
    await session.flush()
    await audit.note(session, staff, "delete", _SUBJECT, role_id, before=_facts(before))


async def seed_roles(session: AsyncSession) -> None:
    """Make the example roles of a new shop, unless staff made roles already."""
    own = select(RoleDefinition.id).where(RoleDefinition.stands_for.is_(None)).limit(1)
    if await session.scalar(own) is not None:
        return
    for name, description, given in _EXAMPLES:
        await _add(session, name, description, given)


async def _add(
    session: AsyncSession, name: str, description: str, given: frozenset[Permit]
) -> RoleDefinition:
    role = RoleDefinition(name=name, description=description, version=1)
    try:
        async with session.begin_nested():
            session.add(role)
    except IntegrityError as error:
        raise RoleNameTaken(name) from error
    _give(session, role.id, given)
    await session.flush()
    return role


def _give(session: AsyncSession, role_id: int, given: Iterable[Permit]) -> None:
    session.add_all(
        RolePermit(role_definition_id=role_id, permit=str(permit)) for permit in sorted(given)
    )


async def _get(session: AsyncSession, role_id: int, *, lock: bool = False) -> RoleDefinition:
    role = await session.get(RoleDefinition, role_id, with_for_update=lock or None)
    if role is None:
        raise RoleNotFound(role_id)
    return role


async def _own_to_change(session: AsyncSession, staff: SignedIn, role_id: int) -> RoleDefinition:
    role = await _get(session, role_id, lock=True)
    if role.stands_for is not None:
        raise SystemRole(role.name)
    own = await session.scalar(select(User.role_definition_id).where(User.id == staff.user_id))
    if own == role_id:
        raise OwnRole
    return role


async def _views(session: AsyncSession, roles: Sequence[RoleDefinition]) -> list[RoleView]:
    ids = [role.id for role in roles]
    given: dict[int, list[str]] = {role_id: [] for role_id in ids}
    found = await session.execute(
        select(RolePermit.role_definition_id, RolePermit.permit)
        .where(RolePermit.role_definition_id.in_(ids))
        .order_by(RolePermit.permit)
    )
    for role_id, name in found:
        given[role_id].append(name)
    counted = await session.execute(
        select(User.role, User.role_definition_id, func.count())
        .where(User.role != Role.CUSTOMER)
        .group_by(User.role, User.role_definition_id)
    )
    people: dict[object, int] = {}
    for kind, definition_id, count in counted:
        key = definition_id if kind is Role.MANAGER and definition_id is not None else kind
        people[key] = people.get(key, 0) + count
    return [_view(role, given[role.id], people) for role in roles]


def _view(role: RoleDefinition, names: Sequence[str], people: dict[object, int]) -> RoleView:
    kind = Role(role.stands_for) if role.stands_for else None
    held = permits_of(kind, None, ()) if kind else known_permits(names)
    return RoleView(
        id=role.id,
        name=role.name,
        description=role.description,
        stands_for=kind,
        version=role.version,
        permits=sorted(str(permit) for permit in held),
        people=people.get(kind or role.id, 0),
    )


def _facts(view: RoleView) -> dict[str, object]:
    return view.model_dump(mode="json", include={"name", "description", "permits"})
