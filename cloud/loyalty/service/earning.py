"""How points come: each reason once, the tier looked at again, and the member told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.loyalty.events import PointsEarned
from cloud.loyalty.models import PointAccount
from cloud.loyalty.repository import points as rows
from cloud.loyalty.service import tiers
from cloud.loyalty.service.ledger import Reason, credit, open_account, take_back


async def grant(
    session: AsyncSession, user_id: int, reason: Reason, points: int, now: datetime
) -> bool:
    """Give a member points, 1 or more, for a reason with a `once_key`; tell whether it was new.

    They count towards tiers. Repeating it changes nothing, at once or years later.
    """
    account = await open_account(session, user_id, now)
    if await rows.find_once(session, user_id, reason.once_key or "") is not None:
        return False
    await earn(session, account, reason, points, now)
    return True


async def earn(
    session: AsyncSession, account: PointAccount, reason: Reason, points: int, now: datetime
) -> None:
    """Give the member of an opened account points, 1 or more, and tell them."""
    entry = await credit(session, account, reason, points, now)
    await tiers.settle(session, account, now)
    await emit(
        session,
        PointsEarned(
            user_id=account.user_id,
            entry_id=entry.id,
            kind=reason.kind,
            points=points,
            balance=account.balance,
            note=reason.note,
            expires_at=entry.expires_at or now,
            at=now,
        ),
    )


async def lose(
    session: AsyncSession, account: PointAccount, reason: Reason, points: int, now: datetime
) -> None:
    """Take points, 1 or more, back that came with `reason.reverses_id`; what is spent is owed."""
    await take_back(session, account, reason, points, now, first=reason.reverses_id or 0)
    await tiers.settle(session, account, now)


async def give_back(
    session: AsyncSession, account: PointAccount, reason: Reason, points: int, now: datetime
) -> None:
    """Give points, 1 or more, back that had been taken from what `reason.reverses_id` brought."""
    await credit(session, account, reason, points, now)
    await tiers.settle(session, account, now)
