"""Where a parcel can be followed, by its carrier's own page. Pure."""

from urllib.parse import quote

# As the carriers' public pages take a number in their address (seen November 2026).
_PAGES = {
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dpd": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.eu/track/{}",
    "ups": "https://www.ups.com/track?tracknum={}",
}


def tracking_url(carrier: str, tracking: str) -> str | None:
    """Return the page that follows a parcel; None without a number or for another carrier."""
    words = carrier.lower().split()
    page = _PAGES.get(words[0]) if words else None
    return page.format(quote(tracking, safe="")) if page and tracking else None
