"""What staff do with people who buy here: tags, notes, and whether they are let in."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import identity_rows, repository
from cloud.accounts.errors import StaffStay, UserNotFound
from cloud.accounts.models import CustomerNote, User
from cloud.foundation import audit
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.versions import check_version

SUBJECT = "customers"
_MOST_TAGS = 20
_LONGEST_TAG = 40


class NewCustomerNote(BaseModel):
    """What staff write down about a person; the person does not read it."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    body: str = Field(min_length=1, max_length=2000)


async def get_customer(session: AsyncSession, user_id: int) -> User:
    """Return an account, a member of staff's too; UserNotFound."""
    user = await repository.find_user(session, user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user


async def set_customer_tags(
    session: AsyncSession, staff: SignedIn, user_id: int, tags: Sequence[str], *, seen: int
) -> None:
    """Give a person the words that staff sort by, each once, in small letters.

    Raises UserNotFound, and ChangedMeanwhile unless `seen` is the newest version.
    """
    user = await _locked(session, user_id)
    before = list(user.tags)
    check_version(user.version, seen, {"tags": ", ".join(before)})
    cleaned = {" ".join(tag.lower().split())[:_LONGEST_TAG] for tag in tags if tag.strip()}
    user.tags = sorted(cleaned)[:_MOST_TAGS]
    user.version += 1
    await session.flush()
    await audit.note(
        session, staff, "tag", SUBJECT, user_id, before={"tags": before}, after={"tags": user.tags}
    )


async def add_customer_note(
    session: AsyncSession, staff: SignedIn, user_id: int, new: NewCustomerNote, now: datetime
) -> None:
    """Write something down about a person; UserNotFound."""
    await get_customer(session, user_id)
    session.add(
        CustomerNote(
            user_id=user_id,
            body=new.body,
            author_user_id=staff.user_id,
            author_name=staff.name or staff.email,
            at=now,
        )
    )
    await session.flush()
    await audit.note(session, staff, "note", SUBJECT, user_id, after={"body": new.body})


async def customer_notes(session: AsyncSession, user_id: int) -> Sequence[CustomerNote]:
    """Return what was written down about a person, the newest first."""
    found = await session.scalars(
        select(CustomerNote)
        .where(CustomerNote.user_id == user_id)
        .order_by(CustomerNote.id.desc())
        .limit(100)
    )
    return found.all()


async def block_customer(
    session: AsyncSession, staff: SignedIn, user_id: int, reason: str, now: datetime
) -> None:
    """Let a person in no more: every session ends now. What they bought is sent nevertheless.

    A second time only the reason changes. Raises UserNotFound, StaffStay.
    """
    user = await _locked(session, user_id)
    if user.role is not Role.CUSTOMER:
        raise StaffStay
    before = _block_of(user)
    user.blocked_at, user.block_reason = user.blocked_at or now, reason
    await session.flush()
    await repository.delete_sessions(session, user_id)
    await audit.note(
        session, staff, "block", SUBJECT, user_id, before=before, after=_block_of(user)
    )


async def unblock_customer(session: AsyncSession, staff: SignedIn, user_id: int) -> None:
    """Let a person in again; UserNotFound."""
    user = await _locked(session, user_id)
    before = _block_of(user)
    user.blocked_at, user.block_reason = None, ""
    await session.flush()
    await audit.note(
        session, staff, "unblock", SUBJECT, user_id, before=before, after=_block_of(user)
    )


async def _locked(session: AsyncSession, user_id: int) -> User:
    user = await identity_rows.lock_user(session, user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user


def _block_of(user: User) -> dict[str, object]:
    return {"is_blocked": user.blocked_at is not None, "reason": user.block_reason}
