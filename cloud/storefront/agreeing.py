"""The box of the checkout by which a guest agrees to one mail, should they leave their cart."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import consents
from cloud.carts.visitor import look
from cloud.foundation.identity import SignedIn
from cloud.site.visitors import language_for
from cloud.storefront.front_desk import FrontDesk


async def agreed_before(
    session: AsyncSession, request: Request, user: SignedIn | None, now: datetime
) -> dict[str, str]:
    """Return the fields of the form as a guest left them; members say it among preferences."""
    seen = await look(session, request, None, now) if user is None else None
    said = await consents.agreed(session, seen.owner) if seen else None
    return {"email": said.email, "write_once": "yes", "noted": "yes"} if said else {}


async def note_consent(
    desk: FrontDesk, request: Request, user: SignedIn | None, typed: Mapping[str, str]
) -> dict[str, str]:
    """Store whether a guest may be written to about this cart, whenever the form is sent.

    Return what the form shows of it: "noted" when they ticked the box, and the address can be one.
    """
    if user is not None:
        return {"noted": ""}
    now = desk.clock.now()
    language = await language_for(request, desk.site)
    is_offered = (await desk.site.site()).left_carts.is_on
    async with desk.database.unit_of_work() as session:
        seen = await look(session, request, None, now)
        if seen is None:
            return {"noted": ""}
        if not (typed["write_once"] and is_offered):
            await consents.withdraw(session, seen.owner)
            return {"noted": ""}
        is_noted = await consents.agree(session, seen.owner, typed["email"], language, now)
    return {"noted": "yes" if is_noted else ""}
