import json
import sqlite3
from datetime import timedelta

import pytest

from scentd.contracts.bodies import EventClass, GapV1, RuleFiredV1
from scentd.contracts.history import GENESIS, extend_all
from scentd.contracts.moments import unix_ms
from scentd.store import documents, lineage, outbox
from scentd.store.lineage import Verdict


def say(connection, count=1):
    for _ in range(count):
        body = RuleFiredV1(rule_id="r", verdict="ran", trigger=str(outbox.waiting(connection)))
        outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, body)


def send(connection, most_events=500, most_bytes=256_000):
    return lineage.next_batch(connection, most_events=most_events, most_bytes=most_bytes)


def lines(connection):
    return [row["line"] for row in connection.execute("SELECT line FROM outbox ORDER BY seq")]


def test_nothing_to_send_is_no_batch(connection):
    assert send(connection) is None


def test_a_batch_holds_the_oldest_events_byte_for_byte_between_two_chains(connection):
    say(connection, 3)

    batch = send(connection, most_events=2)

    assert (batch.first, batch.last) == (1, 2)
    assert list(batch.lines) == lines(connection)[:2]
    assert (batch.prev_chain, batch.chain) == (GENESIS, extend_all(GENESIS, batch.lines))


def test_a_batch_stays_within_its_bytes_but_holds_at_least_one_event(connection):
    say(connection, 3)
    size = len(lines(connection)[0]) + 1

    assert len(send(connection, most_bytes=2 * size).lines) == 2
    assert len(send(connection, most_bytes=1).lines) == 1


def test_what_was_sent_is_frozen_and_what_was_not_is_not(connection):
    say(connection, 2)
    send(connection, most_events=1)

    connection.execute("UPDATE outbox SET line = x'00' WHERE seq = 2")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE outbox SET line = x'00' WHERE seq = 1")


def test_a_confirmed_batch_is_followed_by_the_next(connection):
    say(connection, 3)
    first = send(connection, most_events=2)

    verdict = lineage.take_ack(connection, first.lineage, first.last, first.chain)
    second = send(connection)

    assert verdict is Verdict.CONFIRMED
    assert (second.first, second.last, second.prev_chain) == (3, 3, first.chain)
    assert outbox.waiting(connection) == 1


def test_a_confirmation_that_comes_twice_or_late_changes_nothing(connection):
    say(connection, 2)
    first = send(connection, most_events=1)
    lineage.take_ack(connection, first.lineage, first.last, first.chain)
    second = send(connection)
    lineage.take_ack(connection, second.lineage, second.last, second.chain)
    before = lineage.position(connection)

    late = lineage.take_ack(connection, first.lineage, first.last, first.chain)
    again = lineage.take_ack(connection, second.lineage, second.last, second.chain)

    assert (late, again) == (Verdict.STALE, Verdict.SAME)
    assert lineage.position(connection) == before


def test_a_confirmation_with_another_chain_confirms_nothing_and_begins_a_new_lineage(connection):
    say(connection, 2)
    batch = send(connection)
    old = lineage.position(connection)

    verdict = lineage.take_ack(connection, batch.lineage, batch.last, b"\x01" * 16)

    new = lineage.position(connection)
    assert verdict is Verdict.FORKED
    assert new.lineage != old.lineage
    assert new.node != old.node
    assert (new.last, new.sent, new.acked, new.chain) == (2, 0, 0, GENESIS)
    assert send(connection).lines == batch.lines


def test_an_answer_about_another_lineage_changes_nothing(connection):
    say(connection)
    batch = send(connection)
    lineage.begin_lineage(connection)
    before = lineage.position(connection)

    verdict = lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)

    assert verdict is Verdict.STALE
    assert lineage.position(connection) == before


def test_a_lost_answer_is_made_good_by_the_position(connection):
    say(connection, 3)
    batch = send(connection, most_events=2)

    verdict = lineage.settle(connection, batch.last, batch.chain)

    assert verdict is Verdict.CONFIRMED
    assert send(connection).first == 3


def test_a_cloud_ahead_of_all_that_was_sent_means_this_file_is_a_copy(connection):
    say(connection, 3)
    send(connection, most_events=2)

    assert lineage.settle(connection, 3, b"\x01" * 16) is Verdict.FORKED
    assert lineage.position(connection).last == 3


def test_numbers_go_on_without_a_hole_in_a_new_lineage(connection):
    say(connection, 3)
    batch = send(connection, most_events=2)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)

    lineage.begin_lineage(connection)
    say(connection)

    assert [row[0] for row in connection.execute("SELECT seq FROM outbox ORDER BY seq")] == [1, 2]
    assert send(connection).last == 2


def test_a_gap_tells_its_new_numbers_in_a_new_lineage(connection):
    say(connection, 2)
    body = GapV1(first=3, last=10, count=8, kinds={"x": 8})
    outbox.append(connection, EventClass.CRITICAL, "gap", 1, body)
    connection.execute("UPDATE outbox SET last = 10 WHERE seq = 3")
    connection.execute("UPDATE sync SET last = 10")
    say(connection)
    batch = send(connection, most_events=1)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)

    lineage.begin_lineage(connection)

    numbers = connection.execute("SELECT seq, last FROM outbox ORDER BY seq").fetchall()
    assert [tuple(row) for row in numbers] == [(1, 1), (2, 9), (10, 10)]
    told = json.loads(lines(connection)[1])["body"]
    assert (told["first"], told["last"], told["count"]) == (2, 9, 8)


def test_a_cloud_that_lost_its_last_hours_gets_them_again(connection):
    say(connection, 3)
    positions = []
    for _ in range(3):
        batch = send(connection, most_events=1)
        lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)
        positions.append((batch.last, batch.chain))

    verdict = lineage.settle(connection, *positions[0])

    assert verdict is Verdict.REWOUND
    assert (send(connection).first, send(connection).last) == (2, 3)
    assert outbox.waiting(connection) == 2


def test_a_cloud_that_lost_the_whole_log_gets_it_again(connection):
    say(connection, 2)
    batch = send(connection)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)

    assert lineage.settle(connection, 0, GENESIS) is Verdict.REWOUND
    assert send(connection).lines == batch.lines


def test_a_cloud_that_lost_what_is_no_longer_here_starts_a_new_lineage(connection, clock):
    say(connection, 2)
    first = send(connection, most_events=1)
    lineage.take_ack(connection, first.lineage, first.last, first.chain)
    clock.step(timedelta(days=8))
    second = send(connection)
    lineage.take_ack(connection, second.lineage, second.last, second.chain)

    assert lineage.settle(connection, 0, GENESIS) is Verdict.FORKED


def test_a_position_that_later_confirmations_overtook_changes_nothing(connection, clock):
    say(connection, 3)
    asked = lineage.position(connection)
    for _ in range(2):
        batch = send(connection, most_events=1)
        lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)
        clock.step(timedelta(days=8))
    before = lineage.position(connection)

    late = lineage.take_position(connection, asked.lineage, asked.acked, 0, GENESIS)
    of_another = lineage.take_position(connection, "another", before.acked, 0, GENESIS)

    assert (late, of_another) == (Verdict.STALE, Verdict.STALE)
    assert lineage.position(connection) == before


def test_a_position_asked_for_now_is_believed(connection):
    say(connection, 2)
    batch = send(connection)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)
    asked = lineage.position(connection)

    verdict = lineage.take_position(connection, asked.lineage, asked.acked, 0, GENESIS)

    assert verdict is Verdict.REWOUND


def test_confirmed_events_are_kept_for_a_week(connection, clock):
    say(connection)
    first = send(connection)
    lineage.take_ack(connection, first.lineage, first.last, first.chain)
    kept = len(lines(connection))
    clock.step(timedelta(days=8))
    say(connection)
    second = send(connection)
    lineage.take_ack(connection, second.lineage, second.last, second.chain)

    assert kept == 1
    assert len(lines(connection)) == 1


def test_only_unconfirmed_events_count_against_the_budget(connection):
    say(connection, 2)
    full = connection.execute("SELECT droppable_bytes FROM sync").fetchone()[0]
    batch = send(connection, most_events=1)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)
    half = connection.execute("SELECT droppable_bytes FROM sync").fetchone()[0]
    lineage.settle(connection, 0, GENESIS)
    rewound = connection.execute("SELECT droppable_bytes FROM sync").fetchone()[0]

    assert half == full / 2
    assert rewound == full


class TestRestamp:
    def stamps(self, connection):
        return [json.loads(line)["body"]["stamp"] >> 16 for line in lines(connection)]

    def test_edits_of_an_untrusted_clock_get_the_clouds_time_in_their_own_order(
        self, connection, clock
    ):
        server_ms = unix_ms(clock.now())
        clock.step(timedelta(days=-20_000))
        clock.trusted = False
        documents.record_edit(connection, "rule", "r1", "name", "One")
        documents.record_edit(connection, "rule", "r2", "name", "Two")

        count = lineage.restamp(connection, server_ms)

        assert count == 2
        assert self.stamps(connection) == [server_ms, server_ms]
        full = [json.loads(line)["body"]["stamp"] for line in lines(connection)]
        assert full[0] < full[1]
        held = connection.execute("SELECT stamp FROM shared_fields ORDER BY key").fetchall()
        assert [row["stamp"] for row in held] == full

    def test_edits_from_the_future_come_back_to_the_present(self, connection, clock):
        server_ms = unix_ms(clock.now())
        clock.step(timedelta(days=1))
        documents.record_edit(connection, "rule", "r1", "name", "One")

        lineage.restamp(connection, server_ms)
        clock.step(timedelta(days=-1))
        documents.record_edit(connection, "rule", "r2", "name", "Two")

        assert self.stamps(connection) == [server_ms, server_ms]

    def test_sound_edits_and_edits_already_sent_stay_as_they_are(self, connection, clock):
        clock.trusted = False
        documents.record_edit(connection, "rule", "r1", "name", "One")
        send(connection)
        clock.trusted = True
        documents.record_edit(connection, "rule", "r2", "name", "Two")
        before = lines(connection)

        count = lineage.restamp(connection, unix_ms(clock.now() + timedelta(hours=3)))

        assert count == 0
        assert lines(connection) == before

    def test_it_is_done_once(self, connection, clock):
        clock.trusted = False
        documents.record_edit(connection, "rule", "r1", "name", "One")
        lineage.restamp(connection, unix_ms(clock.now()))

        assert lineage.restamp(connection, unix_ms(clock.now())) == 0
