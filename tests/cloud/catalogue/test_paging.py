"""Pages, put one after another, are the whole list: for all orders, filters and equal keys."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from cloud.catalogue.wishes import SortOrder, Wish

pytestmark = pytest.mark.needs_postgres

# Few values, so that most rows are equal in what they are sorted by.
_SHUFFLE = text("""
    WITH drawn AS (
        SELECT p.id, (hashtextextended(p.slug, :seed) & 3)::int AS key FROM products p
    ), prices AS (
        UPDATE variants v SET price_minor = 1000 + key, sale_price_minor = NULL
        FROM drawn WHERE drawn.id = v.product_id
    )
    UPDATE products p SET position = key, name = 'Cedar ' || chr(65 + key),
        published_at = '2026-01-01T00:00:00.000123Z'::timestamptz + key * interval '1 microsecond'
    FROM drawn WHERE drawn.id = p.id
""")
_WISHES = st.fixed_dictionaries(
    {"sort": st.sampled_from(SortOrder)},
    optional={
        "words": st.sampled_from(["cedar", "ceder", "c", "cedar b"]),
        "in_stock": st.booleans(),
        "dearest_minor": st.integers(999, 1004),
        "weakest": st.integers(1, 4),
        "mood": st.just("calm"),
        "language": st.sampled_from(["de", "fr"]),
    },
)


@given(seed=st.integers(0, 2**31), wish=_WISHES, limit=st.integers(1, 13))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_pages_one_after_another_are_the_whole_list_without_repeats(
    stocked, window, now, seed, wish, limit
):
    async with stocked.unit_of_work() as session:
        await session.execute(_SHUFFLE, {"seed": seed})
    whole = json.loads((await window.page(stocked, Wish(**wish, limit=48), now)).items)

    paged, after = [], None
    while after is not None or not paged:
        page = await window.page(stocked, Wish(**wish, limit=limit, after=after), now)
        paged += json.loads(page.items) or [None]
        after = page.next

    assert paged == (whole or [None])
    assert len({item["id"] for item in whole}) == len(whole)


@pytest.mark.parametrize(
    "wish",
    [{"on_sale": True}, {"is_new": True}, {"is_best_seller": True}, {"in_stock": True}],
    ids=lambda wish: next(iter(wish)),
)
async def test_a_flag_leads_to_as_many_scents_as_its_count_says(shown, window, now, wish):
    name = next(iter(wish)).removeprefix("is_")
    counted = json.loads(await window.facets(shown, now))[name]

    page = await window.page(shown, Wish(**wish, limit=48), now)

    assert len(json.loads(page.items)) == counted > 0


async def test_a_tag_and_an_intensity_lead_to_as_many_scents_as_their_counts_say(
    shown, window, now
):
    facets = json.loads(await window.facets(shown, now))
    wishes = [({"tag": tag["slug"]}, tag["count"]) for tag in facets["tags"]]
    wishes += [
        ({"weakest": one["value"], "strongest": one["value"]}, one["count"])
        for one in facets["intensities"]
    ]

    for wish, count in wishes:
        page = await window.page(shown, Wish(**wish, limit=48), now)
        assert len(json.loads(page.items)) == count


async def test_related_scents_are_related_in_both_directions(stocked, window, now):
    async with stocked.unit_of_work() as session:
        await session.execute(
            text("""
                INSERT INTO related_products (product_id, other_id)
                SELECT least(a.id, b.id), greatest(a.id, b.id) FROM products a, products b
                WHERE a.slug = 'white-tea' AND b.slug = 'pine-ridge'
            """)
        )

    for slug, other in (("white-tea", "pine-ridge"), ("pine-ridge", "white-tea")):
        beneath = json.loads(await window.beneath(stocked, slug, now))
        assert [card["slug"] for card in beneath["related"]] == [other]
        assert slug not in [card["slug"] for card in beneath["similar"]]
        assert len({card["family"] for card in beneath["similar"]}) <= 1
