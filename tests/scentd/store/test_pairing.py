from datetime import UTC, datetime

from scentd.store import documents, lineage, outbox, pairing

OFFER = pairing.Offer(
    cloud_url="https://shop.example",
    key_name="k1",
    device_code="secret",
    user_code="BCDF-GHJK",
    verification_url="https://shop.example/pair",
    verification_url_complete="https://shop.example/pair?code=BCDF-GHJK",
    words=("amber", "cedar", "river", "zebra"),
    expires_at=datetime(2026, 3, 2, 12, 10, tzinfo=UTC),
    interval_s=5.0,
)


def accept(connection):
    pairing.put_offer(connection, OFFER)
    pairing.accept(
        connection, OFFER, hub_id=7, household_name="Home", audience="https://shop.example"
    )


def test_an_offer_survives_a_restart(connection):
    pairing.put_offer(connection, OFFER)

    assert pairing.find_offer(connection) == OFFER


def test_an_accepted_offer_is_a_pairing(connection, clock):
    accept(connection)

    paired = pairing.find_pairing(connection)
    assert pairing.find_offer(connection) is None
    assert (paired.hub_id, paired.key_name, paired.household_name) == (7, "k1", "Home")
    assert paired.paired_at == clock.now()
    assert not paired.is_revoked


def test_a_new_account_gets_a_log_of_its_own_and_every_document(connection):
    documents.record_edit(connection, "rule", "r1", "name", "Old")
    batch = lineage.next_batch(connection, most_events=9, most_bytes=9_999)
    lineage.take_ack(connection, batch.lineage, batch.last, batch.chain)
    documents.record_edit(connection, "rule", "r2", "name", "Waiting")
    connection.execute("INSERT INTO cloud_documents VALUES ('reorder', 'd1/1', 1, '{}')")

    accept(connection)

    assert lineage.position(connection).lineage != batch.lineage
    assert outbox.waiting(connection) == 2
    assert documents.documents(connection, "reorder") == {}
    assert set(documents.shared_documents(connection, "rule")) == {"r1", "r2"}


def test_a_revoked_pairing_keeps_what_waits(connection):
    accept(connection)
    documents.record_edit(connection, "rule", "r1", "name", "Mine")

    pairing.mark_revoked(connection)

    assert pairing.find_pairing(connection).is_revoked
    assert outbox.waiting(connection) == 1


def test_a_hub_without_an_account_shows_nothing_of_it(connection):
    accept(connection)
    connection.execute("INSERT INTO cloud_documents VALUES ('reorder', 'd1/1', 1, '{}')")

    pairing.drop_pairing(connection)

    assert pairing.find_pairing(connection) is None
    assert documents.documents(connection, "reorder") == {}
