"""What each noun of the API does, over a real server."""

import json
from dataclasses import replace
from datetime import timedelta

from adapters.foreign import DialectUnusable
from scentd.api.access import Scope
from scentd.model.cartridge import SlotKey
from scentd.model.events import HouseholdChanged
from tests.fakes.house import open_rig


async def test_a_cartridge_is_shown_with_its_band_and_forecast(program):
    client = await program(Scope.READ)

    _, shown = await client.ask("GET", "/api/v1/cartridges/native-c3/1")

    assert (shown["percent"], shown["error_ul"], shown["is_low"]) == (10.0, 900, True)
    assert shown["run_out"]["p10"] < shown["run_out"]["p50"] < shown["run_out"]["p90"]


async def test_fitting_begins_a_new_cycle(program, rig):
    client = await program(Scope.CONFIGURE)
    bottle = {"scent_name": "Fig Leaf", "capacity_ul": 30_000, "sku": "FIGLEA-30"}

    status, shown = await client.ask("POST", "/api/v1/cartridges/native-c3/1/fit", bottle)

    assert (status, shown["cycle"], shown["remaining_ul"]) == (201, 3, 30_000)
    assert rig.cartridges.get(SlotKey("native-c3")).sku == "FIGLEA-30"


async def test_no_cartridge_holds_more_than_it_can(program):
    client = await program(Scope.CONFIGURE)
    bottle = {"scent_name": "Fig Leaf", "capacity_ul": 30_000, "remaining_ul": 30_001}

    status, refused = await client.ask("POST", "/api/v1/cartridges/native-c3/1/fit", bottle)

    assert (status, refused["code"]) == (422, "invalid")


async def test_the_level_is_given_over_time(program):
    client = await program(Scope.READ)

    _, points = await client.ask("GET", "/api/v1/cartridges/native-c3/1/history?days=5")

    levels = [point["remaining_ul"] for point in points]
    assert len(levels) == 5
    assert levels == sorted(levels, reverse=True)


async def test_an_empty_slot_has_no_cartridge(program, rig):
    rig.cartridges.fitted.clear()
    client = await program(Scope.READ)

    status, refused = await client.ask("GET", "/api/v1/cartridges/native-c3/1")

    assert (status, refused["code"]) == (404, "cartridge_not_fitted")


PROPOSED = {
    "state": "proposed",
    "product_name": "Eucalyptus Mint",
    "variant_name": "30 ml",
    "quantity": 1,
    "total_minor": 1490,
    "currency": "EUR",
    "install_id": "install-native-c3",
    "proposal_url": "http://127.0.0.1:1/proposals/1",
    "changed_at": "2026-03-06T12:00:00Z",
}


async def test_the_clouds_word_on_a_refill_is_passed_on(program, rig):
    await rig.tell_document("reorder", "native-c3/1", json.dumps(PROPOSED))
    client = await program(Scope.READ)

    _, one = await client.ask("GET", "/api/v1/reorders/native-c3/1")
    _, every = await client.ask("GET", "/api/v1/reorders")

    assert one["status"]["state"] == "proposed"
    assert one["status"]["total_minor"] == 1490
    assert every == [one]


async def test_a_schedule_is_kept_replaced_and_deleted(program):
    client = await program(Scope.CONFIGURE, Scope.READ)
    written = {
        "name": "Nap",
        "diffuser_id": "native-a1",
        "entries": [{"id": "a", "start": "13:00", "end": "14:00", "days": [0, 6]}],
    }

    status, kept = await client.ask("POST", "/api/v1/schedules", written)
    address = f"/api/v1/schedules/{kept['id']}"
    await client.ask("PUT", address, {**written, "name": "Siesta"})
    _, changed = await client.ask("GET", address)
    deleted, _ = await client.ask("DELETE", address)
    gone, _ = await client.ask("GET", address)

    assert (status, changed["name"], deleted, gone) == (201, "Siesta", 204, 404)


async def test_what_will_run_is_given_in_order(program, clock):
    client = await program(Scope.READ)

    _, runs = await client.ask("GET", "/api/v1/schedules/planned?days=1")

    assert [run["schedule_id"] for run in runs][:3] == ["evening", "wind", "slow"]
    assert [run["start"] for run in runs] == sorted(run["start"] for run in runs)


async def test_a_schedule_for_nobody_is_refused_with_the_field(program):
    client = await program(Scope.CONFIGURE)

    status, refused = await client.ask(
        "POST", "/api/v1/schedules", {"name": "x", "diffuser_id": "none", "entries": []}
    )

    assert (status, refused["field"]) == (422, "diffuser_id")


async def test_a_rule_is_kept_replaced_and_deleted(program):
    client = await program(Scope.CONFIGURE, Scope.READ)
    written = {
        "name": "Good night",
        "trigger": {"kind": "time_of_day", "at": "23:00", "days": [0]},
        "actions": [{"kind": "set_diffuser", "diffuser_id": "native-a1", "power": False}],
    }

    status, kept = await client.ask("POST", "/api/v1/rules", written)
    address = f"/api/v1/rules/{kept['id']}"
    await client.ask("PUT", address, {**written, "enabled": False})
    _, changed = await client.ask("GET", address)
    _, traces = await client.ask("GET", f"{address}/traces")
    deleted, _ = await client.ask("DELETE", address)
    gone, _ = await client.ask("GET", address)

    assert (status, changed["enabled"], traces, deleted, gone) == (201, False, [], 204, 404)


async def test_the_household_changes_only_where_it_was_asked_to(program, rig):
    heard = []
    rig.house.bus.subscribe(HouseholdChanged, heard.append)
    client = await program(Scope.CONFIGURE)

    _, changed = await client.ask("PATCH", "/api/v1/household", {"zone": "Pacific/Auckland"})

    assert (changed["name"], changed["zone"]) == ("Lindenweg 4", "Pacific/Auckland")
    assert heard[0].household.zone == "Pacific/Auckland"


async def test_a_zone_nobody_knows_is_refused(program):
    client = await program(Scope.CONFIGURE)

    status, refused = await client.ask("PATCH", "/api/v1/household", {"zone": "Mars/Olympus"})

    assert (status, refused["field"]) == (422, "zone")


async def test_half_a_place_is_refused(program):
    client = await program(Scope.CONFIGURE)

    status, _ = await client.ask("PATCH", "/api/v1/household", {"latitude": 52.5})

    assert status == 422


async def test_activity_reads_as_sentences_the_newest_first(program, rig):
    client = await program(Scope.READ)
    rig.devices.report("native-a1", power=False)

    _, lines = await client.ask("GET", "/api/v1/activity?limit=2")
    _, newer = await client.ask("GET", f"/api/v1/activity?after={lines[1]['id']}")

    assert lines[0]["text"] == "Living room: off"
    assert lines[0]["kind"] == "switched_off"
    assert newer == lines[:1]


async def test_pairing_is_offered_with_code_and_words(program, rig):
    rig.cloud.paired = rig.cloud.connected = False
    client = await program(Scope.CONFIGURE, Scope.READ)

    status, shown = await client.ask("POST", "/api/v1/sync/pairing")

    assert status == 201
    assert shown["offer"]["user_code"] == "BDFG-HJKM"
    assert len(shown["offer"]["words"]) == 4


async def test_an_offer_that_ended_is_no_offer(program, rig, clock):
    await rig.cloud.start()
    client = await program(Scope.READ)
    await clock.advance(timedelta(minutes=10))

    _, shown = await client.ask("GET", "/api/v1/sync")

    assert shown["offer"] is None


async def test_a_hub_without_a_cloud_cannot_be_paired(tmp_path, clock, serve, open_browser):
    async with open_rig(tmp_path / "other.db", clock, with_cloud=False) as rig:
        made = await rig.house.access.new_token("x", frozenset({Scope.CONFIGURE}))
        bearer = {"Authorization": f"Bearer {made.secret}"}
        async with serve(rig) as base, open_browser(base) as client:
            status, refused = await client.ask("POST", "/api/v1/sync/pairing", **bearer)

    assert (status, refused["code"]) == (409, "no_cloud")


async def test_health_says_in_words_what_is_wrong_and_what_to_do(program, rig):
    rig.lose_broker("connection refused")
    rig.lose_cloud(3)
    rig.clock.trusted = False
    client = await program(Scope.READ)

    _, health = await client.ask("GET", "/api/v1/health")

    bad = {item["part"]: item for item in health["items"] if item["level"] != "ok"}
    assert health["level"] == "bad"
    assert set(bad) == {"broker", "cloud", "clock"}
    assert "connection refused" in bad["broker"]["message"]
    assert "3 events wait" in bad["cloud"]["message"]
    assert all(item["hint"] for item in bad.values())


async def test_health_names_a_dialect_of_another_package_that_does_not_work(
    tmp_path, clock, serve, open_browser
):
    trouble = DialectUnusable("puffer", "scent-puffer", "RuntimeError boom")
    async with open_rig(tmp_path / "other.db", clock) as rig:
        rig.house = replace(rig.house, dialect_troubles=lambda: [trouble])
        made = await rig.house.access.new_token("x", frozenset({Scope.READ}))
        bearer = {"Authorization": f"Bearer {made.secret}"}
        async with serve(rig) as base, open_browser(base) as client:
            _, health = await client.ask("GET", "/api/v1/health", **bearer)

    (told,) = (item for item in health["items"] if item["part"] == "dialect/puffer")
    assert (told["level"], health["level"]) == ("note", "note")
    assert "scent-puffer" in told["message"]
    assert "RuntimeError boom" in told["hint"]


async def test_the_pulse_tells_strangers_nothing_of_the_home(nobody):
    status, pulse = await nobody.ask("GET", "/health")

    assert (status, pulse["status"]) == (200, "ok")
    assert set(pulse["parts"]) == {"hub", "broker", "cloud", "clock", "store", "diffusers"}


async def test_a_forecast_tells_what_is_to_come_and_what_it_was_learnt_from(program):
    client = await program(Scope.READ)

    _, shown = await client.ask("GET", "/api/v1/cartridges/native-a1/1/forecast")

    moments = [point["at"] for point in shown["fan"]]
    assert moments == sorted(moments)
    assert all(p["early_ul"] <= p["middle_ul"] <= p["late_ul"] for p in shown["fan"])
    assert shown["run_out"]["p10"] < shown["run_out"]["p90"]
    assert (shown["falls"], shown["running_hours_left"]) == (2, 31.0)


async def test_what_came_out_goes_in_with_what_was_fitted(program, rig):
    client = await program(Scope.CONFIGURE)
    bottle = {"scent_name": "Fig", "capacity_ul": 50_000, "taken_out_ul": 0}

    await client.ask("POST", "/api/v1/cartridges/native-c3/1/fit", bottle)

    assert rig.cartridges.taken_out_ul == [0]


async def test_a_rise_nobody_asked_about_needs_no_answer(program):
    client = await program(Scope.CONFIGURE)

    status, refused = await client.ask(
        "POST", "/api/v1/cartridges/native-c3/1/rise", {"is_refilled": True}
    )

    assert (status, refused["code"]) == (409, "nothing_to_answer")


async def test_still_oil_is_taken_by_the_api(program, rig):
    client = await program(Scope.CONFIGURE)

    status, shown = await client.ask("POST", "/api/v1/cartridges/native-c3/1/still-oil")

    assert (status, shown["slot_no"]) == (200, 1)
    assert rig.cartridges.knowledge(SlotKey("native-c3")).goes_on


async def test_an_empty_bottle_is_taken_by_the_api(program, rig):
    client = await program(Scope.CONFIGURE)

    status, shown = await client.ask("POST", "/api/v1/cartridges/native-c3/1/empty")

    assert (status, shown["slot_no"]) == (200, 1)
    assert rig.cartridges.knowledge(SlotKey("native-c3")).is_empty
