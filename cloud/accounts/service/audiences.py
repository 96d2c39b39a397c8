"""Which audience an account belongs to; what only some accounts get is given to an audience."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import AudienceMember


async def enter_audience(session: AsyncSession, user_id: int, audience: str | None) -> None:
    """Make an account belong to one audience and no other; None: to none. Repeatable."""
    if audience is None:
        await session.execute(delete(AudienceMember).where(AudienceMember.user_id == user_id))
        return
    await session.execute(
        insert(AudienceMember)
        .values(user_id=user_id, audience=audience)
        .on_conflict_do_update(index_elements=["user_id"], set_={"audience": audience})
    )
