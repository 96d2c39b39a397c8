import json

import pytest

from scentd.contracts.merging import canonical
from scentd.contracts.sync import (
    ChangesV1,
    CloudDocumentV1,
    FieldV1,
    SharedDocumentV1,
    SnapshotV1,
)
from scentd.store import arrivals, documents, lineage

LATER = 1 << 62


def page(*changed, since=0, next_=None):
    last = max((document.version for document in changed), default=since)
    return ChangesV1(
        since=since,
        next=next_ if next_ is not None else last,
        more=False,
        server_ms=0,
        documents=changed,
    )


def order(version=1, body=None, key="d1/1"):
    return CloudDocumentV1(kind="reorder", key=key, version=version, body=body or {"state": "paid"})


def rule(version=1, *, stamp=LATER, reset=False, key="r1", **values):
    fields = {
        name: FieldV1(value=canonical(value), stamp=stamp, node="cloud")
        for name, value in values.items()
    }
    return SharedDocumentV1(kind="rule", key=key, version=version, reset=reset, fields=fields)


def test_a_page_is_applied_with_its_cursor(connection):
    changed = arrivals.apply_page(connection, page(order(), rule(2, name="Guests")))

    assert changed == {"reorder", "rule"}
    assert arrivals.cursor(connection) == 2
    assert documents.documents(connection, "reorder") == {"d1/1": {"state": "paid"}}
    assert documents.shared_documents(connection, "rule") == {"r1": {"name": "Guests"}}


def test_a_page_that_does_not_begin_at_the_cursor_changes_nothing(connection):
    arrivals.apply_page(connection, page(order(3)))

    assert arrivals.apply_page(connection, page(order(2, {"state": "ordered"}))) == frozenset()
    assert documents.documents(connection, "reorder") == {"d1/1": {"state": "paid"}}
    assert arrivals.cursor(connection) == 3


def test_a_cloud_document_never_goes_back(connection):
    arrivals.apply_page(connection, page(order(5)))

    arrivals.apply_page(connection, page(order(4, {"state": "old"}), since=5, next_=6))

    assert documents.documents(connection, "reorder") == {"d1/1": {"state": "paid"}}


def test_a_deleted_cloud_document_goes(connection):
    arrivals.apply_page(connection, page(order()))
    gone = CloudDocumentV1(kind="reorder", key="d1/1", version=2, body=None)

    assert arrivals.apply_page(connection, page(gone, since=1)) == {"reorder"}
    assert documents.documents(connection, "reorder") == {}


def test_nothing_new_is_no_news(connection):
    arrivals.apply_page(connection, page(order(), rule(2, name="A")))

    again = page(order(3), rule(4, name="A"), since=2)

    assert arrivals.apply_page(connection, again) == frozenset()


def test_the_later_edit_of_a_field_stands(connection):
    documents.record_edit(connection, "rule", "r1", "name", "Mine")
    documents.record_edit(connection, "rule", "r1", "enabled", value=True)
    earlier = rule(1, stamp=1, name="Old", enabled=False)

    arrivals.apply_page(connection, page(earlier))
    assert documents.shared_documents(connection, "rule")["r1"] == {"name": "Mine", "enabled": True}

    arrivals.apply_page(connection, page(rule(2, name="New"), since=1))
    assert documents.shared_documents(connection, "rule")["r1"] == {"name": "New", "enabled": True}


def test_an_edit_made_after_seeing_another_wins_over_it(connection):
    ahead = (1 << 62) + 5
    arrivals.apply_page(connection, page(rule(1, stamp=ahead, name="From tomorrow")))

    documents.record_edit(connection, "rule", "r1", "name", "Mine")

    body = json.loads(connection.execute("SELECT line FROM outbox").fetchone()["line"])["body"]
    assert body["stamp"] > ahead


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_reset_replaces_what_was_confirmed_and_spares_what_waits(connection, is_confirmed):
    documents.record_edit(connection, "rule", "r1", "name", "Mine")
    documents.record_edit(connection, "rule", "r1", "room", "Hall")
    if is_confirmed:
        batch = lineage.next_batch(connection, most_events=9, most_bytes=9_999)
        lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)

    arrivals.apply_page(connection, page(rule(1, stamp=1, reset=True, name="Cloud")))

    held = documents.shared_documents(connection, "rule")["r1"]
    assert held == ({"name": "Cloud"} if is_confirmed else {"name": "Mine", "room": "Hall"})


def test_a_snapshot_leaves_what_it_has_and_edits_that_wait(connection):
    arrivals.apply_page(connection, page(order(), rule(2, name="Gone"), order(3, key="d2/1")))
    documents.record_edit(connection, "rule", "waiting", "name", "Mine")
    snapshot = SnapshotV1(
        version=9,
        server_ms=0,
        documents=(order(8, {"state": "shipped"}), rule(7, key="r2", name="Kept")),
    )

    changed = arrivals.apply_snapshot(connection, snapshot)

    assert changed == {"reorder", "rule"}
    assert documents.documents(connection, "reorder") == {"d1/1": {"state": "shipped"}}
    assert documents.shared_documents(connection, "rule") == {
        "r2": {"name": "Kept"},
        "waiting": {"name": "Mine"},
    }
    assert arrivals.cursor(connection) == 9


def test_a_snapshot_of_an_older_cloud_is_believed(connection):
    arrivals.apply_page(connection, page(order(9)))

    arrivals.apply_snapshot(
        connection, SnapshotV1(version=2, server_ms=0, documents=(order(2, {"state": "old"}),))
    )

    assert documents.documents(connection, "reorder") == {"d1/1": {"state": "old"}}
    assert arrivals.cursor(connection) == 2


def test_a_reset_that_comes_while_its_edit_waits_is_looked_at_again(connection):
    """The edit was taken and refused, the answer to it lost; only the news of it came."""
    documents.record_edit(connection, "rule", "r1", "name", "Refused")
    batch = lineage.next_batch(connection, most_events=9, most_bytes=9_999)
    arrivals.apply_page(connection, page(order(1), next_=4))
    reset = page(rule(5, stamp=1, reset=True), since=4)
    arrivals.apply_page(connection, reset)
    meanwhile = documents.shared_documents(connection, "rule")

    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)
    cursor = arrivals.cursor(connection)
    arrivals.apply_page(connection, reset)

    assert meanwhile == {"r1": {"name": "Refused"}}
    assert cursor == 4
    assert documents.shared_documents(connection, "rule") == {}
    assert arrivals.cursor(connection) == 5
