"""Reserving, selling and taking back bottles, one after another."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.inventory import jobs
from cloud.inventory.errors import MoreThanSold, OutOfStock, ReservationLapsed, StockNegative
from cloud.inventory.kinds import MovementKind
from cloud.inventory.models import (
    StockLevel,
    StockMovement,
    StockReservation,
)
from cloud.inventory.service import (
    LowStock,
    StockLine,
    Unexplained,
    availability,
    available,
    consume,
    correct,
    extend,
    list_low,
    list_unexplained,
    receive,
    release,
    reserve,
    restock,
)
from cloud.reorders.fleet import FleetReader
from tests.fakes.clock import ManualClock
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

QUARTER = timedelta(minutes=15)


@pytest.fixture
async def variant_id(database):
    """A variant with ten bottles."""
    async with database.unit_of_work() as session:
        return (await put_on_shelf(session, bottles=10)).id


async def _on_hand(session, variant_id):
    return await session.scalar(
        select(StockLevel.on_hand).where(StockLevel.variant_id == variant_id)
    )


async def test_a_reservation_is_seen_by_everybody_and_ends_by_itself(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 4)], QUARTER, clock.now())

    async with database.unit_of_work() as session:
        during = await available(session, variant_id, clock.now())
        last_moment = await available(
            session, variant_id, clock.now() + QUARTER - timedelta(microseconds=1)
        )
        after = await available(session, variant_id, clock.now() + QUARTER)

    assert (during, last_moment, after) == (6, 6, 10)


async def test_two_lines_of_one_variant_count_together(database, clock, variant_id):
    lines = [StockLine(variant_id, 6), StockLine(variant_id, 5)]
    async with database.unit_of_work() as session:
        with pytest.raises(OutOfStock) as caught:
            await reserve(session, "order:1", lines, QUARTER, clock.now())

    (shortage,) = caught.value.shortages
    assert (shortage.asked, shortage.available) == (11, 10)
    assert caught.value.wire_facts() == {
        "shortages": [{"variant_id": variant_id, "asked": 11, "available": 10}]
    }


async def test_all_lines_are_reserved_or_none(database, clock, variant_id):
    async with database.unit_of_work() as session:
        scarce = (await put_on_shelf(session, "LAVFLD-30", bottles=1)).id
        lines = [StockLine(variant_id, 2), StockLine(scarce, 2)]

        with pytest.raises(OutOfStock) as caught:
            await reserve(session, "order:1", lines, QUARTER, clock.now())

        assert [one.variant_id for one in caught.value.shortages] == [scarce]
        assert await availability(session, [variant_id, scarce], clock.now()) == {
            variant_id: 10,
            scarce: 1,
        }


async def test_what_was_never_stocked_cannot_be_reserved(database, clock):
    async with database.unit_of_work() as session:
        variant = await put_on_shelf(session, bottles=0)

        with pytest.raises(OutOfStock):
            await reserve(session, "order:1", [StockLine(variant.id, 1)], QUARTER, clock.now())
        assert await available(session, variant.id, clock.now()) == 0


async def test_reserving_again_replaces_what_the_holder_had(database, clock, variant_id):
    async with database.unit_of_work() as session:
        other = (await put_on_shelf(session, "LAVFLD-30", bottles=5)).id
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())

        await reserve(session, "order:1", [StockLine(variant_id, 9)], QUARTER, clock.now())
        assert await available(session, variant_id, clock.now()) == 1
        await reserve(session, "order:1", [StockLine(other, 1)], QUARTER, clock.now())

        assert await available(session, variant_id, clock.now()) == 10
        assert await available(session, other, clock.now()) == 4


async def test_reserving_nothing_gives_back_what_was_held(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())

        await reserve(session, "order:1", [], QUARTER, clock.now())

        assert await available(session, variant_id, clock.now()) == 10


async def test_a_refused_change_leaves_what_was_held(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())

        with pytest.raises(OutOfStock):
            await reserve(session, "order:1", [StockLine(variant_id, 11)], QUARTER, clock.now())

        assert await available(session, variant_id, clock.now()) == 2


def test_a_line_of_no_bottles_cannot_be_written():
    with pytest.raises(ValueError, match="at least one"):
        StockLine(1, 0)


async def test_a_reservation_is_extended_and_never_shortened(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())
        await extend(session, "order:1", timedelta(minutes=30), clock.now())
        await extend(session, "order:1", timedelta(minutes=1), clock.now())

        late = clock.now() + timedelta(minutes=29)
        assert await available(session, variant_id, late) == 2


async def test_a_reservation_that_ended_cannot_be_extended(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())

        with pytest.raises(ReservationLapsed):
            await extend(session, "order:1", QUARTER, clock.now() + QUARTER)
        with pytest.raises(ReservationLapsed):
            await extend(session, "order:2", QUARTER, clock.now())


async def test_released_bottles_can_be_had_again(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())

        await release(session, "order:1")
        await release(session, "order:1")

        assert await available(session, variant_id, clock.now()) == 10


async def test_consuming_sells_what_was_reserved_once(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 3)], QUARTER, clock.now())

        await consume(session, "order:1", 1, clock.now())
        await consume(session, "order:1", 1, clock.now())

        assert await _on_hand(session, variant_id) == 7
        assert await available(session, variant_id, clock.now()) == 7
        sold = await session.scalars(
            select(StockMovement).where(StockMovement.kind == MovementKind.SOLD)
        )
        assert [(one.delta, one.on_hand_after, one.order_id) for one in sold] == [(-3, 7, 1)]


async def test_a_second_reservation_of_a_served_order_is_dropped(database, clock, variant_id):
    async with database.unit_of_work() as session:
        for _ in range(2):
            await reserve(session, "order:1", [StockLine(variant_id, 3)], QUARTER, clock.now())
            await consume(session, "order:1", 1, clock.now())

        assert await available(session, variant_id, clock.now()) == 7


async def test_a_late_payment_finds_its_reservation_lapsed_and_may_reserve_again(
    database, clock, variant_id
):
    lines = [StockLine(variant_id, 8)]
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", lines, QUARTER, clock.now())
        late = clock.now() + QUARTER

        with pytest.raises(ReservationLapsed):
            await consume(session, "order:1", 1, late)
        await reserve(session, "order:1", lines, QUARTER, late)
        await consume(session, "order:1", 1, late)

        assert await _on_hand(session, variant_id) == 2


async def test_bottles_that_went_to_another_meanwhile_are_not_sold_twice(
    database, clock, variant_id
):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 8)], QUARTER, clock.now())
        await correct(session, variant_id, -5, "broken in the store room")

        with pytest.raises(ReservationLapsed):
            await consume(session, "order:1", 1, clock.now())

        assert await _on_hand(session, variant_id) == 5


async def test_consuming_what_nobody_reserved_is_refused(database, clock):
    async with database.unit_of_work() as session:
        with pytest.raises(ReservationLapsed):
            await consume(session, "order:9", 9, clock.now())


async def test_returned_bottles_are_back_on_the_shelf_but_never_more_than_were_sold(
    database, clock, variant_id
):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 3)], QUARTER, clock.now())
        await consume(session, "order:1", 1, clock.now())

        await restock(session, 1, [StockLine(variant_id, 2)], "returned unopened")
        with pytest.raises(MoreThanSold) as caught:
            await restock(session, 1, [StockLine(variant_id, 2)], "returned unopened")

        assert caught.value.outside == 1
        assert await _on_hand(session, variant_id) == 9


async def test_an_order_cannot_give_back_what_it_never_took(database, variant_id):
    async with database.unit_of_work() as session:
        with pytest.raises(MoreThanSold):
            await restock(session, 1, [StockLine(variant_id, 1)], "found")


async def test_every_change_of_stock_is_explained_by_the_ledger(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await receive(session, variant_id, 20, "delivery 7")
        await correct(session, variant_id, -1, "broken")
        await correct(session, variant_id, 0, "counted")
        await reserve(session, "order:1", [StockLine(variant_id, 4)], QUARTER, clock.now())
        await consume(session, "order:1", 1, clock.now())
        await restock(session, 1, [StockLine(variant_id, 1)], "returned")

        movements = (await session.scalars(select(StockMovement).order_by(StockMovement.id))).all()
        assert [one.on_hand_after for one in movements] == [10, 30, 29, 25, 26]
        assert await list_unexplained(session) == []


async def test_stock_cannot_be_corrected_below_nothing(database, variant_id):
    async with database.unit_of_work() as session:
        with pytest.raises(StockNegative) as caught:
            await correct(session, variant_id, -11, "counted")

    assert caught.value.on_hand == 10


async def test_low_stock_counts_what_is_set_aside(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await put_on_shelf(session, "LAVFLD-30", bottles=6)
        assert await list_low(session, clock.now()) == []

        await reserve(session, "order:1", [StockLine(variant_id, 7)], QUARTER, clock.now())

        assert await list_low(session, clock.now()) == [LowStock(variant_id, 3, 5)]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        (update(StockLevel).values(on_hand=-4), "ck_stock_levels_on_hand"),
        (update(StockLevel).values(low_stock_at=-1), "ck_stock_levels_low_stock_at"),
        (update(StockReservation).values(quantity=0), "ck_stock_reservations_quantity"),
        (update(StockReservation).values(holder=""), "ck_stock_reservations_holder"),
        (update(StockReservation).values(variant_id=404), "fk_stock_reservations_variant_id"),
        (update(StockMovement).values(note="rewritten"), "never changed"),
        (delete(StockMovement), "never changed"),
    ],
)
async def test_impossible_stock_is_refused_whoever_writes_it(
    database, clock, variant_id, change, constraint
):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 4)], QUARTER, clock.now())

    with pytest.raises(IntegrityError, match=constraint):
        async with database.unit_of_work() as session:
            await session.execute(change)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"delta": 0, "kind": "CORRECTED"}, "ck_stock_movements_delta"),
        ({"delta": 1, "kind": "SOLD", "order_id": 1}, "ck_stock_movements_sold"),
        ({"delta": -1, "kind": "SOLD"}, "ck_stock_movements_sold"),
        ({"delta": -1, "kind": "RETURNED", "order_id": 1}, "ck_stock_movements_returned"),
        ({"delta": -1, "kind": "RECEIVED"}, "ck_stock_movements_received"),
        ({"delta": 1, "kind": "RECEIVED", "on_hand_after": -1}, "ck_stock_movements_on_hand_after"),
    ],
)
async def test_an_entry_of_the_ledger_that_cannot_be_is_refused(
    database, variant_id, facts, constraint
):
    entry = {"on_hand_after": 1, "note": "", "order_id": None, "variant_id": variant_id} | facts

    with pytest.raises(IntegrityError, match=constraint):
        async with database.unit_of_work() as session:
            session.add(StockMovement(**entry | {"kind": MovementKind(entry["kind"])}))


async def test_sweeping_removes_old_rows_and_leaves_live_ones(database, clock, variant_id):
    async with database.unit_of_work() as session:
        for order, ago in ((1, timedelta(days=3)), (2, timedelta())):
            line = StockLine(variant_id, 1)
            await reserve(session, f"order:{order}", [line], QUARTER, clock.now() - ago)

        await jobs.sweep(session, PeriodicRun(now=clock.now(), since=None))

        holders = await session.scalars(select(StockReservation.holder))
        assert holders.all() == ["order:2"]


async def test_the_nightly_check_names_stock_that_nobody_can_explain(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE stock_levels SET on_hand = 12"))
        assert await list_unexplained(session) == [Unexplained(variant_id, 12, 10)]

        with capture_logs() as logs:
            await jobs.check_ledger(session, PeriodicRun(now=clock.now(), since=None))

    assert [(one["event"], one["booked"]) for one in logs] == [("stock_unexplained", 10)]


def test_the_jobs_are_registered():
    registry = JobRegistry()

    jobs.register(registry, FleetReader(), ManualClock())

    assert set(registry.periodic) == {
        "inventory.sweep",
        "inventory.check_ledger",
        "inventory.forecast",
        "inventory.watch",
    }
