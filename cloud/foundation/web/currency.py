"""Which currency a visitor sees prices in."""

from fastapi import Request

from cloud.foundation.locale import currency_of_region
from cloud.foundation.site_facts import SiteFacts

COOKIE = "scent_currency"


def currency_of(request: Request, site: SiteFacts) -> str | None:
    """Return the currency a visitor sees, None for the shop's own.

    Their own choice if it is still on offer, else that of their browser's region, else the
    shop's own.
    """
    if len(site.currencies) < 2:
        return None
    chosen = request.cookies.get(COOKIE)
    if chosen not in site.currencies:
        chosen = currency_of_region(request.headers.get("accept-language"), site.currencies)
    return None if chosen == site.currency else chosen
