"""The queries of the newsletter. Whoever changes a subscription holds the lock of its row."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.newsletter.models import Consent, Delivery, Issue, IssueText, Subscriber
from cloud.newsletter.states import DeliveryStage, IssueStage, SubscriberStage

_FILL = text("""
    INSERT INTO newsletter_deliveries (issue_id, subscriber_id, stage)
    SELECT i.id, s.id, 'waiting' FROM newsletter_issues i
    JOIN newsletter_subscribers s ON s.stage = 'active'
        AND (i.interest IS NULL OR s.interests = '{}' OR i.interest = ANY (s.interests))
    WHERE i.id = :issue_id
    ON CONFLICT DO NOTHING
""")


async def insert_once(session: AsyncSession, fields: dict[str, Any]) -> None:
    """Store an address unless it is there."""
    await session.execute(
        insert(Subscriber).values(**fields).on_conflict_do_nothing(index_elements=["email"])
    )


async def lock_address(session: AsyncSession, email: str) -> Subscriber | None:
    """Return the subscription of an address, locked."""
    return await _locked(session, Subscriber.email == email)


async def lock_subscriber(session: AsyncSession, subscriber_id: int) -> Subscriber | None:
    """Return a subscription, locked."""
    return await _locked(session, Subscriber.id == subscriber_id)


async def lock_token(session: AsyncSession, token_digest: bytes) -> Subscriber | None:
    """Return the subscription that a link belongs to, locked."""
    return await _locked(session, Subscriber.token_digest == token_digest)


async def _locked(session: AsyncSession, wanted: Any) -> Subscriber | None:  # noqa: ANN401 - a condition
    found: Subscriber | None = await session.scalar(
        select(Subscriber)
        .where(wanted)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found


async def find_address(session: AsyncSession, email: str) -> Subscriber | None:
    """Return the subscription of an address."""
    found: Subscriber | None = await session.scalar(
        select(Subscriber).where(Subscriber.email == email)
    )
    return found


async def find_subscriber(session: AsyncSession, subscriber_id: int) -> Subscriber | None:
    """Return a subscription."""
    return await session.get(Subscriber, subscriber_id)


async def list_consents(session: AsyncSession, subscriber_id: int) -> Sequence[Consent]:
    """Return what a subscriber said, the first act first."""
    found = await session.scalars(
        select(Consent).where(Consent.subscriber_id == subscriber_id).order_by(Consent.id)
    )
    return found.all()


async def forget_unproven(session: AsyncSession, before: datetime) -> None:
    """Forget addresses that were never confirmed since a moment."""
    await session.execute(
        delete(Subscriber).where(
            Subscriber.stage.in_((SubscriberStage.PENDING, SubscriberStage.REFUSED)),
            Subscriber.asked_at < before,
            Subscriber.confirmed_at.is_(None),
        )
    )


async def lock_issue(session: AsyncSession, issue_id: int) -> Issue | None:
    """Return an issue, locked."""
    return await session.get(Issue, issue_id, with_for_update=True, populate_existing=True)


async def find_issue(session: AsyncSession, issue_id: int) -> Issue | None:
    """Return an issue."""
    return await session.get(Issue, issue_id)


async def read_texts(session: AsyncSession, issue_id: int) -> dict[str, IssueText]:
    """Return the texts of an issue by language."""
    found = await session.scalars(select(IssueText).where(IssueText.issue_id == issue_id))
    return {one.language: one for one in found}


async def put_texts(
    session: AsyncSession, issue_id: int, texts: dict[str, tuple[str, str]]
) -> None:
    """Store the texts of an issue, subject and body by language, in place of what was there."""
    await session.execute(delete(IssueText).where(IssueText.issue_id == issue_id))
    session.add_all(
        IssueText(issue_id=issue_id, language=language, subject=subject, body=body)
        for language, (subject, body) in texts.items()
    )
    await session.flush()


async def lock_due(session: AsyncSession, now: datetime) -> Sequence[Issue]:
    """Return issues whose time has come, and those under way, that nobody else holds."""
    found = await session.scalars(
        select(Issue)
        .where(Issue.stage.in_((IssueStage.SCHEDULED, IssueStage.SENDING)), Issue.send_at <= now)
        .order_by(Issue.id)
        .with_for_update(skip_locked=True)
    )
    return found.all()


async def fill_deliveries(session: AsyncSession, issue_id: int) -> None:
    """Put everybody down for an issue who wants it now; once each."""
    await session.execute(_FILL, {"issue_id": issue_id})


async def claim_next(
    session: AsyncSession, issue_id: int, now: datetime, *, again: bool, but: Collection[int] = ()
) -> Delivery | None:
    """Return the next mail of an issue that is being sent, claimed; None when none waits.

    With `again` also one that could not be handed over before, least tried first. `but` are
    subscribers to pass by.
    """
    untried = () if again else (Delivery.problem == "",)
    delivery: Delivery | None = await session.scalar(
        select(Delivery)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(
            Delivery.issue_id == issue_id,
            Delivery.stage == DeliveryStage.WAITING,
            Issue.stage == IssueStage.SENDING,
            Delivery.subscriber_id.not_in(but),
            *untried,
        )
        .order_by(Delivery.attempts, Delivery.subscriber_id)
        .limit(1)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    if delivery is not None:
        delivery.stage, delivery.claimed_at = DeliveryStage.CLAIMED, now
        delivery.attempts += 1
    return delivery


async def note_delivery(
    session: AsyncSession, issue_id: int, subscriber_id: int, fields: dict[str, Any]
) -> None:
    """Store what became of a mail."""
    await session.execute(
        update(Delivery)
        .where(Delivery.issue_id == issue_id, Delivery.subscriber_id == subscriber_id)
        .values(**fields)
    )


async def skip_waiting(session: AsyncSession, issue_id: int, now: datetime) -> None:
    """Let nobody who still waits get an issue."""
    await session.execute(
        update(Delivery)
        .where(Delivery.issue_id == issue_id, Delivery.stage == DeliveryStage.WAITING)
        .values(stage=DeliveryStage.SKIPPED, claimed_at=now)
    )


async def count_deliveries(session: AsyncSession, issue_id: int) -> dict[DeliveryStage, int]:
    """Return how many mails of an issue stand where."""
    found = await session.execute(
        select(Delivery.stage, func.count())
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.stage)
    )
    return {row[0]: row[1] for row in found}


async def is_addressed(session: AsyncSession, issue_id: int, email: str) -> bool:
    """Tell whether an issue goes to an address by mail."""
    wanted = (
        exists()
        .where(Delivery.issue_id == issue_id, Subscriber.email == email)
        .where(Subscriber.id == Delivery.subscriber_id)
    )
    return bool(await session.scalar(select(wanted)))


async def read_waiting(session: AsyncSession, issue_id: int) -> tuple[int, int | None]:
    """Return how many mails of an issue wait for their first try, and the fewest tries of others.

    None where no mail waits to be tried again.
    """
    found = await session.execute(
        select(
            func.count().filter(Delivery.problem == ""),
            func.min(Delivery.attempts).filter(Delivery.problem != ""),
        ).where(Delivery.issue_id == issue_id, Delivery.stage == DeliveryStage.WAITING)
    )
    row = found.one()
    return row[0], row[1]


async def is_under_way(session: AsyncSession, issue_id: int, since: datetime) -> bool:
    """Tell whether a mail of an issue was handed to the mail server since, with no answer yet."""
    return bool(
        await session.scalar(
            select(
                exists().where(
                    Delivery.issue_id == issue_id,
                    Delivery.stage == DeliveryStage.CLAIMED,
                    Delivery.claimed_at > since,
                )
            )
        )
    )


async def count_readers(session: AsyncSession) -> int:
    """Return how many get the newsletter now."""
    found = await session.scalar(
        select(func.count()).where(Subscriber.stage == SubscriberStage.ACTIVE)
    )
    return int(found or 0)


def consent(subscriber: Subscriber, **facts: Any) -> Consent:
    """Return an act of a subscriber, to be added."""
    return Consent(subscriber_id=subscriber.id, **facts)
