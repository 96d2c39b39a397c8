"""Writing drafts: several may, and who comes second learns of it and loses nothing."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.postcodes import clean_postcode
from cloud.catalogue import service as catalogue
from cloud.checkout.errors import UnknownBottle
from cloud.drafts import repository
from cloud.drafts.errors import DiscountNotYours, DiscountUnexplained
from cloud.drafts.models import Draft
from cloud.drafts.schemas import DraftChange, DraftFields, DraftView, NewDraft
from cloud.drafts.service.reading import lock_living, views_of
from cloud.drafts.states import DraftState
from cloud.foundation import audit, permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.site.service import read_site

# A draft at which nobody works is given up after this.
KEPT = timedelta(days=30)
_FIELDS = frozenset(DraftFields.model_fields)
# The audit is never changed, and what it said of a person would outlive their wish to be forgotten.
_OF_A_PERSON = frozenset({"email", "address", "note"})


async def make_draft(
    session: AsyncSession, staff: SignedIn, new: NewDraft, now: datetime
) -> DraftView:
    """Write a draft and return it; a second copy of its form gets the first one's.

    Raises UnknownBottle, PostcodeWrong, DiscountUnexplained, DiscountNotYours.
    """
    if new.form_key:
        made = await repository.of_form(session, new.form_key)
        if made is not None:
            return (await views_of(session, [made], now))[0]
    _check_discount(staff, new, before_minor=0)
    draft = Draft(
        state=DraftState.OPEN,
        currency=(await read_site(session)).currency,
        form_key=new.form_key,
        expires_at=now + KEPT,
        **_columns(new),
    )
    quantities = await _quantities(session, new)
    session.add(draft)
    await session.flush()
    await repository.put_lines(session, draft.id, quantities)
    view = (await views_of(session, [draft], now))[0]
    await audit.note(session, staff, "create", "drafts", draft.number, after=_noted(view))
    return view


async def change_draft(
    session: AsyncSession, staff: SignedIn, number: str, change: DraftChange, now: datetime
) -> DraftView:
    """Let a draft say something else and return it; one that was sent has to be sent again.

    Raises ChangedMeanwhile unless its version was seen, DraftNotFound, DraftClosed, UnknownBottle,
    PostcodeWrong, DiscountUnexplained, DiscountNotYours.
    """
    draft = await lock_living(session, number, now)
    seen = (await views_of(session, [draft], now))[0]
    check_version(draft.version, change.version, said(seen))
    _check_discount(staff, change, before_minor=draft.discount_minor)
    quantities = await _quantities(session, change)
    for name, value in _columns(change).items():
        setattr(draft, name, value)
    draft.state = DraftState.OPEN
    draft.version += 1
    draft.expires_at = now + KEPT
    await session.flush()
    await repository.put_lines(session, draft.id, quantities)
    view = (await views_of(session, [draft], now))[0]
    changed = [name for name, value in said(view).items() if value != said(seen)[name]]
    after = {**_noted(view), "changed": ", ".join(changed)}
    await audit.note(session, staff, "change", "drafts", number, before=_noted(seen), after=after)
    return view


async def cancel_draft(
    session: AsyncSession, staff: SignedIn, number: str, version: int, now: datetime
) -> None:
    """Give a draft up; its customer's link says so. Raises as `change_draft`."""
    draft = await lock_living(session, number, now)
    view = (await views_of(session, [draft], now))[0]
    check_version(draft.version, version, said(view))
    before = draft.state
    draft.state = DraftState.CANCELLED
    draft.version += 1
    await session.flush()
    await audit.note(
        session,
        staff,
        "cancel",
        "drafts",
        number,
        before={"state": before.value},
        after={"state": draft.state.value},
    )


def said(draft: DraftView) -> dict[str, object]:
    """Return what a draft says, by the names of its fields, as JSON values."""
    written = draft.model_dump(mode="json", include=set(_FIELDS))
    return {**written, "bottles": draft.bottles}


def _noted(draft: DraftView) -> dict[str, object]:
    written = {name: value for name, value in said(draft).items() if name not in _OF_A_PERSON}
    return {**written, "version": draft.version}


def _check_discount(staff: SignedIn, fields: DraftFields, *, before_minor: int) -> None:
    if bool(fields.discount_minor) != bool(fields.discount_reason):
        raise DiscountUnexplained
    # What is taken off is as good as given back.
    if fields.discount_minor > before_minor and not staff.may(permits.ORDERS_REFUND):
        raise DiscountNotYours


def _columns(fields: DraftFields) -> dict[str, object]:
    written = fields.model_dump(include=set(_FIELDS - {"bottles", "address"}))
    postcode = clean_postcode(fields.address.country, fields.address.postcode)
    address = fields.address.model_copy(update={"postcode": postcode})
    return {**written, "email": fields.email.lower(), "address": address.model_dump()}


async def _quantities(session: AsyncSession, fields: DraftFields) -> dict[int, int]:
    ids = await catalogue.ids_by_sku(session, fields.bottles)
    for sku in fields.bottles:
        if sku not in ids:
            raise UnknownBottle(sku)
    return {ids[sku]: quantity for sku, quantity in fields.bottles.items()}
