"""Schedules by plain forms."""

from datetime import timedelta

from scentd.model.cartridge import RunOut
from scentd.model.diffuser import Capabilities
from scentd.model.reasons import Reason
from scentd.model.schedule import Weekday
from scentd.store import schedules
from scentd.store.schedules import LogRow, What
from tests.fakes.furniture import a_cartridge, a_diffuser, a_state


async def test_a_schedule_is_made_changed_and_deleted_by_plain_forms(member, rig):
    first = {"start__0": "22:00", "end__0": "06:00", "days__0": ["0", "6"], "intensity__0": "40"}
    _, page = await member.submit(
        "/schedule/new", name="Night", diffuser_id="tasmota-b2", enabled="on", **first
    )
    assert "Schedule saved." in page
    (made,) = [one for one in rig.house.schedules.all() if one.name == "Night"]
    (entry,) = made.entries
    assert entry.days == {Weekday.MONDAY, Weekday.SUNDAY}
    assert (entry.start.hour, entry.end.hour, entry.intensity_percent) == (22, 6, 40)

    second = {"start__1": "13:00", "end__1": "14:00", "days__1": ["2"]}
    await member.submit(
        f"/schedules/{made.id}",
        name="Night",
        diffuser_id="tasmota-b2",
        remove__0="on",
        id__0=entry.id,
        **first,
        **second,
    )
    changed = rig.house.schedules.get(made.id)
    assert [one.start.hour for one in changed.entries] == [13]
    assert not changed.enabled

    _, page = await member.submit(f"/schedules/{made.id}/delete")
    assert "Schedule deleted." in page
    assert made.id not in {one.id for one in rig.house.schedules.all()}


async def test_half_a_window_is_refused_and_stays_as_it_was_typed(member, rig):
    before = rig.house.schedules.get("wake")
    half = {"id__0": "a", "start__0": "07:10", "end__0": "", "days__0": ["0"]}

    status, page = await member.submit(
        "/schedules/wake", name="Wake up", diffuser_id="native-a1", enabled="on", **half
    )

    assert status == 422
    assert 'name="start-0" value="07:10"' in page
    assert rig.house.schedules.get("wake") == before


async def test_a_window_asks_for_a_scent_where_a_device_has_a_choice(member, rig):
    _, plain = await member.read("/schedule/new")
    can = Capabilities(slots=2, slot_choice=True)
    now = rig.clock.now()
    rig.devices.add(a_diffuser("native-t9", "Twin", "Study", capabilities=can), a_state(now))
    cedar = a_cartridge("native-t9", "Cedar", 50, 60, now, sku="CEDBER-50")
    rig.cartridges.put(cedar, RunOut(None, None, None))

    window = {"start__0": "07:00", "end__0": "09:00", "days__0": ["0"], "sku__0": "CEDBER-50"}
    await member.submit("/schedule/new", name="Dawn", diffuser_id="native-t9", **window)

    (made,) = [one for one in rig.house.schedules.all() if one.name == "Dawn"]
    assert made.entries[0].sku == "CEDBER-50"
    _, page = await member.read(f"/schedules/{made.id}")
    assert '<option value="CEDBER-50" selected>Cedar</option>' in page
    assert "whatever is in use" not in plain


async def test_a_schedule_that_cannot_be_is_shown_again_as_it_was_typed(member, rig):
    status, page = await member.submit(
        "/schedule/new", name="Night", diffuser_id="tasmota-b2", start__0="22:00", end__0="23:15"
    )

    assert status == 422
    assert "no day is chosen" in page
    assert 'value="22:00"' in page
    assert 'value="23:15"' in page


async def test_a_saved_form_leaves_the_schedules_exceptions_alone(member, rig):
    skipped = (await rig.house.schedules.skip_next("evening")).exceptions

    await member.submit(
        "/schedules/evening",
        name="Late evening",
        diffuser_id="native-a1",
        enabled="on",
        id__0="a",
        start__0="18:00",
        end__0="22:30",
        days__0=["4", "5"],
    )

    changed = rig.house.schedules.get("evening")
    assert changed.name == "Late evening"
    assert changed.exceptions == skipped


async def test_a_schedule_is_paused_and_resumed(member, rig):
    await member.submit("/schedules/evening/enabled", enabled="off")
    assert not rig.house.schedules.get("evening").enabled

    await member.submit("/schedules/evening/enabled", enabled="on")
    assert rig.house.schedules.get("evening").enabled


async def test_what_became_of_a_schedule_is_told_with_its_reason(member, rig):
    start, end = rig.clock.now() - timedelta(hours=14), rig.clock.now() - timedelta(hours=12)
    row = LogRow(end, What.MISSED, "native-a1", "wake", "a", start, end, Reason("hub_off"))
    await rig.house.database.write(lambda db: schedules.log(db, row))

    _, page = await member.read("/schedules/wake")
    _, lines = await member.ask("GET", "/api/v1/schedules/log?days=1")

    assert "Missed, 07:10 to 09:10: The hub was not running then." in page
    assert [(line["code"], line["why"]) for line in lines] == [
        ("hub_off", "The hub was not running then.")
    ]
