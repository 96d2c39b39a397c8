"""The list, the search, the product and the filters, over the demo catalogue."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from cloud.catalogue.errors import CursorInvalid, ProductGone, ProductNotFound
from cloud.catalogue.schemas import Facets, ProductDetail, ProductPage
from cloud.catalogue.wishes import Mark, SortOrder, Wish
from cloud.inventory.service import StockLine, reserve

needs_postgres = pytest.mark.needs_postgres


async def _slugs(database, window, now, **wish):
    page = await window.page(database, Wish(limit=48, **wish), now)
    return [item["slug"] for item in json.loads(page.items)]


@needs_postgres
async def test_a_product_has_exactly_the_shape_that_is_promised(shown, window, now):
    body = await window.product(shown, "pine-ridge", now)

    shown = ProductDetail.model_validate_json(body)
    assert [variant.sku for variant in shown.variants] == ["PINRDG-30", "PINRDG-50", "PINRDG-100"]
    assert [variant.is_default for variant in shown.variants] == [False, True, False]
    assert (shown.variants[1].price.minor, shown.variants[1].regular_price.minor) == (2190, 2590)
    assert [variant.available for variant in shown.variants] == [48, 57, 26]
    assert shown.images[0].alt.startswith("Bottle of Pine Ridge")


@needs_postgres
@pytest.mark.parametrize("slug", ["nowhere", "", "White-Tea", "x" * 300, "a\0b", "' OR 1=1"])
async def test_a_product_that_is_not_there_is_not_found(shown, window, now, slug):
    with pytest.raises(ProductNotFound):
        await window.product(shown, slug, now)


@needs_postgres
async def test_a_draft_an_announced_and_a_withdrawn_product_are_not_shown(stocked, window, now):
    changes = {
        "white-tea": "published_at = NULL",
        "fig-cassis": "published_at = '2030-01-01T00:00Z'",
        "pine-ridge": "deleted_at = now()",
    }
    async with stocked.reading() as connection:
        for slug, change in changes.items():
            await connection.execute(text(f"UPDATE products SET {change} WHERE slug = '{slug}'"))

        for slug in changes:
            with pytest.raises(ProductGone if slug == "pine-ridge" else ProductNotFound):
                await window.product(stocked, slug, now)

    assert not set(changes) & set(await _slugs(stocked, window, now))


@needs_postgres
async def test_what_others_have_set_aside_is_not_shown_as_available(stocked, window, now):
    before = ProductDetail.model_validate_json(await window.product(stocked, "white-tea", now))
    async with stocked.unit_of_work() as session:
        lines = [StockLine(before.variants[0].id, 8)]
        await reserve(session, "order:1", lines, timedelta(minutes=15), now)

    during, after = [
        ProductDetail.model_validate_json(await window.product(stocked, "white-tea", moment))
        for moment in (now, now + timedelta(minutes=15))
    ]
    assert [shown.variants[0].available for shown in (before, during, after)] == [58, 50, 58]


@needs_postgres
async def test_a_card_shows_the_cheapest_price_and_whether_it_is_a_sale(shown, window, now):
    page = await window.page(shown, Wish(words="honeyed almond"), now)

    card = ProductPage.model_validate_json(page.json).items[0]
    assert (card.slug, card.price.minor, card.regular_price.minor) == ("honeyed-almond", 1490, 1890)
    assert card.has_several_sizes
    assert card.is_in_stock
    assert card.image is not None


@needs_postgres
@pytest.mark.parametrize("order", list(SortOrder))
@pytest.mark.parametrize("limit", [1, 5, 14, 28])
async def test_turning_pages_shows_everything_once_and_in_order(shown, window, now, order, limit):
    words = "wood" if order is SortOrder.RELEVANCE else None
    whole = await _slugs(shown, window, now, sort=order, words=words)

    paged, after = [], None
    while after is not None or not paged:
        wish = Wish(sort=order, limit=limit, after=after, words=words)
        page = await window.page(shown, wish, now)
        paged += [item["slug"] for item in json.loads(page.items)]
        after = page.next

    assert paged == whole
    assert len(whole) > 4


@needs_postgres
async def test_the_orders_are_what_they_say(shown, window, now, shelf):
    cheapest = ProductPage.model_validate_json(
        (await window.page(shown, Wish(sort=SortOrder.CHEAPEST, limit=48), now)).json
    )
    prices = [card.price.minor for card in cheapest.items]
    by_name = await _slugs(shown, window, now, sort=SortOrder.NAME)

    assert prices == sorted(prices)
    assert by_name == sorted(by_name)
    assert await _slugs(shown, window, now) == [scent.slug for scent in shelf.scents]


@needs_postgres
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("cedar", "cedar-bergamot"),
        ("CÉDAR", "cedar-bergamot"),
        ("lavandar", "lavender-field"),
        ("eucaliptus", "eucalyptus-mint"),
        ("frank", "quiet-cloister"),
        ("black currant", "fig-cassis"),
        ("petrichor", "rain-on-moss"),
    ],
)
async def test_search_finds_by_note_by_prefix_and_in_spite_of_accents_and_slips(
    shown, window, now, words, first
):
    assert (await _slugs(shown, window, now, words=words))[0] == first


@needs_postgres
@pytest.mark.parametrize("words", ["%_'\"\\", "& | !", "the", "()", "a:b*", "😀", "x" * 200])
async def test_search_bears_whatever_is_typed(shown, window, now, words):
    assert isinstance(await _slugs(shown, window, now, words=words), list)


@needs_postgres
async def test_filters_narrow_the_list_together(shown, window, now, shelf):
    expected = {
        scent.slug
        for scent in shelf.scents
        if scent.family == "woody" and "study" in scent.rooms and min(scent.prices.values()) >= 2000
    }

    found = await _slugs(shown, window, now, family="woody", room="study", cheapest_minor=2000)

    assert set(found) == expected
    assert expected


@needs_postgres
async def test_a_category_holds_what_its_branch_holds(shown, window, now, shelf):
    branch = {"fresh", "citrus", "herbs", "air-and-water"}
    expected = {scent.slug for scent in shelf.scents if branch & set(scent.categories)}

    assert set(await _slugs(shown, window, now, category="fresh")) == expected
    assert await _slugs(shown, window, now, category="nowhere") == []


@needs_postgres
async def test_a_collection_is_shown_only_in_its_time(stocked, window, now):
    async with stocked.reading() as connection:
        await connection.execute(
            text("UPDATE collections SET ends_at = :end WHERE slug = 'sleep-well'"), {"end": now}
        )

    before = await _slugs(stocked, window, now - timedelta(seconds=1), collection="sleep-well")
    assert before
    assert await _slugs(stocked, window, now, collection="sleep-well") == []


@needs_postgres
async def test_in_stock_leaves_out_what_is_sold_out_in_every_size(stocked, window, now):
    async with stocked.reading() as connection:
        await connection.execute(
            text(
                "UPDATE stock_levels SET on_hand = 0 WHERE variant_id IN (SELECT v.id FROM"
                " variants v JOIN products p ON p.id = v.product_id WHERE p.slug = 'white-tea')"
            )
        )

    assert "white-tea" in await _slugs(stocked, window, now)
    assert "white-tea" not in await _slugs(stocked, window, now, in_stock=True)


@needs_postgres
async def test_the_filters_count_what_they_lead_to(shown, window, now):
    facets = Facets.model_validate_json(await window.facets(shown, now))

    assert facets.total == 28
    for family in facets.families:
        assert len(await _slugs(shown, window, now, family=family.value)) == family.count
    for category in facets.categories:
        assert len(await _slugs(shown, window, now, category=category.slug)) == category.count


@needs_postgres
async def test_the_counts_of_the_filters_are_counted_again_after_half_a_minute(
    stocked, window, now
):
    async def total(moment):
        return Facets.model_validate_json(await window.facets(stocked, moment)).total

    before = await total(now)
    async with stocked.reading() as connection:
        await connection.execute(text("UPDATE products SET published_at = NULL"))

    totals = [await total(now + timedelta(seconds=passed)) for passed in (29, 30)]
    assert (before, totals) == (28, [28, 0])


@needs_postgres
async def test_what_sounds_alike_is_shown_only_when_nothing_is_called_so(shown, window, now):
    assert await _slugs(shown, window, now, words="neroli") == ["neroli-morning"]
    assert await _slugs(shown, window, now, words="nerolli") == ["neroli-morning"]


@needs_postgres
async def test_a_product_without_a_bottle_on_sale_is_not_listed(stocked, window, now):
    async with stocked.reading() as connection:
        await connection.execute(
            text("UPDATE variants SET is_active = false WHERE sku LIKE 'WHTTEA-%'")
        )

    for wish in ({}, {"sort": "price"}, {"words": "tea"}, {"in_stock": True}):
        assert "white-tea" not in await _slugs(stocked, window, now, **wish)


@needs_postgres
async def test_an_empty_shop_has_an_empty_list(database, window, now):
    page = await window.page(database, Wish(), now)
    facets = Facets.model_validate_json(await window.facets(database, now))

    assert page.json == '{"items":[],"next":null,"understood":null}'
    assert (facets.total, facets.families) == (0, [])


@pytest.mark.parametrize(
    "mark",
    [
        "x",
        "!!",
        "é",
        Mark(SortOrder.NAME, "a", 1).written(),
        Mark(SortOrder.CHEAPEST, "twelve", 1).written(),
        Mark(SortOrder.CHEAPEST, str(2**63), 1).written(),
        Mark(SortOrder.CHEAPEST, "12", 2**63).written(),
        "W1tdLCJhIiwxXQ",
        "bnVsbA",
        "W" * 200,
    ],
)
def test_a_mark_of_a_page_that_we_did_not_write_is_refused(mark):
    with pytest.raises(CursorInvalid):
        Mark.read(mark, SortOrder.CHEAPEST)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**63 - 1))
def test_a_mark_reads_back_as_it_was_written(key, row):
    mark = Mark(SortOrder.CHEAPEST, str(key), row)

    assert Mark.read(mark.written(), SortOrder.CHEAPEST) == mark
    assert mark.value == key


@given(st.text(max_size=40))
def test_any_text_is_a_mark_or_is_refused(written):
    for order in SortOrder:
        try:
            Mark.read(written, order)
        except CursorInvalid:
            continue
