"""What the staff's pages draw on, and how they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from cloud.accounts.service.privacy import Privacy
from cloud.admin.mail_trial import MailTrial
from cloud.foundation import permits
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import CloudError
from cloud.foundation.filing import Filing
from cloud.foundation.permits import Permit
from cloud.foundation.web import Templates
from cloud.foundation.web.errors import status_of
from cloud.foundation.words import N_
from cloud.notifications.service.campaigns import Campaigns
from cloud.orders.links import OrderLinks
from cloud.payments.ports import PaymentGateway
from cloud.site.service import SiteReader
from cloud.webhooks.service.endpoints import Endpoints

# What a page says after a step, named by ?done= in its address.
_DONE = {
    "saved": N_("It is saved."),
    "created": N_("It is created."),
    "removed": N_("It is removed."),
    "restored": N_("It is back."),
    "kept": N_("The view is kept."),
    "forgotten": N_("The view is gone."),
    "resent": N_("It is sent again."),
    "mailed": N_("The mail is on its way to you."),
}


@dataclass(frozen=True, slots=True)
class BackOffice:
    """The parts that staff pages hand to the services, built once by the composition root."""

    database: Database
    clock: Clock
    gateway: PaymentGateway
    endpoints: Endpoints
    site: SiteReader
    filing: Filing
    trial: MailTrial
    campaigns: Campaigns
    privacy: Privacy
    links: OrderLinks


# By their names in `permits`, so that a template asks `user.may(ORDERS_REFUND)`.
_PERMITS = {name: one for name, one in vars(permits).items() if isinstance(one, Permit)}


async def show(
    request: Request,
    pages: Templates,
    name: str,
    context: Mapping[str, object],
    *,
    error: CloudError | None = None,
) -> Response:
    """Return a staff page; with an error, the same page with its words and its status.

    `done` in the context says what was just done, from `?done=` unless the caller says it.
    """
    done = _DONE.get(request.query_params.get("done", ""), "")
    return await pages.render(
        request,
        f"admin/{name}.html",
        {**_PERMITS, "done": done, **context, "error": error},
        status_code=status_of(error) if error else 200,
    )
