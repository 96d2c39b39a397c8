"""The status machine: every edge, every refusal, and the history it leaves."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from cloud.foundation.events import emit
from cloud.orders import service
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.errors import StatusRefused
from cloud.orders.events import OrderStatusChanged
from cloud.orders.status import CANCELLABLE, EDGES, REFUNDABLE, OrderStatus, can_move
from tests.fakes.market import Market

S = OrderStatus
# The edges in the words of the shop's rules, written down a second time on purpose.
EXPECTED = {
    (S.PENDING, S.AWAITING_PAYMENT),
    (S.PENDING, S.FAILED),
    (S.PENDING, S.CANCELLED),
    (S.AWAITING_PAYMENT, S.PAID),
    (S.AWAITING_PAYMENT, S.FAILED),
    (S.AWAITING_PAYMENT, S.CANCELLED),
    (S.FAILED, S.PAID),
    (S.PAID, S.COMPLETED),
    (S.PAID, S.PROCESSING),
    (S.PAID, S.ON_HOLD),
    (S.PAID, S.CANCELLED),
    (S.PROCESSING, S.SHIPPED),
    (S.PROCESSING, S.ON_HOLD),
    (S.PROCESSING, S.CANCELLED),
    (S.ON_HOLD, S.PAID),
    (S.ON_HOLD, S.PROCESSING),
    (S.ON_HOLD, S.CANCELLED),
    (S.SHIPPED, S.IN_TRANSIT),
    (S.SHIPPED, S.OUT_FOR_DELIVERY),
    (S.SHIPPED, S.DELIVERED),
    (S.IN_TRANSIT, S.OUT_FOR_DELIVERY),
    (S.IN_TRANSIT, S.DELIVERED),
    (S.OUT_FOR_DELIVERY, S.DELIVERED),
    (S.DELIVERED, S.COMPLETED),
    (S.REFUND_PENDING, S.REFUNDED),
    *((paid, S.REFUND_PENDING) for paid in REFUNDABLE),
    *((S.REFUND_PENDING, paid) for paid in REFUNDABLE),
}


def test_exactly_the_expected_edges_exist() -> None:
    edges = {(status, to) for status, targets in EDGES.items() for to in targets}

    assert edges == EXPECTED
    assert set(EDGES) == set(OrderStatus)


@given(st.lists(st.sampled_from(OrderStatus), max_size=12))
def test_no_walk_leads_back_before_the_payment_or_out_of_an_end(wishes: list[S]) -> None:
    status = S.PENDING
    was_paid = False
    for wish in wishes:
        if not can_move(status, wish):
            continue
        assert status not in (S.CANCELLED, S.REFUNDED)
        assert not (was_paid and wish in (S.PENDING, S.AWAITING_PAYMENT, S.FAILED))
        status = wish
        was_paid = was_paid or status is S.PAID


def test_what_has_left_the_house_cannot_be_cancelled() -> None:
    cancellable = {status for status in S if can_move(status, S.CANCELLED)}

    assert cancellable == CANCELLABLE


@pytest.mark.needs_postgres
async def test_every_pair_is_moved_with_its_history_or_refused_without(
    market: Market, placed: int
) -> None:
    refused = set()

    for status, to in itertools.product(S, S):
        async with market.database.unit_of_work() as session:
            order = await service.lock(session, placed)
            order.status = status
            order.refunded_minor = 0
            await session.flush()
            before = len((await service.get_order_view(session, placed)).history)
            actor = Actor(ActorKind.STAFF, None, "Sam")
            try:
                await service.move(session, order, to, actor=actor, now=market.clock.now())
            except StatusRefused:
                refused.add((status, to))
                continue
            history = (await service.get_order_view(session, placed)).history
            assert len(history) == before + 1
            assert (history[-1].status, history[-1].actor) == (to, "Sam")

    assert refused == set(itertools.product(S, S)) - EXPECTED


class Broken(Exception):
    """Whatever may go wrong before a commit."""


async def cancel_and_break(market: Market, order_id: int) -> None:
    async with market.database.unit_of_work() as session:
        order = await service.lock(session, order_id)
        await service.move(session, order, S.CANCELLED, actor=SYSTEM, now=market.clock.now())
        raise Broken


@pytest.mark.needs_postgres
async def test_a_move_whose_transaction_fails_leaves_no_history(
    market: Market, placed: int
) -> None:
    before = await market.view(placed)

    with pytest.raises(Broken):
        await cancel_and_break(market, placed)

    assert await market.view(placed) == before


@pytest.mark.needs_postgres
async def test_history_cannot_be_rewritten(market: Market, placed: int) -> None:
    for statement in ("UPDATE order_history SET comment = 'x'", "DELETE FROM order_history"):
        with pytest.raises(DBAPIError, match="append-only"):
            await market.scalar(statement)


@pytest.mark.needs_postgres
async def test_an_event_nobody_listens_to_is_fine(market: Market, placed: int) -> None:
    view = await market.view(placed)
    event = OrderStatusChanged(
        placed, view.number, None, market.clock.now(), previous=S.PENDING, status=S.PAID
    )

    async with market.database.unit_of_work() as session:
        await emit(session, event)
