"""What people want to hear of: asked when news is told, and again when its mail goes out."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.notifications import preference_rows
from cloud.notifications.kinds import Channel, NotificationKind
from cloud.notifications.models import Notification
from cloud.notifications.schemas import PreferenceView
from cloud.notifications.topics import TOPICS, Category, Topic, may_leave_mail, topic_of


async def channels_for(
    session: AsyncSession, user_id: int | None, email: str, kind: NotificationKind
) -> frozenset[Channel]:
    """Return where somebody reads news of a kind; a guest (None) has mail alone.

    Mail that has to be asked for goes to no address that a member has not proven: whoever made
    the account may have asked for it in another's name.
    """
    topic = topic_of(kind)
    rules = TOPICS[topic]
    if user_id is None:
        is_refused = await preference_rows.is_refused(session, email, topic)
        may_refuse = rules.may_choose(Channel.MAIL)
        return frozenset() if is_refused and may_refuse else frozenset({Channel.MAIL})
    said = await preference_rows.said_of(session, user_id, topic)
    wanted = frozenset(one for one in Channel if _is_wanted(topic, one, said.get(one)))
    if Channel.MAIL in wanted - rules.usual and not await _is_proven(session, user_id):
        return wanted - {Channel.MAIL}
    return wanted


async def wants_mail(session: AsyncSession, notification: Notification) -> bool:
    """Tell whether the reader of a notification still wants its mail."""
    if not may_leave_mail(notification.kind):
        return True
    if notification.user_id is None:
        topic = topic_of(notification.kind)
        return not await preference_rows.is_refused(session, notification.email, topic)
    found = await channels_for(session, notification.user_id, notification.email, notification.kind)
    return Channel.MAIL in found


async def hears(session: AsyncSession, user_id: int, topic: Topic, channel: Channel) -> bool:
    """Tell whether a member hears of a topic at a place."""
    said = await preference_rows.said_of(session, user_id, topic)
    return _is_wanted(topic, channel, said.get(channel))


async def list_preferences(
    session: AsyncSession, user_id: int, *, is_staff: bool
) -> list[PreferenceView]:
    """Return what a member hears of and where, a line a topic, in the order of the page."""
    said = await preference_rows.said_by(session, user_id)
    return [
        PreferenceView(
            topic=topic,
            category=rules.category,
            app=_is_wanted(topic, Channel.APP, said.get((topic, Channel.APP))),
            mail=_is_wanted(topic, Channel.MAIL, said.get((topic, Channel.MAIL))),
            may_choose_app=rules.may_choose(Channel.APP),
            may_choose_mail=rules.may_choose(Channel.MAIL),
        )
        for topic, rules in TOPICS.items()
        if (is_staff or rules.category is not Category.STAFF) and topic is not Topic.ASKED_FOR
    ]


async def choose(
    session: AsyncSession, user_id: int, said: Mapping[tuple[Topic, Channel], bool]
) -> None:
    """Store what a member wants; what cannot be chosen is passed over."""
    await preference_rows.put(
        session,
        user_id,
        {place: wanted for place, wanted in said.items() if TOPICS[place[0]].may_choose(place[1])},
    )


async def leave(session: AsyncSession, notification: Notification) -> bool:
    """End the mails of a notification's topic to its reader; False for those one cannot end."""
    if not may_leave_mail(notification.kind):
        return False
    topic = topic_of(notification.kind)
    if notification.user_id is None:
        await preference_rows.refuse(session, notification.email, topic)
    else:
        await preference_rows.put(session, notification.user_id, {(topic, Channel.MAIL): False})
    return True


async def _is_proven(session: AsyncSession, user_id: int) -> bool:
    user = await accounts.find_user(session, user_id)
    return user is not None and user.email_verified_at is not None


def _is_wanted(topic: Topic, channel: Channel, said: bool | None) -> bool:  # noqa: FBT001 - a row's value
    rules = TOPICS[topic]
    if channel in rules.fixed:
        return True
    return channel in rules.usual if said is None else said
