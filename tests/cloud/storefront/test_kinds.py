"""A bottle chosen by its size and options, without a script."""

import re

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

PAGE = "/products/cedar-bergamot"


@pytest.fixture
async def product_id(market: Market) -> int:
    """A scent with 30 ml soft, 50 ml soft and 50 ml strong; there is no strong one of 30 ml."""
    found = await market.scalar("SELECT id FROM products WHERE slug = 'cedar-bergamot'")
    for sku, size, strength in (
        ("CEDBER-30", 30_000, "soft"),
        ("CEDBER-50", 50_000, "soft"),
        ("CEDBER-100", 50_000, "strong"),
    ):
        await market.run(
            "UPDATE variants SET capacity_ul = :size, name = :name,"
            " options = jsonb_build_object('strength', CAST(:strength AS text)) WHERE sku = :sku",
            size=size,
            name=f"{size // 1000} ml",
            strength=strength,
            sku=sku,
        )
    return int(found)


async def test_each_axis_is_a_group_and_what_does_not_go_together_is_marked(
    client: CloudClient, product_id: int
) -> None:
    page = (await client.get(f"{PAGE}?size=CEDBER-30")).text

    labels = re.findall(
        r"<label([^>]*)><input type=\"radio\" name=\"([^\"]+)\" value=\"([^\"]+)\"( checked)?", page
    )
    assert [
        (name, value, bool(checked), "gone" in marks) for marks, name, value, checked in labels
    ] == [
        ("size", "30000", True, False),
        ("size", "50000", False, False),
        ("option.strength", "soft", True, False),
        ("option.strength", "strong", False, True),
    ]


async def test_the_choices_put_their_bottle_into_the_cart_and_on_the_wishlist(
    client: CloudClient, product_id: int, market: Market
) -> None:
    kind = {"product_id": str(product_id), "size": "50000", "option.strength": "strong"}
    added = await client.post_form("/cart/lines", kind, form_at=PAGE)
    wished = await client.post_form("/wishlist", kind, form_at=PAGE)

    assert (added.status_code, wished.status_code) == (303, 303)
    bought = "SELECT sku FROM cart_items JOIN variants v ON v.id = variant_id"
    assert await market.scalar(bought) == "CEDBER-100"
    wish = "SELECT sku FROM wishes JOIN variants v ON v.id = variant_id"
    assert await market.scalar(wish) == "CEDBER-100"


@pytest.mark.parametrize(
    "kind",
    [
        {"size": "30000", "option.strength": "strong"},
        {"size": "50000"},
        {"size": "9" * 30},
        {"size": "٣"},
        {"size": "50000", "option.strength": "strong\0"},
        {},
    ],
)
async def test_a_combination_that_is_not_sold_is_refused_in_words(
    client: CloudClient, product_id: int, kind: dict[str, str]
) -> None:
    fields = {"product_id": str(product_id), **kind}

    refused = await client.post_form("/cart/lines", fields, form_at=PAGE)

    assert refused.status_code == 404
    assert "This combination is not sold." in words_of(refused)
