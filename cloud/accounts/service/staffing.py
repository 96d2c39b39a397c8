"""Who works here and as what: changed by staff, never by themselves, never beyond their own.

All admins are locked before anybody's role changes: of two who demote each other at once, one is
refused, and somebody can always let others in again.
"""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository
from cloud.accounts.errors import LastAdmin, UserNotFound
from cloud.accounts.models import User, UserSession
from cloud.accounts.right_errors import NotStaff, OwnRole, RoleNotFound
from cloud.accounts.right_rows import RoleDefinition, RolePermit, StaffInvitation
from cloud.accounts.right_schemas import Colleague, Post
from cloud.accounts.service.roles import require_held
from cloud.accounts.service.sessions import STAFF_LIFETIME
from cloud.foundation import audit
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.permits import EVERYTHING, Permit
from cloud.foundation.versions import check_version

SUBJECT = "staff"


async def list_staff(session: AsyncSession) -> list[Colleague]:
    """Return everybody who works here, by name."""
    found = await session.scalars(
        select(User).where(User.role != Role.CUSTOMER).order_by(User.name, User.id)
    )
    titles = await titles_of(session)
    return [_colleague(user, titles) for user in found]


async def get_colleague(session: AsyncSession, user_id: int) -> Colleague:
    """Return somebody who works here; NotStaff, UserNotFound."""
    user = await repository.find_user(session, user_id)
    if user is None:
        raise UserNotFound(user_id)
    if not user.role.is_staff:
        raise NotStaff(user_id)
    return _colleague(user, await titles_of(session))


async def titles_of(session: AsyncSession) -> dict[int | str, str]:
    """Return the names of all roles, by id and by what they stand for."""
    found = await session.execute(
        select(RoleDefinition.id, RoleDefinition.stands_for, RoleDefinition.name)
    )
    return {(stands_for or role_id): name for role_id, stands_for, name in found}


def title_of(titles: dict[int | str, str], role: Role, definition_id: int | None) -> str:
    """Return the name of somebody's role."""
    if role is Role.MANAGER and definition_id is not None:
        return titles.get(definition_id, titles.get(role.value, role.value))
    return titles.get(role.value, role.value)


async def give_post(
    session: AsyncSession,
    staff: SignedIn,
    user_id: int,
    post: Post,
    now: datetime,
    *,
    seen: int | None = None,
) -> User:
    """Let an account be something else here, effective with its next request.

    `seen` is the version of the account that the caller read, None for a program that overwrites
    knowingly; ChangedMeanwhile for another one. CUSTOMER takes it out of the staff. Raises
    UserNotFound, RoleNotFound, LastAdmin, OwnRole, and BeyondOwn when the account may do, or would
    be able to do, what the caller may not.
    """
    admins = await repository.lock_admins(session)
    user = await session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise UserNotFound(user_id)
    if post.role is not Role.ADMIN and list(admins) == [user_id]:
        raise LastAdmin
    if user_id == staff.user_id:
        raise OwnRole
    require_held(staff, await permits_of_post(session, user.role, user.role_definition_id))
    await require_grantable(session, staff, post)
    before = post_of(user)
    if seen is not None:
        title = title_of(await titles_of(session), user.role, user.role_definition_id)
        check_version(user.version, seen, {"post": title})
    user.version += 1
    await take_post(session, user, post, now)
    await audit.note(session, staff, "change", SUBJECT, user_id, before=before, after=post_of(user))
    return user


async def take_post(session: AsyncSession, user: User, post: Post, now: datetime) -> None:
    """Write a post into an account, whoever decided so; its sessions get staff's lifetime."""
    user.role = post.role
    user.role_definition_id = post.role_definition_id if post.role is Role.MANAGER else None
    await session.flush()
    if post.role.is_staff:
        ends = now + STAFF_LIFETIME
        await session.execute(
            update(UserSession)
            .where(UserSession.user_id == user.id)
            .values(expires_at=func.least(UserSession.expires_at, ends))
        )
    else:
        # Who no longer works here has nobody to let in.
        await session.execute(
            delete(StaffInvitation).where(StaffInvitation.invited_by_user_id == user.id)
        )


async def require_grantable(session: AsyncSession, staff: SignedIn, post: Post) -> None:
    """Raise BeyondOwn unless somebody may make others what the post says; RoleNotFound."""
    if post.role_definition_id is not None:
        found = await session.get(RoleDefinition, post.role_definition_id, with_for_update=True)
        if found is None or found.stands_for is not None:
            raise RoleNotFound(post.role_definition_id)
    require_held(staff, await permits_of_post(session, post.role, post.role_definition_id))
    if post.role is Role.ADMIN and staff.role is not Role.ADMIN:
        raise OwnRole


async def permits_of_post(
    session: AsyncSession, role: Role, definition_id: int | None
) -> frozenset[Permit]:
    """Return what a role with a definition may do."""
    if role is Role.ADMIN:
        return EVERYTHING
    names = await session.scalars(
        select(RolePermit.permit).where(RolePermit.role_definition_id == definition_id)
    )
    return repository.permits_of(role, definition_id, names.all())


def post_of(user: User) -> dict[str, object]:
    """Return what an account is here, for the audit."""
    return {"role": user.role.value, "role_definition_id": user.role_definition_id}


def _colleague(user: User, titles: dict[int | str, str]) -> Colleague:
    return Colleague(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        role_definition_id=user.role_definition_id,
        title=title_of(titles, user.role, user.role_definition_id),
        version=user.version,
        since=user.created_at,
    )
