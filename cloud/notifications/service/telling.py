"""Telling news: once a key and person, in the account and by mail, in the caller's transaction."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.notifications import repository
from cloud.notifications.kinds import Channel, NotificationKind
from cloud.notifications.service.wanting import channels_for
from cloud.notifications.texts import Texts

# The job that tells a buyer of a paid order.
CONFIRM = "notifications.confirm_order"


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom. `user_id` None: a guest, who gets the mail alone."""

    user_id: int | None
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class News:
    """What is told. `key` is the same for the same news; `wording` names its texts.

    `facts` fill the texts; `rows` are facts that a mail shows as a table, by label, in their order.
    `sealed` are rows that are stored sealed, and opened only for the mail itself. `by_mail` False:
    another mail says it, or it is not worth one.
    """

    key: str
    kind: NotificationKind
    wording: str
    facts: Mapping[str, str]
    link: str | None = None
    rows: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    by_mail: bool = True


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes news down and has it mailed."""

    texts: Texts

    async def tell(
        self, session: AsyncSession, news: News, recipient: Recipient, now: datetime
    ) -> int | None:
        """Tell a person where they want to hear of it; None when told before or wanted nowhere.

        The mail goes out by a job.
        """
        channels = await channels_for(session, recipient.user_id, recipient.email, news.kind)
        if not news.by_mail:
            channels -= {Channel.MAIL}
        if not channels:
            return None
        words = self.texts.wording(news.wording, recipient.language, news.facts)
        notification_id = await repository.insert_once(
            session,
            {
                "key": _key(news, recipient),
                "kind": news.kind,
                "wording": news.wording,
                "user_id": recipient.user_id,
                "email": recipient.email,
                "language": recipient.language,
                "title": words.title,
                "message": words.message,
                "link": news.link,
                "facts": {"facts": dict(news.facts), "rows": _in_order(news.rows)}
                | ({"sealed": dict(news.sealed)} if news.sealed else {}),
                "told_at": now,
                "is_listed": Channel.APP in channels,
            },
        )
        if notification_id is None or Channel.MAIL not in channels:
            return notification_id
        await repository.insert_mail(session, notification_id)
        await defer(session, "notifications.send_mail", notification_id=notification_id)
        return notification_id

    async def add(
        self,
        session: AsyncSession,
        write: Callable[[Mapping[str, int]], News],
        recipient: Recipient,
        counts: Mapping[str, int],
        now: datetime,
    ) -> None:
        """Tell in one line what comes in many pieces: later ones are added to the first.

        `write` makes the news from all that was counted by now; its key must not hang on that.
        The line is new again for its reader, and grows only while they want to see such news; a
        mail, if wanted, goes out with the first piece.
        """
        first = write(counts)
        key = _key(first, recipient)
        if await repository.find_key(session, key) is None:
            told = await self.tell(session, first, recipient, now)
            if told is not None:
                await repository.keep_counts(session, told, counts)
                return
        line = await repository.lock_key(session, key)
        wanted = await channels_for(session, recipient.user_id, recipient.email, first.kind)
        if line is None or Channel.APP not in wanted:
            return
        kept = line.facts.get("counts", {})
        together = dict(Counter(kept) + Counter(counts))
        news = write(together)
        words = self.texts.wording(news.wording, recipient.language, news.facts)
        line.title, line.message = words.title, words.message
        line.facts = {"facts": dict(news.facts), "rows": _in_order(news.rows), "counts": together}
        line.told_at, line.read_at, line.is_listed = now, None, True
        await session.flush()


def _in_order(rows: Mapping[str, str]) -> list[list[str]]:
    """Return rows as pairs: PostgreSQL keeps an object's keys by their length."""
    return [[label, text] for label, text in rows.items()]


def _key(news: News, recipient: Recipient) -> str:
    who = recipient.user_id if recipient.user_id is not None else recipient.email
    return f"{news.key}:{who}"
