"""The settings over HTTP, and the style sheet with the shop's colours."""

from starlette.responses import Response

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.colours import DEFAULT_PRIMARY, readable_on
from cloud.site.schemas import Site, SiteChange
from cloud.site.service import SiteReader, change_site, read_site
from cloud.site.service.reading import COLOURS_PATH

_FOR_EVER = "public, max-age=31536000, immutable"


def routes(reader: SiteReader) -> APIRouter:
    """Return the routes of the settings."""
    router = APIRouter(tags=["site"])

    @router.get("/api/v1/staff/site")
    async def get_settings(
        session: Session, _staff: SignedIn = allowed(permits.SETTINGS_VIEW)
    ) -> Site:
        """Return the settings of the shop."""
        return await read_site(session)

    @router.put("/api/v1/staff/site")
    async def put_settings(
        session: Session,
        change: SiteChange,
        staff: SignedIn = allowed(permits.SETTINGS_CHANGE),
    ) -> Site:
        """Replace the settings of the shop."""
        site = await change_site(session, staff, change)
        reader.forget()
        return site

    @router.get(COLOURS_PATH + "/{version}.css", include_in_schema=False)
    async def colours(version: RowId) -> Response:
        """Return the shop's colours as custom properties of CSS."""
        site = await reader.site()
        caching = _FOR_EVER if version == site.version else "no-cache"
        return Response(_style(site), media_type="text/css", headers={"Cache-Control": caching})

    return router


def _style(site: Site) -> str:
    properties = {
        "primary": site.primary_colour,
        "secondary": site.secondary_colour,
        "accent": site.accent_colour,
    }
    if site.primary_colour != DEFAULT_PRIMARY:
        # The style sheet's own shades are drawn by hand for its own colour.
        properties |= {
            "primary-strong": f"color-mix(in oklab, {site.primary_colour} 82%, black)",
            "primary-soft": f"color-mix(in oklab, {site.primary_colour} 14%, white)",
            "on-primary": readable_on(site.primary_colour),
        }
    return (
        ":root{" + ";".join(f"--scent-{name}:{value}" for name, value in properties.items()) + "}\n"
    )
