"""Books of a shop that was lived in: orders, lines and refunds, written as rows."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.models import Order, OrderItem
from cloud.orders.status import OrderSource, OrderStatus
from cloud.refunds.models import Refund, RefundLine, RefundStage

_SPRING = datetime(2026, 2, 20, tzinfo=UTC)


@dataclass
class Books:
    """The rows of a shop, as they were written."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    async def write(self, session: AsyncSession) -> None:
        """Store all of it; ids are the rows' own."""
        for model, rows in (
            (Order, self.orders),
            (OrderItem, self.items),
            (Refund, self.refunds),
            (RefundLine, self.lines),
        ):
            for begin in range(0, len(rows), 500):
                await session.execute(insert(model), rows[begin : begin + 500])


def live(
    seed: int,
    variant_ids: list[int],
    count: int,
    *,
    begins: datetime = _SPRING,
    days: int = 60,
    currencies: tuple[str, ...] = ("EUR", "JPY"),
) -> Books:
    """Return books of so many orders over some days: from 20 February on,
    around the change of clocks in spring, unless told otherwise.

    Some orders are unpaid, tests or of gift cards; some are given back, in parts, wholly, late,
    twice over, in vain or without a line.
    """
    rng = random.Random(seed)
    books = Books()
    for number in range(1, count + 1):
        variants = rng.sample(variant_ids, rng.randint(1, 2))
        placed_at = begins + timedelta(minutes=rng.randrange(days * 24 * 60))
        _order(rng, books, number, rng.choice(currencies), variants, placed_at)
    return books


def _order(
    rng: random.Random,
    books: Books,
    number: int,
    currency: str,
    variants: list[int],
    placed_at: datetime,
) -> None:
    is_paid = rng.random() < 0.85
    wanted: list[int | None] = [*variants, None] if rng.random() < 0.15 else [*variants]
    items = [_item(rng, number, place, one) for place, one in enumerate(wanted)]
    books.items += items
    cards = sum(one["subtotal_minor"] for one in items if one["is_gift_card"])
    subtotal = sum(one["subtotal_minor"] for one in items)
    discount = sum(one["discount_minor"] for one in items)
    tax = sum(one["tax_minor"] for one in items)
    added, shipping = rng.choice((0, tax)), rng.choice((0, 390))
    order = {
        "id": number,
        "number": f"SC-{number}",
        "user_id": None,
        "email": _as_typed(rng, f"buyer{rng.randrange(40)}@example.org"),
        "status": OrderStatus.PAID if is_paid else OrderStatus.CANCELLED,
        "source": OrderSource.SHOP,
        "currency": currency,
        "subtotal_minor": subtotal,
        "shipping_minor": shipping,
        "discount_minor": discount,
        "tax_minor": tax,
        "tax_added_minor": added,
        "total_minor": subtotal + shipping - discount + added,
        "sold_cards_minor": cards,
        "shipping_method": "standard",
        "p50_days": 2,
        "p90_days": 4,
        "shipping_address": {"city": "Berlin"},
        "is_test": rng.random() < 0.05,
        "placed_at": placed_at,
        "pay_until": placed_at + timedelta(hours=1),
        "paid_at": placed_at + timedelta(minutes=rng.randrange(90)) if is_paid else None,
    }
    books.orders.append(order)
    if is_paid:
        for _ in range(rng.choices((0, 1, 2), (70, 20, 10))[0]):
            _refund(rng, books, order, items)


def _as_typed(rng: random.Random, email: str) -> str:
    return email.capitalize() if rng.random() < 0.3 else email


def _item(rng: random.Random, number: int, place: int, variant_id: int | None) -> dict[str, Any]:
    quantity = rng.randint(1, 4) if variant_id else 1
    price = rng.randrange(500, 9_000)
    discount = rng.choice((0, 0, price // 10)) if variant_id else 0
    return {
        "id": number * 10 + place,
        "order_id": number,
        "variant_id": variant_id,
        "is_gift_card": variant_id is None,
        "sku": "X",
        "product_name": "Bottle",
        "variant_name": "50 ml",
        "quantity": quantity,
        "unit_price_minor": price,
        "subtotal_minor": price * quantity,
        "discount_minor": discount,
        "tax_minor": price * quantity * 19 // 119 if variant_id else 0,
        "tax_basis_points": 1900 if variant_id else 0,
        "snapshot": {},
    }


def _refund(
    rng: random.Random, books: Books, order: dict[str, Any], items: list[dict[str, Any]]
) -> None:
    refund_id = len(books.refunds) + 1
    stage = rng.choices(list(RefundStage), (10, 80, 10))[0]
    settled_at = order["paid_at"] + timedelta(minutes=rng.randrange(20 * 24 * 60))
    back = [] if rng.random() < 0.2 else rng.sample(items, rng.randint(1, len(items)))
    lines = []
    for item in back:
        quantity = rng.randint(1, item["quantity"])
        paid = item["subtotal_minor"] - item["discount_minor"]
        lines.append(
            {
                "refund_id": refund_id,
                "order_item_id": item["id"],
                "quantity": quantity,
                "amount_minor": paid * quantity // item["quantity"],
                "tax_minor": 0,
            }
        )
    shipping = rng.choice((0, order["shipping_minor"]))
    books.lines += lines
    books.refunds.append(
        {
            "id": refund_id,
            "order_id": order["id"],
            "payment_id": None,
            "stage": stage,
            "amount_minor": max(1, shipping + sum(one["amount_minor"] for one in lines)),
            "currency": order["currency"],
            "shipping_minor": shipping,
            "is_excess": rng.random() < 0.08,
            "reference": f"refund-{refund_id}",
            "settled_at": None if stage is RefundStage.PENDING else settled_at,
        }
    )
