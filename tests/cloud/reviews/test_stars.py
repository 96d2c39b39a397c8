"""The stars of a scent are those of its shown reviews, whatever happened to them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from cloud.foundation.database import psycopg_url
from tests.cloud.reviews.conftest import REVIEWS
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

_SHOP = text("""
    INSERT INTO products (slug, name, tagline, description, family, notes_top, notes_heart,
        notes_base, moods, rooms, aliases, intensity, colour_primary, colour_secondary,
        colour_accent, pet_note, child_note, is_featured, is_best_seller, is_new, position, version)
    VALUES ('a', 'A', '', '', 'woody', '{}', '{}', '{}', '{}', '{}', '{}', 1, '#000000', '#000000',
        '#000000', '', '', false, false, false, 0, 1) RETURNING id
""")
_USERS = text("""
    INSERT INTO users (email, name, role) SELECT 'u' || n || '@x.test', '', 'CUSTOMER'
    FROM generate_series(1, 4) n RETURNING id
""")
_PUT = text("""
    INSERT INTO reviews (product_id, user_id, is_verified, keeps_text, author_name, language,
        status, rating, title, body, written_at)
    VALUES (:product, :user, false, false, 'A', 'en', 'PENDING', :stars, '', 'B', now())
    ON CONFLICT (user_id, product_id) DO UPDATE SET status = 'PENDING', decided_at = NULL,
        reason = '', rating = :stars
""")
_SHOW = text("""
    UPDATE reviews SET status = 'APPROVED', decided_at = now(), reason = '', shown_rating = rating,
        shown_title = title, shown_body = body, shown_name = author_name, shown_at = now(),
        first_shown_at = now() WHERE user_id = :user
""")
_HIDE = text("""
    UPDATE reviews SET status = 'REJECTED', decided_at = now(), reason = 'No.',
        shown_rating = NULL, shown_title = NULL, shown_body = NULL, shown_name = NULL,
        shown_at = NULL WHERE user_id = :user
""")
_TAKE = text("DELETE FROM reviews WHERE user_id = :user")
_KEPT = text("SELECT rating_counts, rating_count, rating_sum, rating_rank FROM products")
_TRUE = text("""
    SELECT shown_rating AS stars, count(*) AS hits FROM reviews
    WHERE shown_rating IS NOT NULL GROUP BY 1
""")
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("put", "show", "hide", "take")), st.integers(0, 3), st.integers(1, 5)
    ),
    max_size=30,
)


@pytest.fixture
def connection(database_url):
    engine = create_engine(psycopg_url(database_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@given(steps=_STEPS)
def test_kept_stars_are_counted_stars_after_any_history(connection, steps):
    statements = {"put": _PUT, "show": _SHOW, "hide": _HIDE, "take": _TAKE}
    with connection.begin() as transaction:
        product = connection.scalar(_SHOP)
        users = connection.scalars(_USERS).all()

        for kind, who, stars in steps:
            values = {"product": product, "user": users[who], "stars": stars}
            connection.execute(statements[kind], values)

        counts, count, total, rank = connection.execute(_KEPT).one()
        shown = {row.stars: row.hits for row in connection.execute(_TRUE)}
        transaction.rollback()
    assert counts == [shown.get(stars, 0) for stars in range(1, 6)]
    assert count == sum(shown.values())
    assert total == sum(stars * hits for stars, hits in shown.items())
    assert rank == (1000 * total + 17_500) // (count + 5)


async def test_stars_stand_on_cards_and_pages_and_narrow_and_order_the_list(
    client, write, approve, market
):
    async with market.database.unit_of_work() as session:
        await put_on_shelf(session, "PLAIN", bottles=1)
    first, second = await write(rating=5), await write(rating=4)
    await approve(first["id"], second["id"])

    page = (await client.get("/api/v1/products", params={"sort": "rating"})).json()
    narrowed = (await client.get("/api/v1/products", params={"stars_from": 4})).json()
    none = (await client.get("/api/v1/products", params={"stars_from": 5})).json()
    detail = (await client.get("/api/v1/products/cedber-50")).json()
    facets = (await client.get("/api/v1/facets")).json()

    assert [one["slug"] for one in page["items"]] == ["cedber-50", "plain"]
    assert page["items"][0]["rating"] == {"average": 4.5, "count": 2}
    assert page["items"][1]["rating"] is None
    assert [one["slug"] for one in narrowed["items"]] == ["cedber-50"]
    assert none["items"] == []
    assert detail["rating_counts"] == [0, 0, 0, 1, 1]
    assert facets["stars"] == [{"value": n, "count": 1} for n in (4, 3, 2)]


ORDERS = {
    "helpful": lambda one: (-one["helpful"], -one["id"]),
    "newest": lambda one: (one["shown_at"], one["id"]),
    "best": lambda one: (-one["rating"], -one["id"]),
    "worst": lambda one: (one["rating"], -one["id"]),
}


async def test_pages_of_reviews_lose_none_and_show_none_twice(client, fill, is_long_run):
    total = 400 if is_long_run else 23
    await fill(total)

    for order, key in ORDERS.items():
        seen = await _all_pages(client, order)

        expected = sorted(seen, key=key, reverse=order == "newest")
        assert len({one["id"] for one in seen}) == len(seen) == total
        assert [one["id"] for one in seen] == [one["id"] for one in expected]


async def _all_pages(client, order):
    seen, after = [], None
    while True:
        query = {"order": order, "limit": 5} | ({"after": after} if after else {})
        page = (await client.get(REVIEWS, params=query)).json()
        seen += page["reviews"]
        after = page["next"]
        if after is None:
            return seen


async def test_a_mark_that_nobody_gave_out_is_refused(client, market):
    for mark in ("x", "bm9wZQ", json.dumps(["best", 1, 1]), "WyJiZXN0IiwxLDFd"):
        answer = await client.get(REVIEWS, params={"after": mark})

        assert (answer.status_code, answer.json()["code"]) == (400, "review_mark_invalid")
