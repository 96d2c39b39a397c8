import json
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scentd.contracts.bodies import DiffuserSeenV1, EventClass
from scentd.store import lineage, outbox, room
from scentd.store.connection import open_writer
from scentd.store.schema import apply_migrations
from tests.fakes.clock import ManualClock


def say(connection, event_class, subject="d1", kind="x"):
    body = DiffuserSeenV1(diffuser_id=subject, dialect="native", name="n" * 200)
    return outbox.append(connection, event_class, kind, 1, body)


def rows(connection):
    return connection.execute("SELECT * FROM outbox ORDER BY seq").fetchall()


def kept(connection):
    return [row["seq"] for row in rows(connection) if row["kind"] != "gap"]


def size_of_one(connection):
    return rows(connection)[0]["size"]


def test_within_the_budget_nothing_is_dropped(connection):
    say(connection, EventClass.DEBUG)

    assert room.make_room(connection, 1_000_000) == 0
    assert kept(connection) == [1]


def test_the_least_dear_goes_first(connection, clock):
    for event_class in (
        EventClass.HISTORY,
        EventClass.STATE,
        EventClass.TELEMETRY,
        EventClass.CRITICAL,
        EventClass.DEBUG,
    ):
        say(connection, event_class)
    size = size_of_one(connection)

    room.make_room(connection, size * 3 + size // 2)

    # Two must go to reach the low water: debug, then telemetry.
    assert kept(connection) == [1, 2, 4]


def test_facts_survive_any_budget(connection):
    for number in range(30):
        say(connection, EventClass.CRITICAL if number % 3 == 0 else EventClass.TELEMETRY)

    room.make_room(connection, 0)

    assert kept(connection) == [number for number in range(1, 31) if number % 3 == 1]


def test_telemetry_is_thinned_before_it_is_dropped(connection, clock):
    for _ in range(10):
        for subject in ("d1", "d2"):
            say(connection, EventClass.TELEMETRY, subject)
        clock.step(timedelta(seconds=10))
    size = size_of_one(connection)

    room.make_room(connection, int(6.7 * size))

    # One a minute for each of the two: those at 50 s and at 90 s.
    assert kept(connection) == [11, 12, 19, 20]


def test_of_device_state_the_last_of_each_is_dropped_after_history(connection):
    for subject in ("d1", "d2", "d1", "d2"):
        say(connection, EventClass.STATE, subject)
    say(connection, EventClass.HISTORY)
    size = size_of_one(connection)

    room.make_room(connection, int(size * 3.6))

    assert kept(connection) == [3, 4]


def test_what_may_have_been_sent_is_not_touched(connection):
    for _ in range(6):
        say(connection, EventClass.DEBUG)
    lineage.next_batch(connection, most_events=2, most_bytes=100_000)

    room.make_room(connection, 0)

    assert kept(connection) == [1, 2]


def test_neighbours_become_one_gap_even_when_dropped_one_after_another(connection):
    for event_class in (EventClass.TELEMETRY, EventClass.DEBUG, EventClass.TELEMETRY):
        say(connection, event_class, kind=event_class.value)
    say(connection, EventClass.CRITICAL)

    room.make_room(connection, 0)

    gap = rows(connection)[0]
    assert (gap["seq"], gap["last"]) == (1, 3)
    assert json.loads(gap["line"])["body"] == {
        "first": 1,
        "last": 3,
        "count": 3,
        "kinds": {"debug": 1, "telemetry": 2},
    }
    assert room.dropped_events(connection) == 3


def test_confirmed_events_go_before_anything_unsent_is_dropped(connection):
    for _ in range(4):
        say(connection, EventClass.DEBUG)
    batch = lineage.next_batch(connection, most_events=2, most_bytes=100_000)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)

    room.make_room(connection, 0)

    assert [row["kind"] for row in rows(connection)] == ["gap"]


CLASSES = st.sampled_from(list(EventClass))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), CLASSES, st.sampled_from(["d1", "d2"])),
        st.tuples(st.just("send"), st.integers(1, 4)),
        st.tuples(st.just("ack")),
        st.tuples(st.just("room"), st.integers(0, 3_000)),
        st.tuples(st.just("renew")),
    ),
    max_size=40,
)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_happens_the_log_has_no_hole_and_the_books_balance(tmp_path_factory, steps):
    clock = ManualClock()
    connection = open_writer(tmp_path_factory.mktemp("room") / "hub.db", clock)
    apply_migrations(connection)
    connection.execute("BEGIN")
    facts = 0
    sent = None
    for step, *details in steps:
        clock.step(timedelta(seconds=20))
        if step == "say":
            say(connection, *details)
            facts += details[0] is EventClass.CRITICAL
        elif step == "send":
            sent = lineage.next_batch(connection, most_events=details[0], most_bytes=99_999)
        elif step == "ack" and sent is not None:
            lineage.take_ack(connection, sent.lineage, sent.last, sent.chain)
        elif step == "room":
            room.make_room(connection, *details)
        elif step == "renew":
            lineage.begin_lineage(connection)
        _check(connection)
    connection.close()


def _check(connection):
    here = lineage.position(connection)
    unconfirmed = [row for row in rows(connection) if row["seq"] > here.acked]
    numbers = [(row["seq"], row["last"]) for row in unconfirmed]
    expected = here.acked + 1
    for first, last in numbers:
        assert first == expected
        expected = last + 1
    assert expected == here.last + 1
    for row in unconfirmed:
        if row["kind"] == "gap":
            told = json.loads(row["line"])["body"]
            assert (told["first"], told["last"]) == (row["seq"], row["last"])
            assert sum(told["kinds"].values()) == told["count"]
    counted = connection.execute("SELECT droppable_bytes FROM sync").fetchone()[0]
    assert counted == sum(row["size"] for row in unconfirmed)
