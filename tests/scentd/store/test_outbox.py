import json
from datetime import timedelta

import pytest

from scentd.contracts.bodies import (
    CartridgeFittedV1,
    DiffuserSeenV1,
    EventClass,
    LevelV1,
    RuleFiredV1,
    SlotV1,
)
from scentd.store import outbox

FIRED = RuleFiredV1(rule_id="r1", verdict="ran", trigger="“27 °C” above 26\nline two")


def rows(connection):
    return connection.execute("SELECT * FROM outbox ORDER BY seq").fetchall()


def test_events_are_numbered_from_one_in_the_order_they_were_added(connection):
    numbers = [
        outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, FIRED) for _ in range(3)
    ]

    assert numbers == [1, 2, 3]
    assert [row["seq"] for row in rows(connection)] == [1, 2, 3]
    assert outbox.waiting(connection) == 3


def test_a_number_that_was_rolled_back_is_used_again(connection):
    connection.execute("BEGIN")
    outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, FIRED)
    connection.execute("ROLLBACK")

    assert outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, FIRED) == 1


def test_a_line_is_one_line_of_json_with_all_that_dates_it(connection, clock):
    clock.trusted = False

    outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, FIRED)

    (row,) = rows(connection)
    assert b"\n" not in row["line"]
    line = json.loads(row["line"])
    boot = line.pop("boot")
    assert len(boot) == 16
    assert line == {
        "kind": "rule.fired",
        "v": 1,
        "class": "history",
        "at_ms": int(clock.now().timestamp() * 1000),
        "mono_ms": 1_000_000,
        "clock_ok": False,
        "body": FIRED.model_dump(mode="json"),
    }


def test_facts_that_are_never_dropped_do_not_count_against_the_budget(connection):
    outbox.append(connection, EventClass.CRITICAL, "rule.fired", 1, FIRED)
    free = connection.execute("SELECT droppable_bytes FROM sync").fetchone()[0]
    outbox.append(connection, EventClass.DEBUG, "rule.fired", 1, FIRED)
    counted = connection.execute("SELECT droppable_bytes FROM sync").fetchone()[0]

    assert free == 0
    assert counted >= len(rows(connection)[1]["line"])
    assert outbox.waiting_facts(connection) == 1


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (FIRED, ""),
        (DiffuserSeenV1(diffuser_id="d1", dialect="native", name="Hall"), "d1"),
    ],
)
def test_an_event_is_about_what_its_body_names(connection, body, subject):
    outbox.append(connection, EventClass.STATE, "x", 1, body)

    assert rows(connection)[0]["subject"] == subject


def test_an_event_of_a_slot_is_about_the_slot(connection, clock):
    level = LevelV1(
        remaining_ul=1,
        capacity_ul=2,
        error_ul=0,
        quality="measured",
        at=clock.now() - timedelta(hours=1),
    )
    body = CartridgeFittedV1(
        slot=SlotV1(diffuser_id="d1", slot_no=2), install_id="i" * 8, cycle=1, level=level
    )

    outbox.append(connection, EventClass.CRITICAL, "cartridge.fitted", 1, body)

    assert rows(connection)[0]["subject"] == "d1/2"


async def test_state_and_event_commit_together_or_not_at_all(hub_database):
    def switch(connection):
        outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, FIRED)
        raise RuntimeError("the state could not be written")

    with pytest.raises(RuntimeError):
        await hub_database.write(switch)

    assert await hub_database.read(outbox.waiting) == 0
