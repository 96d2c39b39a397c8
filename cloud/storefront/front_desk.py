"""What the shop's pages draw on, and how a form that was refused is shown again."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from cloud.checkout.vies import VatRegister
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import CloudError
from cloud.foundation.sealing import Sealer
from cloud.foundation.web import Templates
from cloud.foundation.web.errors import status_of
from cloud.hubs.service.pairings import Pairings
from cloud.newsletter.links import NewsletterLinks
from cloud.notifications.leaving import LeaveLinks
from cloud.orders.links import OrderLinks
from cloud.payments.ports import PaymentGateway
from cloud.reorders.service.desk import Desk as ReorderDesk
from cloud.site.service import SiteReader
from cloud.subscriptions.service import Desk as SubscriptionDesk


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """The parts that pages hand to the services, built once by the composition root.

    Pages open units of work of their own, so that a refused step leaves nothing half done when
    its form is shown again.
    """

    database: Database
    clock: Clock
    gateway: PaymentGateway
    links: OrderLinks
    reorders: ReorderDesk
    subscriptions: SubscriptionDesk
    pairings: Pairings
    site: SiteReader
    sealer: Sealer
    register: VatRegister
    newsletter: NewsletterLinks
    public_url: str
    leaving: LeaveLinks


async def show(
    request: Request,
    pages: Templates,
    name: str,
    context: Mapping[str, object],
    *,
    error: CloudError | None = None,
) -> Response:
    """Return a page of the shop; with an error, the same page with its words and its status."""
    return await pages.render(
        request,
        f"storefront/{name}.html",
        {**context, "error": error},
        status_code=status_of(error) if error else 200,
    )
