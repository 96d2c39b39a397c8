"""The shop's mails: which went out, which were refused, and which nobody can be sure of."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.lists import show_list
from cloud.admin.mail_lists import MAILS, STAGES
from cloud.foundation import audit, permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.notifications import service

_HOME = "/admin/mails"


def mail_pages(office: BackOffice) -> APIRouter:
    """Return the pages of mails."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.CUSTOMERS_VIEW)
    ) -> Response:
        """Return the mails, newest first."""
        context: dict[str, object] = {
            "title": N_("Mails"),
            "stages": STAGES,
            "may_resend": staff.may(permits.CUSTOMERS_CHANGE),
            "empty": (N_("No mails yet"), N_("What the shop writes to people stands here.")),
        }
        return await show_list(office, request, pages, MAILS, context, template="mails")

    @router.post("/{notification_id}/resend")
    async def resend(
        notification_id: RowId, staff: SignedIn = allowed(permits.CUSTOMERS_CHANGE)
    ) -> Response:
        """Send a mail again because somebody looked and wants it so."""
        async with office.database.unit_of_work() as session:
            await service.resend_mail(session, notification_id)
            after = {"stage": "waiting"}
            await audit.note(
                session, staff, "resend", "notifications", notification_id, after=after
            )
        return RedirectResponse(f"{_HOME}?done=resent", 303)

    return router
