"""Asking somebody by e-mail to work here, with a link that works once, for three days.

The role is given when the link is used, not before; the link proves the address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository
from cloud.accounts.models import User
from cloud.accounts.right_errors import AlreadyStaff, InvitationNotFound, InvitationOver
from cloud.accounts.right_rows import StaffInvitation
from cloud.accounts.right_schemas import InvitationView, Invite, Post
from cloud.accounts.service.passwords import require_strong
from cloud.accounts.service.staffing import (
    SUBJECT,
    post_of,
    require_grantable,
    take_post,
    title_of,
    titles_of,
)
from cloud.accounts.service.users import Users, clean_email
from cloud.foundation import audit
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.secrets import digest

LIFETIME = timedelta(days=3)
# The name stands here and not with the job, which is a layer above.
MAIL_INVITATION = "accounts.mail_invitation"


async def list_invitations(session: AsyncSession) -> list[InvitationView]:
    """Return the open invitations, by address."""
    found = await session.scalars(select(StaffInvitation).order_by(StaffInvitation.email))
    titles = await titles_of(session)
    return [
        InvitationView(
            id=one.id,
            email=one.email,
            title=title_of(titles, Role(one.role), one.role_definition_id),
            expires_at=one.expires_at,
        )
        for one in found
    ]


async def invite(session: AsyncSession, staff: SignedIn, wish: Invite, now: datetime) -> None:
    """Have an invitation mailed; NotAnEmail, AlreadyStaff, BeyondOwn, RoleNotFound.

    An earlier one of the address is replaced, and its link worth nothing.
    """
    email = clean_email(wish.email)
    known = await repository.find_user_by_email(session, email)
    if known is not None and known.role.is_staff:
        raise AlreadyStaff(email)
    if wish.role is Role.CUSTOMER:
        wish = wish.model_copy(update={"role": Role.MANAGER})
    await require_grantable(session, staff, wish)
    await session.execute(delete(StaffInvitation).where(StaffInvitation.email == email))
    invitation = StaffInvitation(
        email=email,
        role=wish.role.value,
        role_definition_id=wish.role_definition_id if wish.role is Role.MANAGER else None,
        invited_by_user_id=staff.user_id,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    await session.flush()
    said = {"email": email, "role": invitation.role, "definition": invitation.role_definition_id}
    await audit.note(session, staff, "invite", SUBJECT, email, after=said)
    await defer(session, MAIL_INVITATION, invitation_id=invitation.id)


async def take_back(session: AsyncSession, staff: SignedIn, invitation_id: int) -> None:
    """Make an invitation worth nothing; InvitationNotFound."""
    found = await session.get(StaffInvitation, invitation_id, with_for_update=True)
    if found is None:
        raise InvitationNotFound(invitation_id)
    await session.delete(found)
    await session.flush()
    await audit.note(
        session, staff, "uninvite", SUBJECT, found.email, before={"email": found.email}
    )


@dataclass(frozen=True, slots=True)
class Reception:
    """Where invitations are accepted."""

    users: Users

    async def look(self, session: AsyncSession, token: str, now: datetime) -> StaffInvitation:
        """Return the open invitation of a link; InvitationOver."""
        return await self._find(session, token, now, lock=False)

    async def has_account(self, session: AsyncSession, email: str) -> bool:
        """Tell whether the invited person is a customer already."""
        return await repository.find_user_by_email(session, email) is not None

    async def accept(
        self, session: AsyncSession, token: str, *, name: str, password: str, now: datetime
    ) -> User:
        """Let the invited person in and return their account, new or the one they had.

        Of several at once, one gets in: InvitationOver for the others. A new account needs a
        password (WeakPassword); an old one keeps its own.
        """
        found = await self._find(session, token, now, lock=True)
        post = Post(role=Role(found.role), role_definition_id=found.role_definition_id)
        user = await repository.find_user_by_email(session, found.email)
        if user is None:
            require_strong(password, found.email)
            user = await self.users.create(
                session, email=found.email, name=name, role=Role.CUSTOMER
            )
            await self.users.set_password(session, user, password)
        await self.users.verify_email(session, user, found.email)
        before = post_of(user)
        if not user.role.is_staff:
            await take_post(session, user, post, now)
        await session.delete(found)
        await session.flush()
        actor = SignedIn(user.id, user.email, user.name, user.role, 0, now)
        await audit.note(
            session, actor, "accept", SUBJECT, user.id, before=before, after=post_of(user)
        )
        return user

    async def _find(
        self, session: AsyncSession, token: str, now: datetime, *, lock: bool
    ) -> StaffInvitation:
        wanted = select(StaffInvitation).where(
            StaffInvitation.token_digest == digest(token), StaffInvitation.expires_at > now
        )
        found = await session.scalar(wanted.with_for_update() if lock else wanted)
        if found is None:
            raise InvitationOver
        return found
