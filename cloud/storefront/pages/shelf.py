"""The list of scents and the page of one: what the catalogue says, set for people to read."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import model_validator
from starlette.responses import Response

from cloud.catalogue.families import ScentFamily
from cloud.catalogue.shop_window import ShopWindow
from cloud.catalogue.wishes import SortOrder, Wish
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.web import Pages
from cloud.foundation.web.services import WebServices, services_of

_SORTS = (
    (SortOrder.RECOMMENDED, "Recommended"),
    (SortOrder.NEWEST, "Newest"),
    (SortOrder.CHEAPEST, "Cheapest first"),
    (SortOrder.DEAREST, "Dearest first"),
    (SortOrder.NAME, "Name"),
)
_SCARCE = 5


def shelf_pages(window: ShopWindow, public_url: str) -> APIRouter:
    """Return the start page, the list and the product pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def front(request: Request, pages: Pages) -> Response:
        """Return the start page: what this is, and every scent."""
        context = await _shelf(window, services_of(request), Wish())
        return await pages.render(
            request,
            "storefront/products.html",
            {**context, "is_front": True, "canonical": f"{public_url}/"},
        )

    @router.get("/products")
    async def listing(
        request: Request,
        pages: Pages,
        wish: Annotated[_Wished, Query()],
    ) -> Response:
        """Return the scents on sale, narrowed, searched and sorted."""
        context = await _shelf(window, services_of(request), wish)
        return await pages.render(
            request,
            "storefront/products.html",
            {**context, "is_front": False, "canonical": f"{public_url}/products"},
        )

    @router.get("/products/{slug}")
    async def product(
        request: Request,
        pages: Pages,
        slug: str,
        size: str = "",
    ) -> Response:
        """Return one scent with its bottles."""
        services = services_of(request)
        detail = json.loads(await window.product(services.database, slug, services.clock.now()))
        address = f"{public_url}/products/{slug}"
        return await pages.render(
            request,
            "storefront/product.html",
            {
                "product": product_view(detail),
                "chosen_id": _chosen(detail["variants"], size),
                "canonical": address,
                "structured": _structured(detail, address, public_url),
                "error": None,
            },
        )

    return router


class _Wished(Wish):
    """A wish as a form sends it: an empty field means "any"."""

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, fields: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in fields.items() if value != ""}


async def _shelf(window: ShopWindow, services: WebServices, wish: Wish) -> dict[str, Any]:
    now = services.clock.now()
    page = await window.page(services.database, wish, now)
    facets = json.loads(await window.facets(services.database, now))
    return {
        "products": [_card(item) for item in json.loads(page.items)],
        "families": [
            {"value": family["value"], "words": family["value"].replace("_", " ").capitalize()}
            for family in facets["families"]
        ],
        "rooms": [room["value"] for room in facets["rooms"]],
        "sorts": [(order.value, words) for order, words in _SORTS],
        "chosen": wish,
        "heading": _heading(wish, facets),
        "next_address": _next_address(wish, page.next),
    }


def _heading(wish: Wish, facets: dict[str, Any]) -> str:
    for wished, known in (
        (wish.category, facets["categories"]),
        (wish.collection, facets["collections"]),
    ):
        named = next((entry["name"] for entry in known if entry["slug"] == wished), None)
        if named:
            return str(named)
    return wish.family.value.replace("_", " ").capitalize() if wish.family else ""


def _next_address(wish: Wish, mark: str | None) -> str:
    if mark is None:
        return ""
    kept = wish.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return f"/products?{urlencode({**kept, 'after': mark})}#scents"


def _card(item: dict[str, Any]) -> dict[str, Any]:
    is_reduced = item["price"]["minor"] < item["regular_price"]["minor"]
    flag = "Sale" if is_reduced else "New" if item["is_new"] else ""
    return {
        **item,
        "price": _money(item["price"]),
        "has_range": item["has_several_sizes"],
        "in_stock": item["is_in_stock"],
        "flag": flag or ("Loved" if item["is_best_seller"] else ""),
    }


def product_view(detail: dict[str, Any]) -> dict[str, Any]:
    """Return a product's JSON with what its page shows beside it; prices become Money."""
    variants = [_variant(variant) for variant in detail["variants"]]
    notes = detail["notes"]
    return {
        **detail,
        "variants": variants,
        "in_stock": any(variant["in_stock"] for variant in variants),
        "pyramid": (
            ("First", notes["top"]),
            ("Then", notes["heart"]),
            ("Stays", notes["base"]),
        ),
        "paragraphs": detail["description"].split("\n\n"),
        "safety": " ".join(filter(None, (detail["pet_note"], detail["child_note"]))),
    }


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    is_reduced = variant["price"]["minor"] < variant["regular_price"]["minor"]
    return {
        **variant,
        "price": _money(variant["price"]),
        "was": _money(variant["regular_price"]) if is_reduced else None,
        "in_stock": variant["available"] > 0,
        "is_scarce": variant["available"] <= _SCARCE,
    }


def _chosen(variants: list[dict[str, Any]], sku: str) -> int | None:
    """Return the bottle to offer first: the one asked for, else the usual one, if it is there."""
    there = [variant for variant in variants if variant["available"] > 0]
    asked = [variant for variant in there if variant["sku"] == sku]
    usual = [variant for variant in there if variant["is_default"]]
    found = next(iter([*asked, *usual, *there]), None)
    return None if found is None else int(found["id"])


def _structured(detail: dict[str, Any], address: str, public_url: str) -> dict[str, Any]:
    """Return the product as schema.org describes a Product with Offers."""
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": detail["name"],
        "description": detail["tagline"],
        "category": ScentFamily(detail["family"]).value,
        "image": [public_url + image["url"] for image in detail["images"]],
        "url": address,
        "offers": [
            {
                "@type": "Offer",
                "sku": variant["sku"],
                "price": str(_major(variant["price"])),
                "priceCurrency": variant["price"]["currency"],
                "availability": "https://schema.org/"
                + ("InStock" if variant["available"] else "OutOfStock"),
                "url": f"{address}?size={variant['sku']}",
            }
            for variant in detail["variants"]
        ],
    }


def _money(price: dict[str, Any]) -> Money:
    return Money(price["minor"], price["currency"])


def _major(price: dict[str, Any]) -> str:
    return f"{_money(price).major:.{exponent_of(price['currency'])}f}"
