"""Schedules from JSON: what is refused, with which field and which hint."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from scentd.schedules.errors import ScheduleInvalid
from scentd.schedules.reading import read_schedule, write_schedule

GOOD: dict[str, Any] = {
    "id": "s1",
    "name": "Mornings",
    "diffuser_id": "lamp",
    "entries": [{"id": "e1", "start": "07:00", "end": "09:00", "days": [0, 1, 2, 3, 4]}],
}


def refused(raw: object) -> ScheduleInvalid:
    with pytest.raises(ScheduleInvalid) as caught:
        read_schedule(raw, diffusers={"lamp"})
    return caught.value


def entry_with(**changes: object) -> dict[str, Any]:
    return {**GOOD, "entries": [{**GOOD["entries"][0], **changes}]}


def test_a_good_schedule_is_read() -> None:
    schedule = read_schedule(GOOD, diffusers={"lamp"})

    assert schedule.entries[0].days == frozenset(Weekday) - {Weekday.SATURDAY, Weekday.SUNDAY}
    assert schedule.enabled


def test_a_given_id_takes_the_place_of_the_written_one() -> None:
    assert read_schedule(GOOD, diffusers={"lamp"}, schedule_id="new").id == "new"


def test_an_unknown_diffuser_is_an_error() -> None:
    error = refused({**GOOD, "diffuser_id": "lamp2"})

    assert error.field == "diffuser_id"
    assert "lamp2" in error.message


def test_a_misspelt_field_is_named_with_the_likely_one() -> None:
    error = refused(entry_with(intensity_percnt=40))

    assert error.field == "entries[0].intensity_percnt"
    assert "intensity_percent" in error.hint


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (entry_with(start="25:00"), "entries[0].start"),
        (entry_with(start="07:00:30"), "entries[0].start"),
        (entry_with(end="07:00+02:00"), "entries[0].end"),
        (entry_with(days=[]), "entries[0].days"),
        (entry_with(days=[7]), "entries[0].days[0]"),
        (entry_with(intensity_percent=101), "entries[0].intensity_percent"),
        ({**GOOD, "entries": GOOD["entries"] * 2}, "entries[1].id"),
        ({**GOOD, "name": " "}, "name"),
        ({"id": "s1"}, "name"),
        ("{", None),
        ("[" * 100_000, None),
        ([], None),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_field(raw: object, field: str | None) -> None:
    error = refused(raw)

    assert error.field == field
    assert error.hint


entries = st.builds(
    ScheduleEntry,
    id=st.text("abcdef", min_size=1),
    start=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    end=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    intensity_percent=st.one_of(st.none(), st.integers(1, 100)),
    sku=st.one_of(st.none(), st.text(max_size=10)),
)


@given(
    st.builds(
        ScentSchedule,
        id=st.just("s"),
        name=st.just("name"),
        diffuser_id=st.just("lamp"),
        entries=st.lists(entries, max_size=4, unique_by=lambda e: e.id).map(tuple),
        enabled=st.booleans(),
    )
)
def test_reading_what_was_written_gives_the_same_schedule(schedule: ScentSchedule) -> None:
    assert read_schedule(write_schedule(schedule), diffusers={"lamp"}) == schedule
