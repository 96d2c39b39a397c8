"""Telling news: once a key and person, in the account and by mail, in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.notifications import repository
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.texts import Texts


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom. `user_id` None: a guest, who gets the mail alone."""

    user_id: int | None
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class News:
    """What is told. `key` is the same for the same news; `wording` names its texts.

    `facts` fill the texts; `rows` are facts that a mail shows as a table, by label.
    """

    key: str
    kind: NotificationKind
    wording: str
    facts: Mapping[str, str]
    link: str | None = None
    rows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes news down and has it mailed."""

    texts: Texts

    async def tell(
        self, session: AsyncSession, news: News, recipient: Recipient, now: datetime
    ) -> int | None:
        """Tell a person; None when they were told before. The mail goes out by a job."""
        words = self.texts.wording(news.wording, recipient.language, news.facts)
        who = recipient.user_id if recipient.user_id is not None else recipient.email
        notification_id = await repository.insert_once(
            session,
            {
                "key": f"{news.key}:{who}",
                "kind": news.kind,
                "wording": news.wording,
                "user_id": recipient.user_id,
                "email": recipient.email,
                "language": recipient.language,
                "title": words.title,
                "message": words.message,
                "link": news.link,
                "facts": {"facts": dict(news.facts), "rows": dict(news.rows)},
                "told_at": now,
            },
        )
        if notification_id is None:
            return None
        await repository.insert_mail(session, notification_id)
        await defer(session, "notifications.send_mail", notification_id=notification_id)
        return notification_id
