"""Sending a draft to its customer: priced once more, with a day until which it can be paid."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.drafts.events import DraftSent
from cloud.drafts.schemas import DraftView
from cloud.drafts.service.editing import said
from cloud.drafts.service.reading import lock_living, quote_draft, views_of
from cloud.drafts.states import DraftState
from cloud.foundation import audit
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version


async def send_draft(
    session: AsyncSession, staff: SignedIn, number: str, version: int, now: datetime
) -> DraftView:
    """Send a draft, or send it again, and return it; from now on its customer may order it.

    Nothing is set aside: the bottles are theirs when they pay. Raises ChangedMeanwhile unless its
    version was seen (so a second copy sends nothing), DraftNotFound, DraftClosed, and what pricing
    raises.
    """
    draft = await lock_living(session, number, now)
    view = (await views_of(session, [draft], now))[0]
    check_version(draft.version, version, said(view))
    quote = await quote_draft(session, view, now)
    draft.state = DraftState.SENT
    draft.version += 1
    draft.offered_minor = quote.total.minor
    draft.sent_at = now
    draft.expires_at = now + timedelta(days=draft.keep_days)
    await session.flush()
    sent = (await views_of(session, [draft], now))[0]
    after = {"state": sent.state.value, "total_minor": quote.total.minor}
    before = {"state": view.state.value}
    await audit.note(session, staff, "send", "drafts", number, before=before, after=after)
    user = await accounts.find_user_by_email(session, draft.email)
    await emit(
        session,
        DraftSent(
            number=number,
            version=draft.version,
            user_id=user.id if user else None,
            email=draft.email,
            language=(user and user.language) or draft.language,
            bottles=tuple(
                (line.quantity, line.product_name, line.variant_name) for line in sent.lines
            ),
            total_minor=quote.total.minor,
            currency=quote.currency,
            expires_at=draft.expires_at,
            at=now,
        ),
    )
    return sent
