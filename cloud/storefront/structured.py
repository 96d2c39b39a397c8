"""Products as schema.org describes them, for machines that read pages."""

from collections.abc import Sequence
from typing import Any

from cloud.foundation.money import exponent_of
from cloud.reviews.schemas import ReviewShown
from cloud.storefront.shelf_views import money

_CONTEXT = "https://schema.org"
_SCALE = {"bestRating": 5, "worstRating": 1}


def product_data(
    detail: dict[str, Any],
    address: str,
    public_url: str,
    shop: str,
    reviews: Sequence[ReviewShown] = (),
) -> list[dict[str, Any]]:
    """Return a product with its offers and reviews, and the way to it.

    `detail` is the catalogue's JSON; `reviews` are those that its page shows.
    """
    product: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Product",
        "name": detail["name"],
        "description": detail["meta_description"] or detail["tagline"],
        "sku": next(
            (one["sku"] for one in detail["variants"] if one["is_default"]), detail["slug"]
        ),
        "category": " > ".join(link["name"] for link in detail["path"]) or detail["family"],
        "brand": {"@type": "Brand", "name": shop},
        "image": [public_url + image["url"] for image in detail["images"]],
        "url": address,
        "offers": [_offer(variant, address) for variant in detail["variants"]],
    }
    if detail["rating"]:
        product["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": detail["rating"]["average"],
            "reviewCount": detail["rating"]["count"],
            **_SCALE,
        }
        product["review"] = [_review(one) for one in reviews]
    steps = [(link["name"], f"{public_url}/categories/{link['slug']}") for link in detail["path"]]
    return [product, _crumbs([*steps, (detail["name"], address)])]


def shelf_data(
    shelf: dict[str, Any],
    parents: Sequence[dict[str, Any]],
    address: str,
    public_url: str,
    picture: str,
) -> list[dict[str, Any]]:
    """Return a category or collection as a page of its own, and the way to it.

    `parents` are the categories above, the root first; `picture` is a whole address or empty.
    """
    page: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "CollectionPage",
        "name": shelf["name"],
        "url": address,
    }
    if shelf["description"]:
        page["description"] = shelf["description"]
    if shelf["image"]:
        page["primaryImageOfPage"] = {
            "@type": "ImageObject",
            "url": picture,
            "width": shelf["image"]["width"],
            "height": shelf["image"]["height"],
            "caption": shelf["image"]["alt"],
        }
    elif picture:
        page["image"] = picture
    steps = [(one["name"], f"{public_url}/categories/{one['slug']}") for one in parents]
    return [page, _crumbs([*steps, (shelf["name"], address)])]


def major(price: dict[str, Any]) -> str:
    """Return a price as a plain decimal number: "28.90"."""
    return f"{money(price).major:.{exponent_of(price['currency'])}f}"


def _offer(variant: dict[str, Any], address: str) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "sku": variant["sku"],
        "name": variant["name"],
        "price": major(variant["price"]),
        "priceCurrency": variant["price"]["currency"],
        "itemCondition": f"{_CONTEXT}/NewCondition",
        "availability": f"{_CONTEXT}/{'InStock' if variant['available'] else 'OutOfStock'}",
        "url": f"{address}?size={variant['sku']}",
    }
    if variant["sale_ends_at"]:
        offer["priceValidUntil"] = variant["sale_ends_at"]
    return offer


def _review(review: ReviewShown) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "Review",
        "reviewRating": {"@type": "Rating", "ratingValue": review.rating, **_SCALE},
        "author": {"@type": "Person", "name": review.author_name or "Anonymous"},
        "datePublished": review.shown_at.date().isoformat(),
        "reviewBody": review.body,
        "inLanguage": review.language,
    }
    return described | ({"name": review.title} if review.title else {})


def _crumbs(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "@context": _CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate(steps, start=1)
        ],
    }
