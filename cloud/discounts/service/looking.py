"""Asking what is left on a gift card, by its code."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.errors import CodeUnknown
from cloud.discounts.gift_codes import plain_code
from cloud.discounts.repository import gift_cards as rows
from cloud.foundation.money import Money
from cloud.foundation.secrets import digest


@dataclass(frozen=True, slots=True)
class CardBalance:
    """What is on a card. `is_good`: it could pay now. `expires_at` None: never."""

    ending: str
    balance: Money
    is_good: bool
    expires_at: datetime | None


async def look_up(session: AsyncSession, typed: str, now: datetime) -> CardBalance:
    """Return what is on the card of a code; raises CodeUnknown. Limit how often one may ask."""
    plain = plain_code(typed)
    card = await rows.find_by_digest(session, digest(plain)) if plain else None
    if card is None:
        raise CodeUnknown
    has_expired = card.expires_at is not None and card.expires_at <= now
    return CardBalance(
        ending=card.ending,
        balance=Money(card.balance_minor, card.currency),
        is_good=card.blocked_at is None and not has_expired and card.balance_minor > 0,
        expires_at=card.expires_at,
    )
