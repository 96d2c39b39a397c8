"""Cards that members saved."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.payments import repository
from cloud.payments.errors import CardNotFound
from cloud.payments.models import SavedCard
from cloud.payments.schemas import CardView
from cloud.payments.states import CardState

# The name stands here and not in jobs.py, which is a layer above.
FORGET_CUSTOMER = "payments.forget_customer"


async def list_cards(session: AsyncSession, user_id: int) -> list[CardView]:
    """Return a member's cards, the default one first."""
    return [_view(card) for card in await repository.cards_of(session, user_id)]


def _view(card: SavedCard) -> CardView:
    return CardView(
        id=card.id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        is_default=card.is_default,
    )


async def default_card(session: AsyncSession, user_id: int, now: datetime) -> SavedCard | None:
    """Return the card to charge when none was named; expired and removed ones do not count."""
    cards = await repository.cards_of(session, user_id)
    return next((card for card in cards if is_usable(card, now)), None)


async def find_card(
    session: AsyncSession, user_id: int, card_id: int, now: datetime
) -> SavedCard | None:
    """Return one card of a member if it can still be charged."""
    cards = await repository.cards_of(session, user_id)
    return next((card for card in cards if card.id == card_id and is_usable(card, now)), None)


def is_usable(card: SavedCard, now: datetime) -> bool:
    """Tell whether a card is neither removed nor past its month."""
    return card.removed_at is None and (card.exp_year, card.exp_month) >= (now.year, now.month)


async def remember_card(session: AsyncSession, user_id: int, card: CardState) -> None:
    """Keep a card for later; the first one becomes the default. Repeating changes nothing.

    A card of another customer than the member's own is not kept: it was saved before they were
    forgotten, or by whoever held the account before them.
    """
    customer = await repository.lock_customer(session, user_id)
    own = customer.provider_customer_id if customer is not None else None
    if own is None or card.customer_id != own:
        return
    await repository.store_card(session, user_id, card)
    cards = await repository.cards_of(session, user_id)
    if cards and not any(kept.is_default for kept in cards):
        cards[0].is_default = True
        await session.flush()


async def choose_card(session: AsyncSession, user_id: int, card_id: int) -> None:
    """Make a card the default one; CardNotFound when it is not the member's."""
    card = await _own(session, user_id, card_id)
    await repository.clear_default(session, user_id)
    await session.refresh(card)
    card.is_default = True
    await session.flush()


async def remove_card(session: AsyncSession, user_id: int, card_id: int, now: datetime) -> None:
    """Take a card away, with the provider too; CardNotFound when it is not the member's."""
    card = await _own(session, user_id, card_id)
    was_default = card.is_default
    card.is_default = False
    card.removed_at = now
    await session.flush()
    await defer(session, "payments.forget_card", method_id=card.provider_method_id)
    left = await repository.cards_of(session, user_id)
    if was_default and left:
        left[0].is_default = True
        await session.flush()


async def forget_customer(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Take all of a member's cards away, and have a job delete their customer at the provider.

    A second time changes nothing. What was paid stays in both books.
    """
    customer = await repository.lock_customer(session, user_id)
    if customer is None or customer.provider_customer_id is None:
        return
    cards = await repository.cards_of(session, user_id)
    for card in cards:
        card.is_default = False
        card.removed_at = now
    await defer(
        session,
        FORGET_CUSTOMER,
        customer_id=customer.provider_customer_id,
        method_ids=[card.provider_method_id for card in cards],
    )
    customer.provider_customer_id = None
    customer.epoch += 1
    await session.flush()


async def _own(session: AsyncSession, user_id: int, card_id: int) -> SavedCard:
    for card in await repository.cards_of(session, user_id):
        if card.id == card_id:
            return card
    raise CardNotFound
