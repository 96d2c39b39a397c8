"""The end of drafts that nobody ordered in time."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.drafts import repository
from cloud.drafts.states import DraftState

_BATCH = 200


async def expire_due(session: AsyncSession, now: datetime) -> int:
    """Write down which drafts are over; return how many. They were over before: this tidies."""
    found = await repository.due(session, now, _BATCH)
    for draft in found:
        draft.state = DraftState.EXPIRED
    await session.flush()
    return len(found)
