"""Writing the mail of a notification: its words, its facts, and the way out of mails like it."""

from dataclasses import dataclass
from typing import Any

from cloud.carts.left_carts import LeftCarts
from cloud.foundation.letters import Letters, mail_look
from cloud.foundation.mail import Mailer, Message, sender_domain
from cloud.foundation.sealing import Sealer
from cloud.foundation.site_facts import SiteFacts, SiteFactsSource
from cloud.notifications.leaving import LeaveLinks
from cloud.notifications.models import Notification
from cloud.notifications.texts import Texts
from cloud.notifications.topics import TOPICS, Topic, may_leave_mail, topic_of

_TEMPLATE = "notifications/notice"
# Who subscribed to the newsletter, or ticked a box at the checkout, need not have an account.
_OWN_REASONS = (Topic.NEWSLETTER, Topic.LEFT_CARTS)


@dataclass(frozen=True, slots=True)
class MailRoom:
    """What it takes to write a mail and hand it over. `sender` is the From line."""

    mailer: Mailer
    letters: Letters
    texts: Texts
    site: SiteFactsSource
    sender: str
    sealer: Sealer
    leaving: LeaveLinks
    public_url: str
    left_carts: LeftCarts


def write_mail(room: MailRoom, notification: Notification, site: SiteFacts) -> Message:
    """Return the mail of a notification, as text and as HTML that say the same.

    What somebody may end carries the headers of RFC 8058 for ending it with one click.
    """
    words = room.texts.wording(
        notification.wording, notification.language, notification.facts["facts"]
    )
    letter = room.letters.write(
        _TEMPLATE,
        {
            **mail_look(site, room.public_url),
            "title": notification.title,
            "preheader": words.preheader,
            "paragraphs": [one for one in notification.message.splitlines() if one.strip()],
            "button": words.button,
            "link": notification.link,
            "rows": _rows(room, notification),
            **_foot(room, notification, site.name),
        },
        notification.language,
    )
    unique = f"notification-{notification.id}@{sender_domain(room.sender)}"
    return letter.to(notification.email, unique, _headers(room, notification))


def _rows(room: MailRoom, notification: Notification) -> list[tuple[str, str]]:
    sealed = notification.facts.get("sealed", {})
    rows = {name: room.sealer.open(value.encode()) for name, value in sealed.items()}
    # Pairs in their order; of a notification from before there were pairs, an object.
    rows |= notification.facts["rows"]
    return [(room.texts.row(label, notification.language), rows[label]) for label in rows]


def _foot(room: MailRoom, notification: Notification, site_name: str) -> dict[str, Any]:
    language, is_member = notification.language, notification.user_id is not None
    topic = topic_of(notification.kind)
    reason = topic.value if topic in _OWN_REASONS else TOPICS[topic].category.value
    why = room.texts.mail(f"why_{reason}", language)
    may_leave = may_leave_mail(notification.kind)
    return {
        "footer": why.format(site_name=site_name),
        "leave_url": room.leaving.leave(notification.id) if may_leave else "",
        "leave": room.texts.mail("leave", language),
        "choose_url": room.leaving.preferences() if may_leave and is_member else "",
        "choose": room.texts.mail("choose", language),
    }


def _headers(room: MailRoom, notification: Notification) -> dict[str, str]:
    if not may_leave_mail(notification.kind):
        return {}
    return {
        "List-Unsubscribe": f"<{room.leaving.leave(notification.id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
