import json
from datetime import timedelta

import pytest

from scentd.store import documents, outbox
from scentd.store.errors import EditsFull, EditTooLarge


def edits(connection):
    return [
        json.loads(row["line"])["body"]
        for row in connection.execute("SELECT line FROM outbox ORDER BY seq")
    ]


def test_an_edit_is_kept_and_told(connection, clock):
    number = documents.record_edit(connection, "rule", "r1", "name", "Guests")

    assert number == 1
    assert documents.shared_documents(connection, "rule") == {"r1": {"name": "Guests"}}
    (edit,) = edits(connection)
    assert (edit["kind"], edit["key"], edit["field"], edit["value"]) == (
        "rule",
        "r1",
        "name",
        "Guests",
    )
    assert edit["stamp"] >> 16 == int(clock.now().timestamp() * 1000)


def test_setting_what_is_already_so_tells_nothing(connection):
    documents.record_edit(connection, "rule", "r1", "logic", {"a": 1, "b": [2]})

    assert documents.record_edit(connection, "rule", "r1", "logic", {"b": [2], "a": 1}) == 0
    assert len(edits(connection)) == 1


def test_edits_of_one_field_that_were_not_sent_become_one_in_the_first_place(connection):
    first = documents.record_edit(connection, "rule", "r1", "name", "One")
    documents.record_edit(connection, "rule", "r1", "enabled", False)

    again = documents.record_edit(connection, "rule", "r1", "name", "Two")

    assert again == first
    assert [edit["value"] for edit in edits(connection)] == ["Two", False]


def test_an_edit_that_may_have_been_sent_is_followed_by_a_new_one(connection):
    documents.record_edit(connection, "rule", "r1", "name", "One")
    connection.execute("UPDATE sync SET sent = 1")

    documents.record_edit(connection, "rule", "r1", "name", "Two")

    assert [edit["value"] for edit in edits(connection)] == ["One", "Two"]


def test_stamps_rise_even_when_the_clock_falls_back(connection, clock):
    documents.record_edit(connection, "rule", "r1", "name", "One")
    clock.step(timedelta(days=-1))
    documents.record_edit(connection, "rule", "r2", "name", "Two")

    first, second = (edit["stamp"] for edit in edits(connection))
    assert second > first


def test_a_deleted_document_is_not_listed_until_somebody_brings_it_back(connection):
    documents.record_edit(connection, "rule", "r1", "name", "One")
    documents.record_edit(connection, "rule", "r1", "deleted", True)
    documents.record_edit(connection, "rule", "r1", "name", "Two")
    gone = documents.shared_documents(connection, "rule")

    documents.record_edit(connection, "rule", "r1", "deleted", False)

    assert gone == {}
    assert documents.shared_documents(connection, "rule") == {"r1": {"name": "Two"}}


def test_kinds_do_not_mix(connection):
    documents.record_edit(connection, "rule", "x", "name", "Rule")
    documents.record_edit(connection, "schedule", "x", "name", "Schedule")

    assert documents.shared_documents(connection, "rule") == {"x": {"name": "Rule"}}


def test_an_edit_too_large_for_a_batch_is_refused_with_its_field(connection):
    with pytest.raises(EditTooLarge) as caught:
        documents.record_edit(connection, "rule", "r1", "logic", "x" * 70_000)

    assert caught.value.field == "logic"
    assert outbox.waiting(connection) == 0


def test_too_many_unsent_edits_refuse_a_new_one_but_not_a_change_of_one(connection):
    connection.execute("BEGIN")
    for number in range(documents.MAX_WAITING_EDITS):
        documents.record_edit(connection, "rule", f"r{number}", "name", "x")

    with pytest.raises(EditsFull):
        documents.record_edit(connection, "rule", "one-more", "name", "x")
    documents.record_edit(connection, "rule", "r1", "name", "changed")

    assert documents.shared_documents(connection, "rule")["r1"] == {"name": "changed"}


def test_documents_of_the_cloud_are_read_by_kind(connection):
    for kind, key in (("reorder", "d1/1"), ("reorder", "d2/1"), ("catalogue", "SKU")):
        connection.execute(
            "INSERT INTO cloud_documents VALUES (?, ?, 1, ?)", (kind, key, '{"a": 1}')
        )

    assert documents.documents(connection, "reorder") == {"d1/1": {"a": 1}, "d2/1": {"a": 1}}
