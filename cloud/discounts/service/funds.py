"""What entered gift cards could pay at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.models import GiftCard
from cloud.discounts.refusals import Refusal, Why
from cloud.discounts.repository import gift_cards as rows
from cloud.foundation.money import Money
from cloud.pricing.quotes import GiftCardFunds, Quote


@dataclass(frozen=True, slots=True)
class Funds:
    """The cards that can pay, in the order in which they were entered, and why others cannot."""

    usable: tuple[GiftCardFunds, ...]
    refusals: tuple[Refusal, ...]

    def not_needed(self, quote: Quote) -> list[Refusal]:
        """Return a refusal for each card that a quote does not ask anything of."""
        paying = {part.card_id for part in quote.gift_cards}
        return [
            Refusal(one.ending, Why.NOT_NEEDED) for one in self.usable if one.card_id not in paying
        ]


async def find_funds(
    session: AsyncSession,
    card_ids: Sequence[int],
    currency: str,
    now: datetime,
    *,
    instead_of: int | None = None,
) -> Funds:
    """Return what cards could pay in a currency; what other unpaid orders hold is not there."""
    if not card_ids:
        return Funds((), ())
    cards = {card.id: card for card in await rows.list_cards(session, card_ids)}
    held = await rows.sum_held(session, card_ids, now, except_for=instead_of)
    usable, refusals = [], []
    for card in (cards[card_id] for card_id in dict.fromkeys(card_ids) if card_id in cards):
        free = card.balance_minor - held.get(card.id, 0)
        why = why_useless(card, free, currency, now)
        if why is None:
            usable.append(GiftCardFunds(card.id, card.ending, Money(free, currency)))
        else:
            refusals.append(Refusal(card.ending, why))
    return Funds(tuple(usable), tuple(refusals))


def why_useless(card: GiftCard, free_minor: int, currency: str, now: datetime) -> Why | None:
    """Return why a card can pay nothing; None when it can."""
    if card.blocked_at is not None:
        return Why.BLOCKED
    if card.expires_at is not None and card.expires_at <= now:
        return Why.EXPIRED
    if card.currency != currency:
        return Why.OTHER_CURRENCY
    return Why.EMPTY if free_minor <= 0 else None
