"""The queries of reviews. Whoever changes reviews locks them by product and id, in that order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql import ColumnElement

from cloud.catalogue.models import Product
from cloud.reviews.marks import ReviewMark
from cloud.reviews.models import Review, ReviewVote
from cloud.reviews.states import ReviewOrder, ReviewStatus

Reading = AsyncSession | AsyncConnection

# Paid for and not given back; a trial of a refill is no purchase.
_BOUGHT = """NOT o.is_test
    AND o.status IN ('PAID', 'PROCESSING', 'ON_HOLD', 'SHIPPED', 'IN_TRANSIT',
    'OUT_FOR_DELIVERY', 'DELIVERED', 'COMPLETED')"""
_LINE = text(f"""
    SELECT i.id FROM order_items i
    JOIN orders o ON o.id = i.order_id
    JOIN variants v ON v.id = i.variant_id
    WHERE o.user_id = :user_id AND v.product_id = :product_id AND {_BOUGHT}
        AND NOT EXISTS (SELECT FROM reviews r WHERE r.order_item_id = i.id)
    ORDER BY o.delivered_at DESC NULLS LAST, i.id DESC LIMIT 1
""")
_TO_REVIEW = text("""
    SELECT p.id AS product_id, p.slug, p.name, (
        SELECT url FROM product_images i WHERE i.product_id = p.id AND i.position = 0) AS image_url
    FROM (
        SELECT v.product_id, max(o.delivered_at) AS delivered_at
        FROM orders o
        JOIN order_items i ON i.order_id = o.id
        JOIN variants v ON v.id = i.variant_id
        WHERE o.user_id = :user_id AND NOT o.is_test AND o.status IN ('DELIVERED', 'COMPLETED')
            AND (CAST(:order_id AS bigint) IS NULL OR o.id = :order_id)
        GROUP BY v.product_id
    ) AS had
    JOIN products p ON p.id = had.product_id
    WHERE p.deleted_at IS NULL AND p.published_at <= :now AND NOT EXISTS (
        SELECT FROM reviews r WHERE r.user_id = :user_id AND r.product_id = p.id)
    ORDER BY had.delivered_at DESC NULLS LAST, p.id LIMIT :most
""")

_HELP: ColumnElement[int] = Review.helpful_count - Review.unhelpful_count
_KEYS: dict[ReviewOrder, tuple[Any, bool]] = {
    ReviewOrder.HELPFUL: (_HELP, True),
    ReviewOrder.NEWEST: (Review.shown_at, True),
    ReviewOrder.BEST: (Review.shown_rating, True),
    ReviewOrder.WORST: (Review.shown_rating, False),
}
_SHOWN = (
    Review.id,
    Review.shown_rating.label("rating"),
    Review.shown_title.label("title"),
    Review.shown_body.label("body"),
    Review.shown_name.label("author_name"),
    Review.language,
    Review.is_verified,
    Review.shown_at,
    Review.helpful_count.label("helpful"),
    Review.unhelpful_count.label("unhelpful"),
    Review.reply,
    Review.replied_at,
)


async def find_product(session: Reading, slug: str, now: datetime) -> RowMapping | None:
    """Return id, slug, name and stars of a scent that is on sale."""
    found = await session.execute(
        select(
            Product.id,
            Product.slug,
            Product.name,
            Product.rating_count,
            Product.rating_sum,
            Product.rating_counts,
        ).where(Product.slug == slug, Product.deleted_at.is_(None), Product.published_at <= now)
    )
    return found.mappings().first()


async def find_product_id(session: Reading, slug: str) -> int | None:
    """Return the id of a scent, on sale or not."""
    found = await session.execute(select(Product.id).where(Product.slug == slug))
    return found.scalar_one_or_none()


async def find_bought_line(session: AsyncSession, user_id: int, product_id: int) -> int | None:
    """Return a line in which a member bought a scent, the last delivered first; None: never."""
    values = {"user_id": user_id, "product_id": product_id}
    found: int | None = await session.scalar(_LINE, values)
    return found


async def list_to_review(
    session: AsyncSession, user_id: int, now: datetime, *, order_id: int | None, most: int
) -> Sequence[RowMapping]:
    """Return scents that a member got and has not reviewed, the last ones first."""
    values = {"user_id": user_id, "now": now, "order_id": order_id, "most": most}
    return (await session.execute(_TO_REVIEW, values)).mappings().all()


async def insert_once(session: AsyncSession, fields: dict[str, Any]) -> int | None:
    """Store a review; None when its writer has one of that product already."""
    return await session.scalar(
        insert(Review)
        .values(**fields)
        .on_conflict_do_nothing(index_elements=["user_id", "product_id"])
        .returning(Review.id)
    )


async def lock_of(session: AsyncSession, user_id: int, product_id: int) -> Review | None:
    """Return a member's review of a product, locked."""
    return await _locked(session, Review.user_id == user_id, Review.product_id == product_id)


async def lock(session: AsyncSession, review_id: int) -> Review | None:
    """Return a review, locked."""
    return await _locked(session, Review.id == review_id)


async def lock_many(session: AsyncSession, review_ids: Sequence[int]) -> Sequence[Review]:
    """Return those of some reviews that are there, locked, by product and id."""
    found = await session.scalars(
        select(Review)
        .where(Review.id.in_(review_ids))
        .order_by(Review.product_id, Review.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _locked(session: AsyncSession, *wanted: ColumnElement[bool]) -> Review | None:
    # Votes hold their review's key: a stronger lock would wait for voters.
    found: Review | None = await session.scalar(
        select(Review)
        .where(*wanted)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found


async def find_product_of(session: Reading, product_id: int) -> RowMapping:
    """Return id, slug and name of a scent, on sale or not."""
    found = await session.execute(
        select(Product.id, Product.slug, Product.name).where(Product.id == product_id)
    )
    return found.mappings().one()


async def list_shown(
    session: Reading,
    product_id: int,
    order: ReviewOrder,
    mark: ReviewMark | None,
    limit: int,
    stars: int | None,
) -> Sequence[RowMapping]:
    """Return reviews that anybody may read, beyond a mark, with `key` beside what is shown."""
    key, is_falling = _KEYS[order]
    wanted = [Review.product_id == product_id, Review.shown_at.is_not(None)]
    if stars is not None:
        wanted.append(Review.shown_rating == stars)
    # Among equals the newest first; of the lowest stars too, so there the two keys part.
    ordering = [key.desc() if is_falling else key.asc(), Review.id.desc()]
    if mark is not None:
        if is_falling:
            wanted.append(tuple_(key, Review.id) < (mark.key, mark.id))
        else:
            wanted.append((key > mark.key) | ((key == mark.key) & (Review.id < mark.id)))
    found = await session.execute(
        select(*_SHOWN, key.label("key")).where(*wanted).order_by(*ordering).limit(limit)
    )
    return found.mappings().all()


async def list_own(session: AsyncSession, user_id: int, most: int) -> Sequence[Any]:
    """Return a member's reviews with slug and name of the product, the newest text first."""
    found = await session.execute(
        select(Review, Product.slug, Product.name)
        .join(Product, Product.id == Review.product_id)
        .where(Review.user_id == user_id)
        .order_by(Review.written_at.desc(), Review.id.desc())
        .limit(most)
    )
    return found.all()


async def find_own(session: AsyncSession, user_id: int, product_id: int) -> Review | None:
    """Return a member's review of a product."""
    found: Review | None = await session.scalar(
        select(Review).where(Review.user_id == user_id, Review.product_id == product_id)
    )
    return found


async def delete_review(session: AsyncSession, review_id: int) -> None:
    """Delete a review and its votes."""
    await session.execute(delete(Review).where(Review.id == review_id))


async def delete_of(session: AsyncSession, user_id: int) -> None:
    """Delete a member's reviews, with their votes, and how the member voted elsewhere."""
    mine = select(Review.id).where(Review.user_id == user_id)
    held = mine.order_by(Review.product_id, Review.id).with_for_update()
    await session.execute(delete(Review).where(Review.id.in_((await session.scalars(held)).all())))
    await session.execute(delete(ReviewVote).where(ReviewVote.user_id == user_id))


async def find_voted(session: Reading, user_id: int, review_ids: Sequence[int]) -> dict[int, bool]:
    """Return how a member voted on some reviews, by review."""
    found = await session.execute(
        select(ReviewVote.review_id, ReviewVote.is_helpful).where(
            ReviewVote.user_id == user_id, ReviewVote.review_id.in_(review_ids)
        )
    )
    return {row.review_id: row.is_helpful for row in found}


async def find_votable(session: AsyncSession, review_id: int) -> RowMapping | None:
    """Return writer and product's slug of a review that is shown."""
    found = await session.execute(
        select(Review.user_id, Product.slug)
        .join(Product, Product.id == Review.product_id)
        .where(Review.id == review_id, Review.shown_at.is_not(None))
    )
    return found.mappings().first()


async def put_vote(
    session: AsyncSession, review_id: int, user_id: int, *, is_helpful: bool, now: datetime
) -> None:
    """Store a member's vote in place of their former one."""
    put = insert(ReviewVote).values(
        review_id=review_id, user_id=user_id, is_helpful=is_helpful, voted_at=now
    )
    await session.execute(
        put.on_conflict_do_update(
            index_elements=["review_id", "user_id"],
            set_={"is_helpful": put.excluded.is_helpful, "voted_at": put.excluded.voted_at},
            where=ReviewVote.is_helpful != put.excluded.is_helpful,
        )
    )


async def delete_vote(session: AsyncSession, review_id: int, user_id: int) -> None:
    """Take a member's vote back; nothing happens without one."""
    await session.execute(
        delete(ReviewVote).where(ReviewVote.review_id == review_id, ReviewVote.user_id == user_id)
    )


_STAFF_ROWS = """
    SELECT r.id, r.product_id, p.slug AS product_slug, p.name AS product_name, r.status, r.reason,
        r.rating, r.title, r.body, r.author_name, r.keeps_text, r.is_verified, r.written_at,
        r.shown_at IS NOT NULL AS is_shown, r.helpful_count AS helpful,
        r.unhelpful_count AS unhelpful, r.reply, r.user_id, coalesce(u.email, '') AS email,
        r.edition, r.language, r.decided_at, r.shown_rating, r.shown_title, r.shown_body,
        o.number AS order_number
    FROM reviews r
    JOIN products p ON p.id = r.product_id
    LEFT JOIN users u ON u.id = r.user_id
    LEFT JOIN order_items i ON i.id = r.order_item_id
    LEFT JOIN orders o ON o.id = i.order_id
"""
_STAFF_ONE = text(f"{_STAFF_ROWS} WHERE r.id = :review_id")
_STAFF_PAGE = text(f"""{_STAFF_ROWS}
    WHERE (CAST(:status AS text) IS NULL OR r.status = :status)
        AND (CAST(:after AS bigint) IS NULL OR r.id < :after)
    ORDER BY r.id DESC LIMIT :limit
""")


async def find_for_staff(session: AsyncSession, review_id: int) -> RowMapping | None:
    """Return a review as staff see it."""
    return (await session.execute(_STAFF_ONE, {"review_id": review_id})).mappings().first()


async def list_for_staff(
    session: AsyncSession, status: ReviewStatus | None, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Return reviews as staff see them, the last ones first, older than the id `after`."""
    values = {"status": status, "after": after, "limit": limit}
    return (await session.execute(_STAFF_PAGE, values)).mappings().all()
