"""What staff write down about an order, for each other or for its buyer."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.orders import repository
from cloud.orders.models import OrderNote
from cloud.orders.schemas import NewNote, NoteView


async def add_note(
    session: AsyncSession, order_id: int, new: NewNote, staff: SignedIn, now: datetime
) -> NoteView:
    """Write a note down and return it."""
    note = OrderNote(
        order_id=order_id,
        body=new.body,
        is_for_customer=new.is_for_customer,
        author_user_id=staff.user_id,
        author_name=staff.name or staff.email,
        at=now,
    )
    session.add(note)
    await session.flush()
    await audit.note(session, staff, "note", "orders", order_id, after=new.model_dump(mode="json"))
    return NoteView.model_validate(note, from_attributes=True)


async def list_notes(
    session: AsyncSession, order_id: int, *, only_for_customer: bool = False
) -> list[NoteView]:
    """Return the notes about an order, oldest first; the buyer's own page asks for a part."""
    return [
        NoteView.model_validate(note, from_attributes=True)
        for note in await repository.notes_of(session, order_id)
        if note.is_for_customer or not only_for_customer
    ]
