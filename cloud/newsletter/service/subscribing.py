"""Asking for the newsletter, confirming that by a mailed link, and leaving it.

Nothing is sent to an address whose reader did not say so twice: in the form, and from the mail.
Every act is kept with its moment, its place and the wording agreed to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.foundation.secrets import digest
from cloud.newsletter import repository
from cloud.newsletter.errors import LinkWornOut
from cloud.newsletter.models import Subscriber
from cloud.newsletter.schemas import NewsletterWish, Subscription
from cloud.newsletter.states import CONSENT_VERSION, Act, Interest, Source, SubscriberStage

MAIL_CONFIRMATION = "newsletter.mail_confirmation"
LINK_LASTS = timedelta(days=7)
# Whoever never confirms is forgotten then.
UNPROVEN_KEPT = timedelta(days=30)

_Stage = SubscriberStage


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose request it was: where on our pages, and from which address on the net."""

    source: Source
    address: str = ""


async def ask(
    session: AsyncSession, wish: NewsletterWish, language: str, sender: Sender, now: datetime
) -> None:
    """Have a link mailed that confirms a wish; nothing happens for whoever gets it already.

    The caller learns nothing of which it was.
    """
    subscriber = await _opened(session, wish.email, language, sender, now)
    if subscriber.stage is _Stage.ACTIVE:
        return
    subscriber.stage, subscriber.asked_at = _Stage.PENDING, now
    subscriber.language = language
    subscriber.name = wish.name or subscriber.name
    subscriber.interests = [one.value for one in wish.interests]
    _note(session, subscriber, Act.ASKED, sender, now)
    await session.flush()
    await defer(
        session,
        MAIL_CONFIRMATION,
        queueing_lock=f"{MAIL_CONFIRMATION}:{subscriber.id}",
        subscriber_id=subscriber.id,
    )


async def confirm(session: AsyncSession, token: str, sender: Sender, now: datetime) -> None:
    """Do what a mailed link is for; twice is once. Raises LinkWornOut.

    A link that was used brings nobody back who left after it.
    """
    subscriber = await repository.lock_token(session, digest(token))
    if subscriber is None:
        raise LinkWornOut
    if subscriber.stage is _Stage.ACTIVE:
        return
    is_late = subscriber.token_expires_at is None or subscriber.token_expires_at <= now
    if subscriber.token_used_at is not None or is_late:
        raise LinkWornOut
    subscriber.token_used_at = now
    _activate(session, subscriber, sender, now)


async def join(
    session: AsyncSession,
    email: str,
    name: str,
    interests: list[Interest],
    language: str,
    sender: Sender,
    now: datetime,
) -> None:
    """Let a member have it at their proven address, or change what they read about."""
    subscriber = await _opened(session, email, language, sender, now)
    subscriber.interests = [one.value for one in interests]
    subscriber.name, subscriber.language = name[:80] or subscriber.name, language
    if subscriber.stage is not _Stage.ACTIVE:
        subscriber.asked_at = now
        _note(session, subscriber, Act.ASKED, sender, now)
        _activate(session, subscriber, sender, now)


async def leave(
    session: AsyncSession, subscriber: Subscriber, sender: Sender, now: datetime
) -> None:
    """End the newsletter for a locked subscription; twice is once."""
    if subscriber.stage is _Stage.LEFT:
        return
    subscriber.stage, subscriber.left_at = _Stage.LEFT, now
    subscriber.token_digest = subscriber.token_expires_at = subscriber.token_used_at = None
    _note(session, subscriber, Act.LEFT, sender, now)


async def view(session: AsyncSession, email: str) -> Subscription:
    """Return whether an address gets the newsletter."""
    found = await repository.find_address(session, email)
    return Subscription(
        is_active=found is not None and found.stage is _Stage.ACTIVE,
        stage=found.stage if found else None,
        interests=[Interest(one) for one in found.interests] if found else [],
        confirmed_at=found.confirmed_at if found else None,
    )


async def _opened(
    session: AsyncSession, email: str, language: str, sender: Sender, now: datetime
) -> Subscriber:
    await repository.insert_once(
        session,
        {
            "email": email,
            "name": "",
            "language": language,
            "stage": _Stage.PENDING,
            "source": sender.source,
            "asked_at": now,
        },
    )
    subscriber = await repository.lock_address(session, email)
    if subscriber is None:
        raise LinkWornOut  # forgotten between the two statements
    return subscriber


def _activate(session: AsyncSession, subscriber: Subscriber, sender: Sender, now: datetime) -> None:
    subscriber.stage, subscriber.confirmed_at, subscriber.left_at = _Stage.ACTIVE, now, None
    _note(session, subscriber, Act.CONFIRMED, sender, now)


def _note(
    session: AsyncSession, subscriber: Subscriber, act: Act, sender: Sender, now: datetime
) -> None:
    session.add(
        repository.consent(
            subscriber,
            act=act,
            source=sender.source,
            address=sender.address,
            text_version=CONSENT_VERSION,
            at=now,
        )
    )
