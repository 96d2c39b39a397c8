"""Reading the promotions that may count on a basket, as the rules see them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import ColumnElement

from cloud.accounts.models import AudienceMember
from cloud.catalogue.models import product_collections
from cloud.discounts.models import (
    Coupon,
    Promotion,
    PromotionTarget,
    Redemption,
    TargetRole,
)
from cloud.discounts.terms import Basket, Candidate, Shopper, Terms
from cloud.foundation.money import Money

# A promotion for a category is for everything below it too.
_CATEGORIES = text("""
    WITH RECURSIVE above(product_id, category_id) AS (
        SELECT product_id, category_id FROM product_categories WHERE product_id = ANY(:ids)
        UNION
        SELECT above.product_id, c.parent_id FROM above
        JOIN categories c ON c.id = above.category_id WHERE c.parent_id IS NOT NULL
    )
    SELECT product_id, category_id FROM above
""")


@dataclass(frozen=True, slots=True)
class Shelves:
    """In which categories (those above included) and collections a basket's products stand."""

    categories: Mapping[int, frozenset[int]]
    collections: Mapping[int, frozenset[int]]

    def holds(self, target: PromotionTarget, product_id: int) -> bool:
        """Tell whether a product is meant by a target."""
        if target.product_id is not None:
            return target.product_id == product_id
        if target.category_id is not None:
            return target.category_id in self.categories.get(product_id, ())
        return target.collection_id in self.collections.get(product_id, ())


@dataclass(frozen=True, slots=True)
class Uses:
    """How often something counts now: promotions in all and by one buyer, and coupons."""

    promotions: Mapping[int, int]
    by_buyer: Mapping[int, int]
    coupons: Mapping[int, int]


async def find_candidates(
    session: AsyncSession,
    basket: Basket,
    shopper: Shopper,
    coupon_ids: Collection[int],
    now: datetime,
    *,
    instead_of: int | None = None,
) -> list[Candidate]:
    """Return the automatic promotions of a moment and those of some coupons, for a basket.

    What the order `instead_of` uses is not counted.
    """
    rows = [
        *await _automatic(session, shopper.user_id, now),
        *await _by_coupon(session, coupon_ids),
    ]
    if not rows:
        return []
    shelves = await _shelves(session, basket, [promotion for promotion, _ in rows])
    limited = [one for one, coupon in rows if _is_limited(one, coupon)]
    uses = await count_uses(session, limited, shopper, coupon_ids, instead_of=instead_of)
    return [
        Candidate(
            terms=_terms(promotion, basket, shelves, uses, shopper.language),
            code=coupon.code if coupon else "",
            coupon_id=coupon.id if coupon else None,
            is_coupon_active=coupon is None or coupon.is_active,
            coupon_most_uses=coupon.most_uses if coupon else None,
            coupon_uses=uses.coupons.get(coupon.id, 0) if coupon else 0,
            coupon_user_id=coupon.user_id if coupon else None,
            coupon_ends_at=coupon.ends_at if coupon else None,
        )
        for promotion, coupon in rows
    ]


async def find_one(session: AsyncSession, basket: Basket, promotion_id: int) -> Candidate | None:
    """Return one promotion as it would work on a basket, its uses not counted."""
    promotion: Promotion | None = await session.scalar(
        select(Promotion)
        .where(Promotion.id == promotion_id)
        .options(selectinload(Promotion.amounts), selectinload(Promotion.targets))
    )
    if promotion is None:
        return None
    shelves = await _shelves(session, basket, [promotion])
    return Candidate(_terms(promotion, basket, shelves, Uses({}, {}, {}), "en"))


async def _automatic(
    session: AsyncSession, user_id: int | None, now: datetime
) -> list[tuple[Promotion, Coupon | None]]:
    own = select(AudienceMember.audience).where(AudienceMember.user_id == user_id)
    found = await session.scalars(
        select(Promotion)
        .where(
            Promotion.is_active,
            Promotion.is_automatic,
            or_(Promotion.audience.is_(None), Promotion.audience == own.scalar_subquery()),
            or_(Promotion.starts_at.is_(None), Promotion.starts_at <= now),
            or_(Promotion.ends_at.is_(None), Promotion.ends_at > now),
        )
        .options(selectinload(Promotion.amounts), selectinload(Promotion.targets))
    )
    return [(promotion, None) for promotion in found]


async def _by_coupon(
    session: AsyncSession, coupon_ids: Collection[int]
) -> list[tuple[Promotion, Coupon | None]]:
    if not coupon_ids:
        return []
    found = await session.execute(
        select(Promotion, Coupon)
        .join(Coupon, Coupon.promotion_id == Promotion.id)
        .where(Coupon.id.in_(coupon_ids))
        .options(selectinload(Promotion.amounts), selectinload(Promotion.targets))
    )
    return [(promotion, coupon) for promotion, coupon in found]


def _is_limited(promotion: Promotion, coupon: Coupon | None) -> bool:
    limits = (promotion.most_uses, promotion.most_uses_each, coupon and coupon.most_uses)
    return any(limit is not None for limit in limits)


async def count_uses(
    session: AsyncSession,
    promotions: Sequence[Promotion],
    shopper: Shopper,
    coupon_ids: Collection[int],
    *,
    instead_of: int | None = None,
    digest: bytes | None = None,
) -> Uses:
    """Return how often promotions and coupons are used now, leaving one order out.

    `digest` stands for the shopper's address where only that is known.
    """
    ids = {promotion.id for promotion in promotions}
    if not ids:
        return Uses({}, {}, {})
    counts = await session.execute(
        select(
            Redemption.promotion_id,
            Redemption.coupon_id,
            func.count().label("uses"),
            func.count()
            .filter(_is_by(shopper.user_id, digest or shopper.digest))
            .label("by_buyer"),
        )
        .where(
            Redemption.promotion_id.in_(ids),
            Redemption.ended_at.is_(None),
            Redemption.order_id != (instead_of or 0),
        )
        .group_by(Redemption.promotion_id, Redemption.coupon_id)
    )
    promotion_uses, by_buyer = defaultdict[int, int](int), defaultdict[int, int](int)
    coupons: dict[int, int] = {}
    for row in counts:
        promotion_uses[row.promotion_id] += row.uses
        by_buyer[row.promotion_id] += row.by_buyer
        if row.coupon_id in coupon_ids:
            coupons[row.coupon_id] = row.uses
    return Uses(promotion_uses, by_buyer, coupons)


def _is_by(user_id: int | None, digest: bytes | None) -> ColumnElement[bool]:
    same = [Redemption.buyer_digest == digest] if digest else []
    if user_id is not None:
        same.append(Redemption.user_id == user_id)
    return or_(false(), *same)


async def _shelves(
    session: AsyncSession, basket: Basket, promotions: Sequence[Promotion]
) -> Shelves:
    targets = [target for promotion in promotions for target in promotion.targets]
    ids = sorted({offer.product_id for offer, _ in basket.wanted})
    categories: dict[int, frozenset[int]] = {}
    collections: dict[int, frozenset[int]] = {}
    if any(target.category_id is not None for target in targets):
        categories = _grouped((await session.execute(_CATEGORIES, {"ids": ids})).tuples().all())
    if any(target.collection_id is not None for target in targets):
        rows = await session.execute(
            select(product_collections.c.product_id, product_collections.c.collection_id).where(
                product_collections.c.product_id.in_(ids)
            )
        )
        collections = _grouped(rows.tuples().all())
    return Shelves(categories, collections)


def _grouped(pairs: Sequence[tuple[int, int]]) -> dict[int, frozenset[int]]:
    grouped = defaultdict[int, set[int]](set)
    for product_id, shelf_id in pairs:
        grouped[product_id].add(shelf_id)
    return {product_id: frozenset(shelves) for product_id, shelves in grouped.items()}


def _terms(
    promotion: Promotion, basket: Basket, shelves: Shelves, uses: Uses, language: str
) -> Terms:
    off, worth, is_in_currency = _amounts(promotion, basket)
    return Terms(
        promotion_id=promotion.id,
        name=promotion.names.get(language) or promotion.name,
        kind=promotion.kind,
        is_automatic=promotion.is_automatic,
        is_active=promotion.is_active,
        basis_points=promotion.basis_points,
        buy_units=promotion.buy_units,
        get_units=promotion.get_units,
        most_times=promotion.most_times,
        priority=promotion.priority,
        is_exclusive=promotion.is_exclusive,
        stacking_group=promotion.stacking_group,
        starts_at=promotion.starts_at,
        ends_at=promotion.ends_at,
        is_first_order=promotion.is_first_order,
        emails=frozenset(promotion.emails),
        countries=frozenset(promotion.countries),
        off=None if off is None else Money(off, basket.currency),
        worth=None if worth is None else Money(worth, basket.currency),
        is_in_currency=is_in_currency,
        variant_ids=_meant(promotion, TargetRole.FOR, basket, shelves),
        get_variant_ids=_meant(promotion, TargetRole.GET, basket, shelves),
        most_uses=promotion.most_uses,
        most_uses_each=promotion.most_uses_each,
        uses=uses.promotions.get(promotion.id, 0),
        uses_by_buyer=uses.by_buyer.get(promotion.id, 0),
    )


def _amounts(promotion: Promotion, basket: Basket) -> tuple[int | None, int | None, bool]:
    """Return what a promotion takes off and from which worth on, and whether it says so.

    In minor units of the basket's currency: as entered for it, else converted from the shop's own.
    """
    amounts = {amount.currency: amount for amount in promotion.amounts}
    if not amounts:
        return None, None, True
    amount, conversion = amounts.get(basket.currency), None
    if amount is None and basket.conversion is not None:
        amount, conversion = amounts.get(basket.main), basket.conversion
    if amount is None:
        return None, None, False
    off, worth = (
        minor if minor is None or conversion is None else conversion.minor(minor)
        for minor in (amount.off_minor, amount.from_minor)
    )
    return off, worth, True


def _meant(
    promotion: Promotion, role: TargetRole, basket: Basket, shelves: Shelves
) -> frozenset[int] | None:
    targets = [target for target in promotion.targets if target.role is role]
    if not targets:
        return None
    return frozenset(
        offer.variant_id
        for offer, _ in basket.wanted
        if any(shelves.holds(target, offer.product_id) for target in targets)
    )
