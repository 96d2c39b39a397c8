"""Issuing gift cards, giving back to them what they paid, and looking at their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.errors import GiftCardNotFound, NotOnCard
from cloud.discounts.gift_codes import mint_code, plain_code
from cloud.discounts.models import GiftCard, GiftCardEntry, GiftCardEntryKind
from cloud.discounts.repository import gift_cards as rows
from cloud.foundation.money import Money
from cloud.foundation.secrets import digest

# Money that comes back to a card that has expired meanwhile can be spent so long.
_REOPENED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new card with its code, which is nowhere else: show it now or never."""

    card: GiftCard
    code: str


@dataclass(frozen=True, slots=True)
class CardUnexplained:
    """A card with `balance_minor` where its entries say `booked_minor`."""

    card_id: int
    balance_minor: int
    booked_minor: int


async def issue(
    session: AsyncSession,
    amount: Money,
    now: datetime,
    *,
    issued_by: int | None,
    expires_at: datetime | None = None,
    recipient_email: str = "",
    note: str = "",
) -> Issued:
    """Make a card worth an amount above nothing."""
    code = mint_code()
    plain = plain_code(code) or ""
    card = GiftCard(
        code_digest=digest(plain),
        ending=plain[-4:],
        currency=amount.currency,
        balance_minor=0,
        issued_at=now,
        expires_at=expires_at,
        recipient_email=recipient_email,
        note=note,
        issued_by=issued_by,
    )
    session.add(card)
    await session.flush()
    await rows.book(session, card, GiftCardEntryKind.ISSUED, amount.minor, now, note=note)
    return Issued(card, code)


async def get_card(session: AsyncSession, card_id: int, *, locked: bool = False) -> GiftCard:
    """Return a card, locked if asked; raises GiftCardNotFound."""
    find = rows.lock_cards if locked else rows.list_cards
    found = await find(session, [card_id])
    if not found:
        raise GiftCardNotFound
    return found[0]


async def list_page(session: AsyncSession, *, after: int | None, limit: int) -> Sequence[GiftCard]:
    """Return cards, the newest first, behind one by id; None: from the start."""
    return await rows.list_page(session, after, limit)


async def set_blocked(
    session: AsyncSession, card_id: int, now: datetime, *, blocked: bool
) -> GiftCard:
    """Block a card, or let it pay again."""
    card = await get_card(session, card_id, locked=True)
    card.blocked_at = (card.blocked_at or now) if blocked else None
    await session.flush()
    return card


async def correct(
    session: AsyncSession, card_id: int, delta_minor: int, note: str, now: datetime
) -> GiftCard:
    """Add to or take from a card by hand; raises NotOnCard, and 0 changes nothing.

    What unpaid orders hold cannot be taken away.
    """
    card = await get_card(session, card_id, locked=True)
    held = await rows.sum_held(session, [card_id], now, except_for=None)
    free = card.balance_minor - held.get(card_id, 0)
    if free + delta_minor < 0:
        raise NotOnCard(-delta_minor, free)
    if delta_minor:
        await rows.book(session, card, GiftCardEntryKind.CORRECTED, delta_minor, now, note=note)
    return card


async def free_of(
    session: AsyncSession, card_ids: Sequence[int], now: datetime
) -> dict[int, tuple[str, int]]:
    """Return the ending of cards and what is on them that no unpaid order holds; locks them."""
    locked = await rows.lock_cards(session, card_ids)
    held = await rows.sum_held(session, card_ids, now, except_for=None)
    return {card.id: (card.ending, card.balance_minor - held.get(card.id, 0)) for card in locked}


async def take_back(
    session: AsyncSession, card_id: int, amount_minor: int, now: datetime, *, note: str
) -> bool:
    """Take an amount off a card whose price goes back; return whether that emptied it.

    An emptied card is blocked. Ask `free_of` first, in the same transaction.
    """
    card = await get_card(session, card_id, locked=True)
    await rows.book(session, card, GiftCardEntryKind.TAKEN_BACK, -amount_minor, now, note=note)
    if card.balance_minor == 0:
        card.blocked_at = card.blocked_at or now
    await session.flush()
    return card.balance_minor == 0


async def restore(
    session: AsyncSession, card_id: int, amount_minor: int, now: datetime, *, note: str
) -> None:
    """Put back what `take_back` took off a card, which is good again."""
    card = await get_card(session, card_id, locked=True)
    card.blocked_at = None
    await rows.book(session, card, GiftCardEntryKind.RESTORED, amount_minor, now, note=note)


async def credit_back(
    session: AsyncSession, order_id: int, amount: Money, now: datetime, *, note: str = ""
) -> None:
    """Give an amount, 0 or more, back to the cards that paid an order, the last one first.

    Not idempotent: call it once a refund, under the order's lock. Raises NotOnCard for more than
    they still pay. A card that has expired can be spent for another year.
    """
    paid = await rows.sum_of_order(session, order_id)
    locked = {card.id: card for card in await rows.lock_cards(session, paid)}
    # Read again under the locks: another refund may have come first.
    paid = await rows.sum_of_order(session, order_id)
    if amount.minor > sum(paid.values()):
        raise NotOnCard(amount.minor, sum(paid.values()))
    left = amount.minor
    for card_id, spent in sorted(paid.items(), reverse=True):
        part, card = min(left, spent), locked[card_id]
        if part:
            kind = GiftCardEntryKind.RETURNED
            await rows.book(session, card, kind, part, now, order_id=order_id, note=note)
            if card.expires_at is not None and card.expires_at <= now:
                card.expires_at = now + _REOPENED_FOR
        left -= part
    await session.flush()


async def paid_by_cards(session: AsyncSession, order_id: int) -> int:
    """Return what gift cards still pay of an order in minor units: spent less given back."""
    return sum((await rows.sum_of_order(session, order_id)).values())


async def history(session: AsyncSession, card_id: int) -> Sequence[GiftCardEntry]:
    """Return the entries of a card, the newest first."""
    return await rows.list_entries(session, card_id)


async def list_unexplained(session: AsyncSession) -> list[CardUnexplained]:
    """Return the cards whose balance is not the sum of their entries; there should be none."""
    return [CardUnexplained(*row) for row in await rows.list_differences(session)]
