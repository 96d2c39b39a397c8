"""Making and changing promotions and their coupons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from cloud.catalogue.models import Category, Collection, Product
from cloud.discounts.editing.shapes import CouponFields, PromotionFields
from cloud.discounts.errors import CouponTaken, PromotionNotFound, PromotionWrong
from cloud.discounts.gift_codes import mint_coupon
from cloud.discounts.models import (
    Coupon,
    Promotion,
    PromotionAmount,
    PromotionTarget,
    TargetRole,
)
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version

_COLUMNS = (
    *("name", "names", "kind", "basis_points", "buy_units", "get_units", "most_times"),
    *("is_automatic", "is_active", "priority", "is_exclusive", "stacking_group"),
    *("starts_at", "ends_at", "is_first_order", "emails", "countries"),
    *("most_uses", "most_uses_each", "returns_use"),
)
# A form's list to what its slugs name, where a target keeps it, and what for.
_LISTS: Mapping[str, tuple[type[Any], str, TargetRole]] = {
    "products": (Product, "product_id", TargetRole.FOR),
    "categories": (Category, "category_id", TargetRole.FOR),
    "collections": (Collection, "collection_id", TargetRole.FOR),
    "get_products": (Product, "product_id", TargetRole.GET),
}


async def read(session: AsyncSession, promotion_id: int, currency: str) -> dict[str, Any]:
    """Return a promotion's id, version and fields; raises PromotionNotFound."""
    promotion = await _get(session, promotion_id)
    fields = await _fields(session, promotion, currency)
    return {"id": promotion.id, "version": promotion.version, **fields}


async def create(
    session: AsyncSession, staff: SignedIn, wish: PromotionFields, currency: str
) -> int:
    """Add a promotion and return its id; raises PromotionWrong for unknown products and shelves."""
    promotion = Promotion(**wish.model_dump(include=set(_COLUMNS)))
    promotion.amounts = _amounts([], wish, currency)
    promotion.targets = await _targets(session, wish)
    session.add(promotion)
    await session.flush()
    after = _plain(await _fields(session, promotion, currency))
    await audit.note(session, staff, "create", "promotions", promotion.id, after=after)
    return promotion.id


async def change(
    session: AsyncSession,
    staff: SignedIn,
    promotion_id: int,
    wish: PromotionFields,
    currency: str,
    *,
    seen: int,
) -> None:
    """Make a promotion say what staff wrote, if they saw its newest version.

    Amounts in other currencies stay. Raises ChangedMeanwhile, PromotionNotFound, PromotionWrong.
    """
    promotion = await _get(session, promotion_id, lock=True)
    before = await _fields(session, promotion, currency)
    check_version(promotion.version, seen, before)
    for name in _COLUMNS:
        setattr(promotion, name, getattr(wish, name))
    # Amounts and targets beside the row are guarded by its version, so it rises for them too.
    flag_modified(promotion, "name")
    promotion.amounts = _amounts(promotion.amounts, wish, currency)
    targets = await _targets(session, wish)
    promotion.targets = []
    await session.flush()
    promotion.targets = targets
    await session.flush()
    after = await _fields(session, promotion, currency)
    await audit.note(
        session,
        staff,
        "change",
        "promotions",
        promotion_id,
        before=_plain(before),
        after=_plain(after),
    )


async def make_coupons(
    session: AsyncSession, staff: SignedIn, promotion_id: int, wish: CouponFields, now: datetime
) -> int:
    """Make coupons of a promotion, and return how many.

    One with a code is that very code; several begin with it. Raises PromotionNotFound, CouponTaken
    or PromotionWrong for a code that is too short.
    """
    await _get(session, promotion_id)
    code = wish.code.upper()
    is_own = wish.count == 1 and bool(code)
    if is_own and len(code) < 3:
        raise PromotionWrong(
            "A code has three characters or more.", hint="Write a longer one.", field="code"
        )
    codes = [code] if is_own else [mint_coupon(code) for _ in range(wish.count)]
    if is_own and await session.scalar(select(Coupon.id).where(Coupon.code == code)):
        raise CouponTaken(code)
    batch = "" if is_own else now.strftime("%Y-%m-%d %H:%M:%S")
    session.add_all(
        Coupon(promotion_id=promotion_id, code=one, most_uses=wish.most_uses, batch=batch)
        for one in codes
    )
    await session.flush()
    made = {"coupons": len(codes), "batch": batch, "code": code, "most_uses": wish.most_uses}
    await audit.note(session, staff, "make_coupons", "promotions", promotion_id, after=made)
    return len(codes)


async def _get(session: AsyncSession, promotion_id: int, *, lock: bool = False) -> Promotion:
    statement = (
        select(Promotion)
        .where(Promotion.id == promotion_id)
        .options(selectinload(Promotion.amounts), selectinload(Promotion.targets))
        .execution_options(populate_existing=True)
    )
    if lock:
        statement = statement.with_for_update(key_share=True)
    found: Promotion | None = await session.scalar(statement)
    # An audience's is kept where the audience is.
    if found is None or found.audience is not None:
        raise PromotionNotFound
    return found


async def _fields(session: AsyncSession, promotion: Promotion, currency: str) -> dict[str, Any]:
    amount = next((one for one in promotion.amounts if one.currency == currency), None)
    fields = {name: getattr(promotion, name) for name in _COLUMNS}
    fields["off_minor"] = amount.off_minor if amount else None
    fields["from_minor"] = amount.from_minor if amount else None
    for name, (model, column, role) in _LISTS.items():
        ids = [getattr(one, column) for one in promotion.targets if one.role is role]
        slugs = await session.scalars(
            select(model.slug).where(model.id.in_([one for one in ids if one])).order_by(model.slug)
        )
        fields[name] = list(slugs)
    return fields


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def _amounts(
    old: Sequence[PromotionAmount], wish: PromotionFields, currency: str
) -> list[PromotionAmount]:
    kept = [one for one in old if one.currency != currency]
    if wish.off_minor is None and wish.from_minor is None:
        return kept
    mine = next((one for one in old if one.currency == currency), None)
    mine = mine or PromotionAmount(currency=currency)
    mine.off_minor, mine.from_minor = wish.off_minor, wish.from_minor
    return [*kept, mine]


async def _targets(session: AsyncSession, wish: PromotionFields) -> list[PromotionTarget]:
    targets = []
    for name, (model, column, role) in _LISTS.items():
        slugs = list(dict.fromkeys(getattr(wish, name)))
        found = {
            row.slug: row.id
            for row in await session.execute(
                select(model.slug, model.id).where(model.slug.in_(slugs))
            )
        }
        if unknown := [slug for slug in slugs if slug not in found]:
            raise PromotionWrong(
                f"There is no “{unknown[0]}”.",
                hint="Write the last part of its address in the shop.",
                field=name,
            )
        targets += [PromotionTarget(role=role, **{column: found[slug]}) for slug in slugs]
    return targets
