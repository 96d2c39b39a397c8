"""The book of schedules over a real database, and schedules as shared documents."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.contracts.merging import canonical
from scentd.model.events import DocumentsChanged
from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from scentd.schedules.documents import from_fields, to_fields
from scentd.schedules.errors import ScheduleInvalid, ScheduleUnknown
from tests.fakes.plans import entry, plan

WEEKEND = frozenset({Weekday.SATURDAY, Weekday.SUNDAY})


async def edits(home) -> list[tuple[str, object]]:
    lines = await home.database.read(
        lambda c: [row["line"] for row in c.execute("SELECT line FROM outbox ORDER BY seq")]
    )
    bodies = [json.loads(line)["body"] for line in lines]
    return [(body["field"], body["value"]) for body in bodies]


async def test_a_saved_schedule_is_there_after_a_restart(home) -> None:
    await home.book.save(plan(entry("a", "07:00", "09:00", 60)))

    await home.start()

    assert home.book.all() == (plan(entry("a", "07:00", "09:00", 60)),)


async def test_changing_one_weekday_tells_the_cloud_of_that_field_alone(home) -> None:
    weekend = replace(entry("a", "07:00", "09:00"), days=WEEKEND)
    await home.book.save(plan(weekend))
    told = len(await edits(home))

    saturday = replace(weekend, days=frozenset({Weekday.SATURDAY}))
    await home.book.save(plan(saturday))

    assert (await edits(home))[told:] == []
    assert dict(await edits(home))["sunday"] == []


async def test_a_deleted_schedule_is_gone_for_good(home) -> None:
    await home.book.save(plan(entry("a", "07:00", "09:00")))
    await home.book.delete("s")

    await home.start()

    assert home.book.all() == ()
    with pytest.raises(ScheduleUnknown):
        home.book.get("s")


async def test_a_schedule_may_come_back_after_it_was_deleted(home) -> None:
    await home.book.save(plan(entry("a", "07:00", "09:00")))
    await home.book.delete("s")

    await home.book.save(plan(entry("a", "07:00", "09:00")))
    await home.start()

    assert len(home.book.all()) == 1


async def test_a_schedule_whose_diffuser_was_taken_away_is_switched_off(home) -> None:
    gone = replace(plan(entry("a", "07:00", "09:00")), diffuser_id="toaster")
    await home.database.write(
        lambda c: c.executemany(
            "INSERT INTO shared_fields VALUES ('schedule', 's', ?, ?, 1, 'cloud')",
            [(field, canonical(value)) for field, value in to_fields(gone).items()],
        )
    )
    await home.book.load()

    await home.book.save(replace(gone, enabled=False))

    assert home.book.get("s").enabled is False


async def test_a_schedule_for_an_unknown_diffuser_is_refused(home) -> None:
    with pytest.raises(ScheduleInvalid):
        await home.book.save(replace(plan(), diffuser_id="toaster"))


async def test_an_edit_that_arrives_by_sync_is_run(home, at) -> None:
    at("2026-03-02T08:00")
    await home.start()
    fields = to_fields(plan(entry("a", "07:00", "09:00")))

    await home.database.write(lambda c: _merge(c, "s", fields))
    home.bus.publish(DocumentsChanged(home.clock.now(), frozenset({"schedule"})))
    await home.clock.advance(0)

    assert home.commander.on["lamp"] is True


async def test_a_broken_schedule_disables_itself_alone(home) -> None:
    await home.book.save(plan(entry("a", "07:00", "09:00")))
    await home.database.write(
        lambda c: _merge(c, "bad", {"name": "Bad", "diffuser_id": "lamp", "monday": "soon"})
    )

    await home.start()

    assert [schedule.id for schedule in home.book.all()] == ["s"]
    assert home.book.broken["bad"].field == "monday"


def test_windows_edited_apart_on_two_days_become_two_entries() -> None:
    fields = to_fields(plan(replace(entry("a", "07:00", "09:00"), days=WEEKEND)))
    fields["sunday"][0]["end"] = "11:00"

    schedule = from_fields("s", fields)

    assert [(e.id, e.end, e.days) for e in schedule.entries] == [
        ("a", time(9), frozenset({Weekday.SATURDAY})),
        ("a.sunday", time(11), frozenset({Weekday.SUNDAY})),
    ]


async def test_the_next_switch_is_the_end_of_the_open_window(home, at) -> None:
    at("2026-03-02T08:00")
    await home.book.save(plan(entry("a", "07:00", "09:00")))

    assert home.book.next_switch("lamp") == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert home.book.next_switch("fan") is None


entries = st.builds(
    ScheduleEntry,
    id=st.text("abc", min_size=1, max_size=3),
    start=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    end=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    intensity_percent=st.one_of(st.none(), st.integers(1, 100)),
)


@given(st.lists(entries, max_size=4, unique_by=lambda e: e.id).map(tuple))
def test_a_schedule_survives_being_a_document(windows: tuple[ScheduleEntry, ...]) -> None:
    schedule = ScentSchedule("s", "name", "lamp", windows)

    read = from_fields("s", json.loads(canonical(to_fields(schedule))))

    assert {e.id: e for e in read.entries} == {e.id: e for e in windows}


def _merge(connection, key: str, fields: dict[str, object]) -> None:
    connection.executemany(
        "INSERT INTO shared_fields (kind, key, field, value, stamp, node)"
        " VALUES ('schedule', ?, ?, ?, 1, 'cloud')",
        [(key, field, canonical(value)) for field, value in fields.items()],
    )
