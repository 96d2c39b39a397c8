"""Who runs the shop and how people reach it: its imprint."""

from fastapi import Request
from starlette.responses import Response

from cloud.foundation.web import Pages
from cloud.foundation.web.late_routes import APIRouter
from cloud.storefront.front_desk import FrontDesk, show


def contact_pages(desk: FrontDesk) -> APIRouter:
    """Return the page of the shop's contacts."""
    router = APIRouter(include_in_schema=False)

    @router.get("/contact")
    async def contact(request: Request, pages: Pages) -> Response:
        """Return who sells here, where they are, and how to reach them."""
        site = await desk.site.site()
        context = {
            "seller": site.store_address,
            "email": site.support_email,
            "contacts": site.contacts,
            "links": site.social_links,
            "register_entry": site.invoice_facts.register_entry,
        }
        return await show(request, pages, "contact", context)

    return router
