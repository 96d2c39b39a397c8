"""Documents: versions without holes, edits merged field by field, nothing missed by a cursor."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.foundation.jobs import PeriodicRun
from cloud.hubs import service
from cloud.hubs.errors import CursorTooOld, DocumentChanged
from cloud.hubs.events import ReorderPreferenceChanged
from cloud.hubs.jobs import TOMBSTONES_KEPT, forget_tombstones
from cloud.hubs.service.changes import changes, snapshot
from tests.fakes.hub import START, SpokenHub, cartridge, edit

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
def publish(cloud):
    async def publish(kind, key, body):
        async with cloud.database.unit_of_work() as session:
            return await service.publish(session, cloud.key.household_id, kind, key, body)

    return publish


@pytest.fixture
def account_edits(cloud):
    async def change(key, fields, **options):
        async with cloud.database.unit_of_work() as session:
            return await service.edit(
                session,
                cloud.key.household_id,
                ("rule", key),
                fields,
                now=cloud.clock.now(),
                **options,
            )

    return change


@pytest.fixture
def changes_since(cloud):
    async def ask(since, limit=200):
        async with cloud.database.reading() as connection:
            return await changes(
                connection,
                cloud.key.household_id,
                since=since,
                limit=limit,
                now=cloud.clock.now(),
            )

    return ask


async def test_a_published_document_is_told_and_a_repeat_is_not(publish, changes_since):
    first = await publish("reorder", "d1/1", {"state": "paid"})
    again = await publish("reorder", "d1/1", {"state": "paid"})

    page = await changes_since(0)

    assert (first, again) == (1, 1)
    assert [(doc.key, doc.version, doc.body) for doc in page.documents] == [
        ("d1/1", 1, {"state": "paid"})
    ]
    assert (page.next, page.more) == (1, False)


async def test_a_deleted_document_is_told_as_gone(publish, changes_since):
    await publish("reorder", "d1/1", {"state": "paid"})
    await publish("reorder", "d1/1", None)

    page = await changes_since(1)

    assert [(doc.key, doc.body) for doc in page.documents] == [("d1/1", None)]


async def test_a_transaction_that_rolls_back_takes_no_version(cloud, publish):
    with pytest.raises(ZeroDivisionError):
        await _publish_and_fail(cloud)

    assert await publish("reorder", "d1/1", {"state": "paid"}) == 1


async def _publish_and_fail(cloud):
    async with cloud.database.unit_of_work() as session:
        await service.publish(session, cloud.key.household_id, "reorder", "x", {"a": 1})
        raise ZeroDivisionError


async def test_a_reader_beside_eight_writers_misses_nothing(cloud, publish, changes_since):
    seen: dict[str, int] = {}
    writers = [asyncio.create_task(_write_some(publish, number)) for number in range(8)]
    cursor = 0
    while not all(writer.done() for writer in writers) or (await changes_since(cursor)).documents:
        page = await changes_since(cursor, limit=7)
        for document in page.documents:
            assert document.version > cursor
            seen[document.key] = document.body["n"]
        cursor = page.next

    assert seen == {f"w{number}-{n % 3}": n for number in range(8) for n in (9, 10, 11)}
    assert await cloud.version() == 8 * 12


async def _write_some(publish, number):
    for n in range(12):
        await publish("reorder", f"w{number}-{n % 3}", {"n": n})


async def test_an_edit_of_the_account_wins_over_what_the_cloud_has_seen(
    cloud, spoken, account_edits
):
    ahead = START + timedelta(minutes=4)
    spoken.says("document.edit", edit("name", "Hub", at=ahead))
    await cloud.take(spoken)

    await account_edits("r1", {"name": "Account"})

    assert json.loads((await cloud.fields())["rule", "r1", "name"]) == "Account"


async def test_an_edit_on_an_old_page_is_refused_and_changes_nothing(cloud, account_edits):
    version = await account_edits("r1", {"name": "One"}, if_version=0)
    await account_edits("r1", {"name": "Two"}, if_version=version)

    with pytest.raises(DocumentChanged) as caught:
        await account_edits("r1", {"name": "Three"}, if_version=version)

    assert caught.value.wire_facts() == {"version": 2}
    assert json.loads((await cloud.fields())["rule", "r1", "name"]) == "Two"


async def test_of_two_edits_of_a_field_the_later_stands_whichever_comes_first(cloud, spoken):
    spoken.says("document.edit", edit("name", "Later", at=START))
    spoken.says("document.edit", edit("name", "Earlier", at=START - timedelta(hours=1)))
    spoken.says("document.edit", edit("enabled", value=False, at=START - timedelta(hours=2)))

    await cloud.take(spoken)

    assert {key[2]: json.loads(value) for key, value in (await cloud.fields()).items()} == {
        "name": "Later",
        "enabled": False,
    }


async def test_an_edit_from_the_future_is_refused_and_its_document_told_anew(
    cloud, spoken, changes_since
):
    spoken.says("document.edit", edit("name", "Sound"))
    spoken.says("document.edit", edit("name", "Tomorrow", at=START + timedelta(days=1)))

    await cloud.take(spoken)

    page = await changes_since(0)
    assert [reject.code for reject in await cloud.rejects()] == ["stamp_ahead"]
    (document,) = page.documents
    assert document.reset
    assert json.loads(document.fields["name"].value) == "Sound"
    assert not (await changes_since(page.next)).documents


@pytest.mark.parametrize(
    "body",
    [
        edit("name", "x", kind="furniture"),
        edit("", "x"),
        edit("name", "x" * 70_000),
        edit("name", "x", key="k" * 200),
        {**edit("name", "x"), "stamp": -1},
        {**edit("name", "x"), "stamp": 2**63},
    ],
)
async def test_an_edit_that_cannot_be_is_put_aside(cloud, spoken, body):
    spoken.says("document.edit", body)

    await cloud.take(spoken)

    assert len(await cloud.rejects()) == 1
    assert await cloud.fields() == {}


async def test_whole_numbers_of_any_size_survive(cloud, spoken):
    spoken.says("document.edit", edit("logic", {"big": 2**80, "half": 0.5, "none": None}))

    await cloud.take(spoken)

    assert json.loads((await cloud.fields())["rule", "r1", "logic"]) == {
        "big": 2**80,
        "half": 0.5,
        "none": None,
    }


async def test_a_changed_reorder_mode_is_news_of_its_slot(cloud, spoken, heard):
    spoken.says("cartridge.fitted", cartridge())
    spoken.says("document.edit", edit("mode", "automatic", kind="reorder_preference", key="d1/1"))
    spoken.says("document.edit", edit("mode", "off", kind="reorder_preference", key="unknown/1"))

    await cloud.take(spoken)

    (slot,) = await cloud.slots()
    assert heard.of(ReorderPreferenceChanged) == [
        ReorderPreferenceChanged(cloud.key.household_id, slot.id, "automatic")
    ]


async def test_two_hubs_of_a_household_edit_one_document(cloud, spoken, make_household):
    spoken.says("document.edit", edit("name", "From A", node="a"))
    other = SpokenHub(lineage="aa" * 16)
    other.says("document.edit", edit("enabled", value=True, node="b"))

    await asyncio.gather(cloud.take(spoken), cloud.take(other))

    assert len(await cloud.fields()) == 2
    assert await cloud.version() == 2


async def test_a_deletion_is_kept_400_days_and_then_asks_for_a_snapshot(
    cloud, publish, changes_since
):
    await publish("reorder", "kept", {"n": 1})
    await publish("reorder", "gone", {"n": 2})
    await publish("reorder", "gone", None)

    await _sweep(cloud, TOMBSTONES_KEPT - timedelta(days=1))
    early = await changes_since(0)
    await _sweep(cloud, TOMBSTONES_KEPT + timedelta(days=1))
    with pytest.raises(CursorTooOld):
        await changes_since(0)
    async with cloud.database.reading() as connection:
        everything = await snapshot(connection, cloud.key.household_id, now=cloud.clock.now())

    assert {doc.key for doc in early.documents} == {"kept", "gone"}
    assert [doc.key for doc in everything.documents] == ["kept"]
    assert everything.version == 3
    assert (await changes_since(3)).documents == ()


async def _sweep(cloud, age):
    """Run the job as if so much time had passed since the deletion was written."""
    async with cloud.database.unit_of_work() as session:
        now = await session.scalar(text("SELECT now()"))
        await forget_tombstones(session, PeriodicRun(now=now + age, since=None))
