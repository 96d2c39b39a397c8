"""A shop with one scent, and people who bought it and say what they think."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place, fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "place", "relay", "settings"]

SLUG = "cedber-50"
REVIEWS = f"/api/v1/products/{SLUG}/reviews"
MINE = f"{REVIEWS}/mine"
SAID = {"rating": 4, "title": "Like a forest", "body": "Calm, and it lasts.", "author_name": "Ada"}

WriteReview = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def write(market: Market, sign_in_as: Any) -> WriteReview:
    """Let a new member write a review, and return it with `client` beside it."""
    count = 0

    async def run(rating: int = 4, **more: Any) -> dict[str, Any]:
        nonlocal count
        count += 1
        client: CloudClient = await sign_in_as(Role.CUSTOMER, f"writer{count}@example.org")
        answer = await client.put_json(MINE, {**SAID, "rating": rating, **more})
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "client": client}

    return run


@pytest.fixture
def approve(staff: CloudClient) -> Callable[..., Awaitable[None]]:
    """Let staff approve reviews by id, as they read them."""

    async def run(*review_ids: int) -> None:
        for review_id in review_ids:
            seen = (await staff.get(f"/api/v1/staff/reviews/{review_id}")).json()
            answer = await staff.post_json(
                f"/api/v1/staff/reviews/{review_id}/approve", {"edition": seen["edition"]}
            )
            assert answer.status_code == 200, answer.text

    return run


@pytest.fixture
def deliver(market: Market, place: Place) -> Callable[[int], Awaitable[int]]:
    """Let a member have bought the scent, and have it; return the order's id."""

    async def run(user_id: int) -> int:
        order_id = await place(user_id=user_id)
        async with market.database.unit_of_work() as session:
            await session.execute(
                text(
                    "UPDATE orders SET status = 'DELIVERED', paid_at = placed_at,"
                    " delivered_at = placed_at WHERE id = :id"
                ),
                {"id": order_id},
            )
        return order_id

    return run


@pytest.fixture
def fill(market: Market) -> Callable[[int], Awaitable[None]]:
    """Put many shown reviews of many members into the shop: "Text 1.", "Text 2." and so on."""

    async def run(count: int) -> None:
        await market.run(
            "INSERT INTO users (email, name, role)"
            " SELECT 'r' || n || '@x.test', '', 'CUSTOMER' FROM generate_series(1, :n) n",
            n=count,
        )
        await market.run("""
            INSERT INTO reviews (product_id, user_id, is_verified, keeps_text, author_name,
                language, status, rating, title, body, written_at, decided_at, shown_rating,
                shown_title, shown_body, shown_name, shown_at, first_shown_at, helpful_count)
            SELECT p.id, u.id, false, false, 'A', 'en', 'APPROVED', 1 + u.n % 5, '',
                'Text ' || u.n || '.', now(), now(), 1 + u.n % 5, '', 'Text ' || u.n || '.', 'A',
                TIMESTAMPTZ '2026-01-01' + (u.n % 3) * interval '1 day', now(), u.n % 4
            FROM products p,
                (SELECT id, substr(email::text, 2, position('@' in email::text) - 2)::int AS n
                 FROM users WHERE email LIKE 'r%@x.test') u
        """)

    return run
