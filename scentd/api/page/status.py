"""Health in words: what is well, what is not, and the next step."""

from aiohttp import web

from scentd.api.health import examine
from scentd.api.page.visit import Page, Visit


async def show_status(visit: Visit) -> web.Response:
    """Show how every part of the hub is."""
    return visit.page("status.html", status_context(visit), at="health")


def status_context(visit: Visit) -> dict[str, object]:
    """Give what the health template needs."""
    return {"health": examine(visit.house, visit.formats)}


PAGES: tuple[Page, ...] = (Page("GET", "/status", show_status),)
