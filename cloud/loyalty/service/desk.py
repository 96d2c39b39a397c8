"""Looking at points, correcting them by hand, and writing off what expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.repository import find_user
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.loyalty.errors import MemberNotFound
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.models import PointEntry
from cloud.loyalty.repository import points as rows
from cloud.loyalty.service.earning import earn
from cloud.loyalty.service.ledger import Reason, debit, open_account
from cloud.loyalty.terms import SOON


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's points at a moment.

    `balance` can be spent, `debt` is paid by the next that come. `soon` are those that go within
    thirty days, the first of them at `next_expiry` (None: none do).
    """

    balance: int
    debt: int
    soon: int
    next_expiry: datetime | None


async def standing(session: AsyncSession, user_id: int, now: datetime) -> Standing:
    """Return a member's points; nothing for who never had any."""
    live = await rows.list_live(session, user_id, now)
    soon = [(at, points) for at, points in live if at <= now + SOON]
    return Standing(
        balance=sum(points for _, points in live),
        debt=await rows.read_debt(session, user_id),
        soon=sum(points for _, points in soon),
        next_expiry=soon[0][0] if soon else None,
    )


async def history(
    session: AsyncSession, user_id: int, *, before: int | None, limit: int
) -> Sequence[PointEntry]:
    """Return a member's entries older than the id `before`, the newest first."""
    return await rows.list_entries(session, user_id, before=before, limit=limit)


async def correct(
    session: AsyncSession, staff: SignedIn, user_id: int, points: int, note: str, now: datetime
) -> Standing:
    """Give a member points (above 0), or take some (below).

    Raises MemberNotFound, NotEnoughPoints.
    """
    user = await find_user(session, user_id)
    if user is None or user.erased_at is not None:
        raise MemberNotFound
    account = await open_account(session, user_id, now)
    before = {"total": account.balance - account.debt}
    if points > 0:
        await earn(session, account, Reason(EntryKind.STAFF_CREDIT, note), points, now)
    else:
        await debit(session, account, Reason(EntryKind.STAFF_DEBIT, note), -points, now)
    after = {"total": account.balance - account.debt, "note": note}
    action = "credit" if points > 0 else "debit"
    await audit.note(session, staff, action, "points", user_id, before=before, after=after)
    return await standing(session, user_id, now)


async def write_off(session: AsyncSession, now: datetime, *, most: int) -> int:
    """Write off what expired of so many members at most; return how many there were."""
    due = await rows.list_due(session, now, most)
    for user_id in due:
        await open_account(session, user_id, now)
    return len(due)
