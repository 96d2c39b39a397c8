"""Gift cards as staff issue, block and correct them; a code never stands in the audit."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts import service
from cloud.discounts.models import GiftCard
from cloud.discounts.service import Issued
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money


async def issue(
    session: AsyncSession,
    staff: SignedIn,
    amount: Money,
    now: datetime,
    *,
    expires_at: datetime | None,
    recipient_email: str,
    note: str,
) -> Issued:
    """Make a card worth an amount above nothing."""
    issued = await service.issue(
        session,
        amount,
        now,
        issued_by=staff.user_id,
        expires_at=expires_at,
        recipient_email=recipient_email,
        note=note,
    )
    after = {
        "ending": issued.card.ending,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "expires_at": expires_at.isoformat() if expires_at else None,
    }
    await audit.note(session, staff, "issue", "gift_cards", issued.card.id, after=after)
    return issued


async def set_blocked(
    session: AsyncSession, staff: SignedIn, card_id: int, now: datetime, *, blocked: bool
) -> None:
    """Block a card, or let it pay again; raises GiftCardNotFound."""
    before = _state(await service.get_card(session, card_id, locked=True))
    card = await service.set_blocked(session, card_id, now, blocked=blocked)
    action = "block" if blocked else "unblock"
    await audit.note(
        session, staff, action, "gift_cards", card_id, before=before, after=_state(card)
    )


async def correct(
    session: AsyncSession,
    staff: SignedIn,
    card_id: int,
    delta_minor: int,
    note: str,
    now: datetime,
) -> None:
    """Add to or take from a card; raises GiftCardNotFound, NotOnCard."""
    before = _state(await service.get_card(session, card_id, locked=True))
    card = await service.correct(session, card_id, delta_minor, note, now)
    await audit.note(
        session,
        staff,
        "correct",
        "gift_cards",
        card_id,
        before=before,
        after={**_state(card), "note": note} if delta_minor else before,
    )


def _state(card: GiftCard) -> dict[str, object]:
    return {"balance_minor": card.balance_minor, "is_blocked": card.blocked_at is not None}
