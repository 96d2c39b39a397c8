"""What a household agrees to and wishes, slot by slot. Stopping orders stops nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.foundation.money import Money
from cloud.hubs import service as hubs
from cloud.hubs.models import Slot
from cloud.orders.schemas import PostalAddress
from cloud.payments import service as payments
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.errors import (
    AddressNeeded,
    CannotBeHad,
    CardNeeded,
    ConsentNeeded,
    OfferChanged,
    SlotNotFound,
)
from cloud.reorders.findings import Reason
from cloud.reorders.models import ReorderConsent, ReorderSlot
from cloud.reorders.schemas import NewConsent, SlotWish
from cloud.reorders.service.answering import require_adult
from cloud.reorders.service.casing import (
    Refill,
    find_refill,
    postal,
    price_refill,
    shipping_address,
)
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.following import hold_back
from cloud.reorders.service.freezing import thaw
from cloud.reorders.service.intake import look_again, note_after_test


@dataclass(frozen=True, slots=True)
class Terms:
    """What a consent would be about, as it is shown before anybody agrees."""

    refill: Refill
    address: PostalAddress


async def preview_consent(
    session: AsyncSession, user_id: int, slot_id: int, asked: NewConsent, now: datetime
) -> Terms:
    """Return the bottle, the whole price and the address that a consent would name."""
    slot = await adult_slot(session, user_id, slot_id)
    address = await _address(session, user_id, asked.address_id)
    if asked.variant_id is None:
        refill = await find_refill(session, slot, None, now, country=address.country)
    else:
        refill = await price_refill(session, asked.variant_id, 1, address.country, now)
    if refill is not None and asked.quantity > 1:
        variant_id = refill.offer.variant_id
        refill = await price_refill(session, variant_id, asked.quantity, address.country, now)
    if refill is None:
        raise CannotBeHad(Reason.NOT_SOLD.value)
    if not refill.offer.is_sellable:
        raise CannotBeHad(Reason.NOT_SELLABLE.value)
    return Terms(refill, address)


async def give_consent(
    session: AsyncSession, user_id: int, slot_id: int, asked: NewConsent, now: datetime
) -> ReorderConsent:
    """Store what a member agrees to for a slot, in place of what held before.

    Raises SlotNotFound, AdultNeeded, AddressNeeded, CardNeeded (automatic orders without one),
    CannotBeHad, OfferChanged when the total is not the one that was shown.
    """
    terms = await preview_consent(session, user_id, slot_id, asked, now)
    quote = terms.refill.quote
    if asked.seen_total_minor != quote.total.minor:
        raise OfferChanged(asked.seen_total_minor, quote.total)
    slot = await adult_slot(session, user_id, slot_id)
    card_id = await _card(session, user_id, asked, now)
    await repository.lock_household(session, slot.household_id)
    wish = await repository.wish_locked(session, slot.household_id, slot.id)
    await repository.revoke_consents(session, slot.household_id, slot.id, now)
    wish.mode = asked.mode
    # Whoever agrees to refills from here has them from here, and knows that the device is.
    wish.is_refilled_elsewhere = False
    await thaw(session, wish)
    consent = ReorderConsent(
        household_id=slot.household_id,
        slot_id=slot.id,
        user_id=user_id,
        variant_id=terms.refill.offer.variant_id,
        quantity=asked.quantity,
        unit_price_minor=terms.refill.offer.price.minor,
        shipping_minor=quote.shipping.minor,
        tax_basis_points=quote.tax_basis_points,
        total_minor=quote.total.minor,
        max_total_minor=max(asked.max_total_minor, quote.total.minor),
        currency=quote.currency,
        address=terms.address.model_dump(),
        card_id=card_id,
        mode=asked.mode,
        text_version=asked.text_version,
        consented_at=now,
    )
    session.add(consent)
    await session.flush()
    await _tell_hub(session, slot, asked.mode, now)
    await look_again(session, slot.household_id, slot.id, now)
    return consent


async def _address(session: AsyncSession, user_id: int, address_id: int | None) -> PostalAddress:
    if address_id is not None:
        found = await accounts.find_address(session, user_id, address_id)
        named = None if found is None else postal(found)
    else:
        named = await shipping_address(session, user_id)
    if named is None:
        raise AddressNeeded
    return named


async def _card(
    session: AsyncSession, user_id: int, asked: NewConsent, now: datetime
) -> int | None:
    if asked.card_id is not None:
        card = await payments.find_card(session, user_id, asked.card_id, now)
    else:
        card = await payments.default_card(session, user_id, now)
    if card is None and (asked.mode is Mode.AUTOMATIC or asked.card_id is not None):
        raise CardNeeded
    return None if card is None else card.id


async def revoke_consent(
    session: AsyncSession, desk: Desk, user_id: int, slot_id: int, now: datetime
) -> None:
    """Take a consent back: nothing is ordered by itself any more, and nothing else changes.

    Diffuser, schedules and proposals go on; an announced order becomes a question.
    """
    slot = await adult_slot(session, user_id, slot_id)
    await repository.lock_household(session, slot.household_id)
    await repository.revoke_consents(session, slot.household_id, slot.id, now)
    wish = await repository.wish_locked(session, slot.household_id, slot.id)
    if wish.mode is Mode.AUTOMATIC:
        wish.mode = Mode.ASK
        await session.flush()
        await _tell_hub(session, slot, Mode.ASK, now)
    reason = Reason.NO_CONSENT.value
    await hold_back(session, desk, slot.household_id, slot.id, Mode.ASK, reason, now)


async def revoke_all_consents(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Take back whatever a person agreed to; what is announced becomes a question."""
    await repository.revoke_all_consents(session, user_id, now)


async def change_wish(
    session: AsyncSession,
    desk: Desk,
    user_id: int,
    slot_id: int,
    wished: SlotWish,
    now: datetime,
) -> None:
    """Change what a household wants for a slot; what is absent stays.

    AUTOMATIC needs a consent that names it: `give_consent` is the way there.
    """
    slot = await adult_slot(session, user_id, slot_id)
    await repository.lock_household(session, slot.household_id)
    wish = await repository.wish_locked(session, slot.household_id, slot.id)
    await thaw(session, wish)
    if wished.mode is Mode.AUTOMATIC:
        consent = await repository.live_consent(session, slot.household_id, slot.id)
        if consent is None or consent.mode is not Mode.AUTOMATIC:
            raise ConsentNeeded
    _write_down(wish, wished, now)
    await session.flush()
    if wished.is_test is False:
        await note_after_test(session, slot, now)
    if wish.is_refilled_elsewhere:
        await hold_back(
            session,
            desk,
            slot.household_id,
            slot.id,
            Mode.OFF,
            Reason.REFILLED_ELSEWHERE.value,
            now,
        )
    if wished.mode is not None:
        await set_mode(session, desk, slot.household_id, slot.id, wished.mode, now)
        await _tell_hub(session, slot, wished.mode, now)
    await look_again(session, slot.household_id, slot.id, now)


def _write_down(wish: ReorderSlot, wished: SlotWish, now: datetime) -> None:
    for name in ("bottles_on_hand", "is_test", "most_orders", "is_refilled_elsewhere"):
        value = getattr(wished, name)
        if value is not None:
            setattr(wish, name, value)
    if wished.snooze_days is not None:
        wish.snoozed_until = now + timedelta(days=wished.snooze_days)


async def set_mode(
    session: AsyncSession,
    desk: Desk,
    household_id: int,
    slot_id: int,
    mode: Mode,
    now: datetime,
) -> None:
    """Store how a slot is to be refilled, and hold back what that does not allow any more.

    AUTOMATIC without a consent only asks; the rules see to that.
    """
    await repository.lock_household(session, household_id)
    wish = await repository.wish_locked(session, household_id, slot_id)
    if wish.mode is mode:
        return
    wish.mode = mode
    await session.flush()
    await hold_back(session, desk, household_id, slot_id, mode, mode.value, now)
    await look_again(session, household_id, slot_id, now)


async def set_mode_at_home(
    session: AsyncSession,
    desk: Desk,
    household_id: int,
    slot_id: int,
    mode: Mode,
    now: datetime,
) -> None:
    """Take a mode that somebody chose at a hub: anybody may, so it makes nothing more automatic.

    The home is told what holds. Down to asking, or off, it goes at once.
    """
    await repository.lock_household(session, household_id)
    wish = await repository.wish_locked(session, household_id, slot_id)
    if mode is not Mode.AUTOMATIC or wish.mode is Mode.AUTOMATIC:
        await set_mode(session, desk, household_id, slot_id, mode, now)
        return
    slot = await repository.slot_of(session, household_id, slot_id)
    if slot is not None:
        await _tell_hub(session, slot, wish.mode, now)


async def _tell_hub(session: AsyncSession, slot: Slot, mode: Mode, now: datetime) -> None:
    """Let the home show what was chosen in the account."""
    document = ("reorder_preference", f"{slot.diffuser_id}/{slot.slot_no}")
    await hubs.edit(session, slot.household_id, document, {"mode": mode.value}, now=now)


async def pause_household(
    session: AsyncSession, user_id: int, household_id: int, until: datetime | None, now: datetime
) -> None:
    """Pause all refills of a household, or end the pause; proposals that stand stay."""
    await require_adult(session, household_id, user_id)
    household = await repository.lock_household(session, household_id)
    household.paused_until = until
    await session.flush()
    for slot in await repository.slots_of(session, [household_id]):
        await look_again(session, household_id, slot.id, now)


async def cap_household(
    session: AsyncSession, user_id: int, household_id: int, cap: Money | None, now: datetime
) -> None:
    """Bound what a household's refills may cost by themselves in a calendar month.

    None: the shop's own bound. Above it a person is asked. AdultNeeded, ReorderNotFound.
    """
    await require_adult(session, household_id, user_id)
    household = await repository.lock_household(session, household_id)
    household.month_cap_minor = None if cap is None else cap.minor
    household.month_cap_currency = None if cap is None else cap.currency
    await session.flush()
    for slot in await repository.slots_of(session, [household_id]):
        await look_again(session, household_id, slot.id, now)


async def adult_slot(session: AsyncSession, user_id: int, slot_id: int) -> Slot:
    """Return a slot that a member may spend for; SlotNotFound, AdultNeeded."""
    homes = await hubs.households_of(session, user_id)
    for household, _ in homes:
        slot = await repository.slot_of(session, household.id, slot_id)
        if slot is not None:
            await require_adult(session, household.id, user_id)
            return slot
    raise SlotNotFound
