"""The start page, the list of scents, and the pages of categories and collections."""

import json
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import Response

from cloud.catalogue.shop_window import ShopWindow
from cloud.catalogue.wishes import SortOrder, Wish
from cloud.foundation.errors import NotFound
from cloud.foundation.web import Pages, Templates
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.foundation.web.signed_in import who_is_asking
from cloud.foundation.words import N_
from cloud.recommendations.service import showing
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for
from cloud.storefront.addresses_of_pages import Addresses, chips, next_address
from cloud.storefront.picked import eyes_of, picked_views
from cloud.storefront.shelf_views import card_view
from cloud.storefront.structured import major, shelf_data
from cloud.storefront.wished import Wished

SORTS = (
    (SortOrder.RECOMMENDED, N_("Recommended")),
    (SortOrder.NEWEST, N_("Newest")),
    (SortOrder.CHEAPEST, N_("Cheapest first")),
    (SortOrder.DEAREST, N_("Dearest first")),
    (SortOrder.BEST_RATED, N_("Best rated first")),
    (SortOrder.NAME, N_("Name")),
)
_ROW = 4


class ShelfNotFound(NotFound):
    """No category or collection that can be seen now has that name."""

    code = "shelf_not_found"

    def __init__(self, slug: str) -> None:
        super().__init__(
            "There is no such shelf in the shop.",
            hint="It may have been renamed, or its time is over; look at all scents.",
        )
        self.slug = slug


def shelf_pages(window: ShopWindow, site: SiteReader, public_url: str) -> APIRouter:
    """Return the start page, the list, and the pages of categories and collections."""
    router = APIRouter(include_in_schema=False)
    shelves = _Shelves(window, site, public_url)

    @router.get("/")
    async def front(request: Request, pages: Pages) -> Response:
        """Return the start page: what this is, and the scents to begin with."""
        return await shelves.front(request, pages)

    @router.get("/products")
    async def listing(request: Request, pages: Pages, wish: Annotated[Wished, Query()]) -> Response:
        """Return the scents on sale, narrowed, searched and sorted."""
        return await shelves.listing(request, pages, wish, "/products")

    @router.get("/categories/{slug}")
    async def category(
        request: Request, pages: Pages, slug: str, wish: Annotated[Wished, Query()]
    ) -> Response:
        """Return a category's scents, its branch included."""
        wish = wish.model_copy(update={"category": slug})
        return await shelves.listing(request, pages, wish, f"/categories/{slug}")

    @router.get("/collections/{slug}")
    async def collection(
        request: Request, pages: Pages, slug: str, wish: Annotated[Wished, Query()]
    ) -> Response:
        """Return a collection's scents, while it is shown."""
        wish = wish.model_copy(update={"collection": slug})
        return await shelves.listing(request, pages, wish, f"/collections/{slug}")

    return router


class _Shelves:
    """Reads what the pages show, and renders them."""

    def __init__(self, window: ShopWindow, site: SiteReader, public_url: str) -> None:
        self._site = site
        self._window = window
        self._public_url = public_url

    async def front(self, request: Request, pages: Templates) -> Response:
        language, languages = await pages.language_of(request)
        own = None if language == languages[0] else language
        facets = await self._facets(request, own)
        return await pages.render(
            request,
            "storefront/front.html",
            {
                "suggested": await self._suggested(request),
                "rows": await self._rows(request, own),
                "roots": [one for one in facets["categories"] if one["parent"] is None],
                "collections": [one for one in facets["collections"] if one["is_featured"]],
                "addresses": Addresses(f"{self._public_url}/", language, languages),
            },
        )

    async def _rows(
        self, request: Request, language: str | None
    ) -> list[tuple[str, str, list[dict[str, Any]]]]:
        wishes = [
            (N_("Scents to begin with"), "/products?featured=true", Wish(is_featured=True)),
            (N_("Loved by many homes"), "/products?best_seller=true", Wish(is_best_seller=True)),
            (N_("New on the shelf"), "/products?new=true", Wish(is_new=True)),
        ]
        rows = [
            (heading, address, await self._cards(request, wish, language))
            for heading, address, wish in wishes
        ]
        if any(cards for _heading, _address, cards in rows):
            return rows
        # Nobody marked any scent yet: there may be some all the same.
        return [
            (N_("All scents"), "/products", await self._cards(request, Wish(), language)),
            *rows,
        ]

    async def _suggested(self, request: Request) -> list[dict[str, Any]]:
        user = await who_is_asking(request)
        if user is None:
            return []
        services = services_of(request)
        eyes = await eyes_of(request, self._site, services.clock)
        async with services.database.unit_of_work() as session:
            return picked_views(await showing.for_member(session, user.user_id, eyes, _ROW))

    async def listing(
        self, request: Request, pages: Templates, wish: Wished, path: str
    ) -> Response:
        language, languages = await pages.language_of(request)
        own = None if language == languages[0] else language
        wish = wish.model_copy(update={"language": own})
        facets = await self._facets(request, own)
        shelf, parents = _shelf_of(wish, facets, path)
        services = services_of(request)
        shown = await conversion_for(request, self._site)
        currency = shown.currency if shown else (await self._site.facts()).currency
        wish = wish.priced_in(currency)
        page = await self._window.page(services.database, wish, services.clock.now(), shown)
        addresses = Addresses(self._public_url + path, language, languages)
        return await pages.render(
            request,
            "storefront/products.html",
            {
                "products": [card_view(item) for item in json.loads(page.items)],
                "facets": facets,
                "sorts": [(order.value, words) for order, words in SORTS],
                "chosen": wish,
                "prices": {
                    "from": _typed(wish.cheapest_minor, currency),
                    "to": _typed(wish.dearest_minor, currency),
                },
                "chips": chips(wish, path, facets),
                "shelf": shelf,
                "picture": self._picture(shelf),
                "structured": self._described(shelf, parents, path, addresses),
                "parents": parents,
                "below": [
                    one
                    for one in facets["categories"]
                    if one["count"] and one["parent"] == (wish.category if shelf else None)
                ],
                "understood": page.understood,
                "action": path,
                "is_narrowed": wish.is_narrowed,
                "next_address": next_address(wish, page.next, path),
                "addresses": addresses,
            },
        )

    def _picture(self, shelf: dict[str, Any] | None) -> str:
        """Return the whole address of the picture that stands for a shelf; empty for none."""
        return self._public_url + shelf["image_url"] if shelf and shelf["image_url"] else ""

    def _described(
        self,
        shelf: dict[str, Any] | None,
        parents: list[dict[str, Any]],
        path: str,
        addresses: Addresses,
    ) -> list[dict[str, Any]]:
        """Return a shelf as machines read it; the list of all scents is none."""
        if shelf is None or path == "/products":
            return []
        address = addresses.canonical
        return shelf_data(shelf, parents, address, self._public_url, self._picture(shelf))

    async def _facets(self, request: Request, language: str | None) -> dict[str, Any]:
        services = services_of(request)
        now = services.clock.now()
        facets: dict[str, Any] = json.loads(
            await self._window.facets(services.database, now, language)
        )
        return facets

    async def _cards(
        self, request: Request, wish: Wish, language: str | None
    ) -> list[dict[str, Any]]:
        services = services_of(request)
        wish = wish.model_copy(update={"limit": _ROW, "language": language})
        shown = await conversion_for(request, self._site)
        page = await self._window.page(services.database, wish, services.clock.now(), shown)
        return [card_view(item) for item in json.loads(page.items)]


def _typed(minor: int | None, currency: str) -> str:
    """Return a price as a form's field has it: "19.90", "1500", "2.500"."""
    return "" if minor is None else major({"minor": minor, "currency": currency})


def _shelf_of(
    wish: Wish, facets: dict[str, Any], path: str
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the category or collection that a page is of, and the categories above it."""
    categories = {one["slug"]: one for one in facets["categories"]}
    collections = {one["slug"]: one for one in facets["collections"]}
    shelf = categories.get(wish.category or "") or collections.get(wish.collection or "")
    if shelf is None and path != "/products":
        raise ShelfNotFound(path.rsplit("/", maxsplit=1)[-1])
    parents: list[dict[str, Any]] = []
    above = shelf.get("parent") if shelf else None
    while above in categories and len(parents) < len(categories):
        parents.insert(0, categories[above])
        above = categories[above]["parent"]
    return shelf, parents
