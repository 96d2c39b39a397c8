"""Recommendations for the shop's pages: in the visitor's language and currency."""

from collections.abc import Collection, Sequence
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.money import Money
from cloud.foundation.web.language import language_of
from cloud.recommendations.repository.shelf import products_of
from cloud.recommendations.service import showing
from cloud.recommendations.service.showing import Eyes, Shown
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for


async def eyes_of(request: Request, site: SiteReader, clock: Clock) -> Eyes:
    """Return how a visitor sees recommendations."""
    languages = (await site.facts()).languages
    language = await language_of(request, languages)
    own = None if language == languages[0] else language
    return Eyes(own, await conversion_for(request, site), clock.now())


def picked_views(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return recommendations as `storefront/picks.html` shows them; prices become Money."""
    return [
        {
            **one.card,
            "price": Money(one.card["minor"], one.card["currency"]),
            "reasons": one.reasons,
        }
        for one in shown
    ]


async def beside_cart(
    session: AsyncSession, variant_ids: Collection[int], eyes: Eyes
) -> list[dict[str, Any]]:
    """Return what goes with the bottles in a cart."""
    if not variant_ids:
        return []
    products = await products_of(session, variant_ids)
    return picked_views(await showing.along(session, products, eyes))
