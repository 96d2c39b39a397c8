"""The page of one scent; and what is said in its place when it is not, or no longer, sold."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from cloud.catalogue.errors import ProductGone, ProductNotFound
from cloud.catalogue.service import list_early
from cloud.catalogue.shop_window import ShopWindow
from cloud.catalogue.wishes import Wish
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Pages, Templates
from cloud.foundation.web.errors import status_of, wants_json
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.foundation.web.signed_in import who_is_asking
from cloud.recommendations.service import showing
from cloud.recommendations.service.showing import Eyes
from cloud.reviews import service as reviews
from cloud.reviews.schemas import ReviewShown
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for
from cloud.storefront.addresses_of_pages import Addresses
from cloud.storefront.kinds import groups_of, kinds_of
from cloud.storefront.picked import picked_views
from cloud.storefront.shelf_views import card_view, product_view
from cloud.storefront.structured import product_data
from cloud.storefront.subscribing import FREQUENCIES

_INSTEAD = 4
_FIRST_REVIEWS = 4


def product_pages(window: ShopWindow, site: SiteReader, public_url: str) -> APIRouter:
    """Return the product pages."""
    router = APIRouter(include_in_schema=False)
    counter = _Counter(window, site, public_url)

    @router.get("/products/{slug}")
    async def product(request: Request, pages: Pages, slug: str, size: str = "") -> Response:
        """Return one scent with its bottles."""
        try:
            return await counter.show(request, pages, slug, size)
        except (ProductGone, ProductNotFound) as error:
            if wants_json(request):
                raise
            return await counter.show_others(request, pages, slug, error)

    return router


@dataclass(frozen=True, slots=True)
class _Counter:
    """Where one scent is looked at."""

    window: ShopWindow
    site: SiteReader
    public_url: str

    async def show(self, request: Request, pages: Templates, slug: str, size: str) -> Response:
        language, languages = await pages.language_of(request)
        own = None if language == languages[0] else language
        services = services_of(request)
        now = services.clock.now()
        out_by = await self._out_by(request, slug, now)
        shown = await conversion_for(request, self.site)
        asked = (services.database, slug, now, own, shown)
        detail = json.loads(await self.window.product(*asked, out_by=out_by))
        beneath = json.loads(await self.window.beneath(*asked, out_by=out_by))
        eyes = Eyes(own, shown, now)
        async with services.database.unit_of_work() as session:
            alike = picked_views(await showing.alike(session, detail["id"], eyes))
            along = picked_views(await showing.along(session, [detail["id"]], eyes))
        site = await self.site.site()
        first, votes = await self._reviews(request, detail)
        addresses = Addresses(f"{self.public_url}/products/{slug}", language, languages)
        view, chosen_id = product_view(detail), _chosen(detail["variants"], size)
        groups = groups_of(view["variants"], chosen_id)
        return await pages.render(
            request,
            "storefront/product.html",
            {
                "product": view,
                "related": [card_view(item) for item in beneath["related"]],
                "similar": [card_view(item) for item in beneath["similar"]],
                "alike": alike,
                "along": _without(along, beneath["related"]),
                "chosen_id": chosen_id,
                "groups": groups,
                "kinds": kinds_of(view["variants"], groups),
                "addresses": addresses,
                "picture": next((self.public_url + one["url"] for one in detail["images"]), ""),
                "structured": product_data(
                    detail, addresses.canonical, self.public_url, site.name, first
                ),
                "reviews": first,
                "votes": votes,
                "frequencies": FREQUENCIES,
                "usual_way": next(iter(site.shipping_methods), None),
                "error": None,
            },
        )

    async def _reviews(
        self, request: Request, detail: dict[str, Any]
    ) -> tuple[list[ReviewShown], dict[int, bool]]:
        """Return the reviews that helped most, and how the visitor voted on them."""
        if detail["rating"] is None:
            return [], {}
        user = await who_is_asking(request)
        async with services_of(request).database.reading() as connection:
            first = await reviews.read_first(connection, detail["id"], _FIRST_REVIEWS)
            ids = [one.id for one in first]
            return first, await reviews.voted(connection, user.user_id, ids) if user else {}

    async def _out_by(self, request: Request, slug: str, now: datetime) -> datetime:
        """Return by when a scent has to be out: by now, or later for an early member."""
        user = await who_is_asking(request)
        if user is None:
            return now
        async with services_of(request).database.reading() as connection:
            early = await list_early(connection, user.user_id, now)
        return next((one.published_at for one in early if one.slug == slug), now)

    async def show_others(
        self, request: Request, pages: Templates, slug: str, error: CloudError
    ) -> Response:
        language, languages = await pages.language_of(request)
        own = None if language == languages[0] else language
        services = services_of(request)
        now = services.clock.now()
        shown = await conversion_for(request, self.site)
        if isinstance(error, ProductGone):
            found = json.loads(await self.window.beneath(services.database, slug, now, own, shown))
            cards = [*found["related"], *found["similar"]]
        else:
            words = slug.replace("-", " ").replace("\0", "")[:80]
            wish = Wish(words=words, limit=_INSTEAD, language=own)
            cards = json.loads((await self.window.page(services.database, wish, now, shown)).items)
        return await pages.render(
            request,
            "storefront/product_missing.html",
            {"problem": error, "products": [card_view(item) for item in cards[:_INSTEAD]]},
            status_code=status_of(error),
        )


def _without(picked: list[dict[str, Any]], cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what was learnt beyond what staff chose, so that a row has four at most."""
    chosen = {card["slug"] for card in cards}
    return [one for one in picked if one["slug"] not in chosen][: max(0, _INSTEAD - len(cards))]


def _chosen(variants: list[dict[str, Any]], sku: str) -> int | None:
    """Return the bottle to offer first: the one asked for, else the usual one, if it is there."""
    there = [variant for variant in variants if variant["available"] > 0]
    asked = [variant for variant in there if variant["sku"] == sku]
    usual = [variant for variant in there if variant["is_default"]]
    found = next(iter([*asked, *usual, *there]), None)
    return None if found is None else int(found["id"])
