"""Queries about what people want to hear of."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.notifications.kinds import Channel
from cloud.notifications.models import MailRefusal, NotificationPreference
from cloud.notifications.topics import Topic

_Said = NotificationPreference

# A query for statements of features below.
WANT_LEFT_CARTS = f"""
    SELECT user_id FROM notification_preferences
    WHERE topic = '{Topic.LEFT_CARTS.value}' AND is_wanted
"""


async def said_by(session: AsyncSession, user_id: int) -> Mapping[tuple[Topic, Channel], bool]:
    """Return what a member said, by topic and place."""
    rows = await session.execute(
        select(_Said.topic, _Said.channel, _Said.is_wanted).where(_Said.user_id == user_id)
    )
    return {(row.topic, row.channel): row.is_wanted for row in rows}


async def said_of(session: AsyncSession, user_id: int, topic: Topic) -> Mapping[Channel, bool]:
    """Return what a member said of one topic, by place."""
    rows = await session.execute(
        select(_Said.channel, _Said.is_wanted).where(_Said.user_id == user_id, _Said.topic == topic)
    )
    return {row.channel: row.is_wanted for row in rows}


async def put(
    session: AsyncSession, user_id: int, said: Mapping[tuple[Topic, Channel], bool]
) -> None:
    """Store what a member says of some topics; the last word counts."""
    if not said:
        return
    statement = insert(_Said).values(
        [
            {"user_id": user_id, "topic": topic, "channel": channel, "is_wanted": is_wanted}
            for (topic, channel), is_wanted in sorted(said.items())
        ]
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "topic", "channel"],
            set_={"is_wanted": statement.excluded.is_wanted},
        )
    )


async def drop_of(session: AsyncSession, user_id: int) -> None:
    """Forget what a member said: of every topic what is usual holds again."""
    await session.execute(delete(_Said).where(_Said.user_id == user_id))


async def who_said(
    session: AsyncSession, topic: Topic, *, is_wanted: bool, after: int, limit: int
) -> Sequence[int]:
    """Return members, by id above `after`, who said yes or no to a topic at some place."""
    found = await session.scalars(
        select(_Said.user_id)
        .where(_Said.topic == topic, _Said.is_wanted.is_(is_wanted), _Said.user_id > after)
        .group_by(_Said.user_id)
        .order_by(_Said.user_id)
        .limit(limit)
    )
    return found.all()


async def is_refused(session: AsyncSession, email: str, topic: Topic) -> bool:
    """Tell whether an address without an account wants no mail on a topic."""
    found = await session.scalar(
        select(exists().where(MailRefusal.email == email, MailRefusal.topic == topic))
    )
    return bool(found)


async def refuse(session: AsyncSession, email: str, topic: Topic) -> None:
    """Note that an address wants no mail on a topic; twice is once."""
    await session.execute(
        insert(MailRefusal).values(email=email, topic=topic).on_conflict_do_nothing()
    )
