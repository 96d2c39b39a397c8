"""In which language and currency a visitor sees the shop."""

from fastapi import Request

from cloud.foundation.conversion import Conversion
from cloud.foundation.web.currency import currency_of
from cloud.foundation.web.language import language_of
from cloud.site.service import SiteReader


async def language_for(request: Request, reader: SiteReader) -> str:
    """Return the language that a visitor is spoken to in, on pages and in mails of an order."""
    return await language_of(request, (await reader.facts()).languages)


async def currency_for(request: Request, reader: SiteReader) -> str | None:
    """Return the currency that a visitor sees and pays in; None for the shop's own."""
    return currency_of(request, await reader.facts())


async def conversion_for(request: Request, reader: SiteReader) -> Conversion | None:
    """Return how prices become those that a visitor sees; None for the shop's own currency."""
    currency = await currency_for(request, reader)
    return (await reader.site()).conversion_to(currency)
