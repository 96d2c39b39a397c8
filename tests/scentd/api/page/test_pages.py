"""The pages as a browser without JavaScript uses them, over a real server."""

import html
import json
import re
import zlib
from dataclasses import replace

import pytest

from scentd.api.access import Scope
from scentd.api.errors import NoCloud
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability, Capabilities, DiffuserState
from scentd.model.rule import RuleTrace, SetDiffuser, TraceStep, Verdict
from scentd.model.schedule import Weekday
from tests.fakes.browser import sign_in
from tests.fakes.house import a_cartridge, a_diffuser, a_state, open_rig
from tests.fakes.reading import PAGES, is_on, note_of, text_of


async def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(rig, nobody):
    await rig.house.access.set_pin("482915")
    _, page = await nobody.read("/devices/native-a1")
    assert "Household PIN" in page
    (address,) = re.findall(r'name="next" value="([^"]+)"', page)

    _, wrong = await nobody.submit("/sign-in", pin="111111", next=address)
    _, right = await nobody.submit("/sign-in", pin="482915", next=address)

    assert "not the household" in html.unescape(wrong)
    assert "<h1>Living room</h1>" in right


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil", "x\r\ny"])
async def test_signing_in_never_leads_to_another_site(rig, nobody, address):
    await rig.house.access.set_pin("482915")
    data = {"pin": "482915", "next": address}

    async with nobody.session.post("/sign-in", data=data, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


async def test_a_one_time_link_asks_before_it_is_used_up(rig, nobody, base, open_browser):
    address = f"/welcome/{await rig.house.access.new_link()}"

    for _ in range(2):
        status, page = await nobody.read(address)
        assert (status, "Sign this browser in" in page) == (200, True)
    status, page = await nobody.submit(address)
    assert (status, "This week" in page) == (200, True)

    async with open_browser(base) as late:
        status, page = await late.read(address)
        assert (status, "used already" in page) == (410, True)
        status, page = await late.submit(address)
        assert (status, "used already" in page) == (410, True)


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(rig, nobody):
    secret = await rig.house.access.new_link()

    async with nobody.session.post(f"/welcome/{secret}", allow_redirects=False) as answer:
        (cookie,) = answer.headers.getall("Set-Cookie")

    assert cookie.startswith("scent_hub_")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


async def test_signing_out_ends_the_session(member):
    await member.submit("/sign-out")

    _, page = await member.read("/")

    assert "<h1>Sign in</h1>" in page


async def test_home_shows_each_diffuser_with_level_band_and_forecast(member):
    _, page = await member.read("/")

    words = text_of(page)
    assert "Living room Cedar & Bergamot" in words
    assert "71 % ± 3" in words
    assert "71 % left, give or take 3, estimated by the hub" in html.unescape(page)
    assert "Lasts about 14 days Bottle 50 ml Signal -48 dBm" in words
    assert 'title="between 11 days and 18 days"' in page


async def test_a_switch_works_without_script(member, rig):
    _, before = await member.read("/")
    _, after = await member.submit("/diffusers/native-a1/power", power="off")

    assert is_on(before, "native-a1")
    assert not is_on(after, "native-a1")
    assert "Switching off." in after
    assert rig.devices.wishes[-1].power is False


async def test_the_slider_counts_in_the_devices_own_steps(member, rig):
    _, page = await member.submit("/diffusers/native-a1/intensity", step="5")

    assert rig.devices.wishes[-1].intensity_percent == 100
    assert 'min="1" max="5" step="1" value="5"' in page


@pytest.mark.parametrize("step", ["0", "6", "x", "-1", ""])
async def test_a_step_the_device_does_not_have_is_refused(member, rig, step):
    status, _ = await member.submit("/diffusers/native-a1/intensity", step=step)

    assert status == 422
    assert rig.devices.wishes == []


async def test_a_device_without_steps_has_no_slider(member, rig):
    plug = a_diffuser("tasmota-e5", "Plug", "Study", capabilities=Capabilities())
    rig.devices.add(plug, a_state(rig.clock.now(), percent=None))

    _, page = await member.read("/")

    assert 'id="card-tasmota-e5"' in page
    assert 'id="step-tasmota-e5"' not in page


async def test_everything_can_be_switched_off_from_every_page(member, rig):
    for path in PAGES:
        _, page = await member.read(path)
        assert 'action="/stop"' in page

    await member.submit("/stop")

    assert not any(rig.devices.state(one.id).reported.power for one in rig.devices.all())


async def test_a_refused_wish_is_explained(member, rig):
    rig.devices.put("native-a1", DiffuserState(availability=Availability.OFFLINE))

    status, page = await member.submit("/diffusers/native-a1/power", power="on")

    assert status == 409
    assert "Shelf is offline." in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"availability": Availability.OFFLINE}, "Offline since 21:10."),
        ({"availability": Availability.UNKNOWN}, "Not heard from yet."),
        ({"unconfirmed": True}, "It did not confirm the last command."),
    ],
)
async def test_what_is_wrong_with_a_device_is_told_on_its_card(member, rig, state, words):
    rig.devices.put("native-a1", replace(rig.devices.state("native-a1"), **state))

    _, page = await member.read("/")

    assert note_of(page, "native-a1") == words


async def test_a_fault_is_told_on_its_card(member, rig):
    rig.devices.report("native-a1", fault="overheat")

    _, page = await member.read("/")

    assert note_of(page, "native-a1") == "Fault: too hot."


async def test_a_model_that_is_not_known_is_asked_for_and_chosen(member, rig):
    stranger = a_diffuser("tasmota-e5", "TuyaMCU", "Study", needs_profile=True)
    rig.devices.add(stranger, a_state(rig.clock.now()))

    _, home = await member.read("/")
    _, page = await member.submit("/devices/tasmota-e5/profile", profile="gd30w")

    assert "cannot tell which model" in note_of(home, "tasmota-e5")
    assert "Model saved." in page
    assert rig.devices.get("tasmota-e5").profile == "gd30w"


async def test_a_refill_on_its_way_is_told_with_its_day(member, rig):
    await rig.tell_document("reorder", "native-c3/1", json.dumps(SHIPPED))

    _, page = await member.read("/")

    assert "is on its way: arrives Wednesday." in note_of(page, "native-c3")


async def test_an_empty_home_says_what_to_do(empty_rig, serve, open_browser):
    async with serve(empty_rig) as base, open_browser(base) as client:
        await sign_in(empty_rig, client)
        _, page = await client.read("/")

    words = text_of(page)
    assert "No diffuser yet" in words
    assert "Nothing is scheduled yet." in words
    assert "Nothing has happened yet." in words


async def test_the_demo_says_that_it_is_one(tmp_path, clock, serve, open_browser):
    async with (
        open_rig(tmp_path / "demo.db", clock, is_demo=True) as rig,
        serve(rig) as base,
        open_browser(base) as client,
    ):
        await sign_in(rig, client)
        for path in PAGES:
            _, page = await client.read(path)
            assert '<span class="pill demo"' in page


async def test_today_is_marked_in_the_homes_zone(member, rig):
    for zone, day in (("Europe/Berlin", "Friday"), ("Pacific/Auckland", "Saturday")):
        await member.submit("/settings/household", name="Home", zone=zone)
        _, page = await member.read("/")

        (marked,) = re.findall(r'class="day today" role="group" aria-label="(\w+)"', page)
        assert marked == day


async def test_the_week_is_also_a_table(member):
    _, page = await member.read("/")

    rows = re.findall(r'<tr><th scope="row">(\w+)</th><td>([\d:]+)</td>', page)

    assert len(rows) == 5 + 5 + 7 + 7 + 2 + 2
    assert rows[0] == ("Monday", "06:30")


async def test_the_pills_tell_how_the_hub_is_connected(member, rig):
    rig.lose_cloud(3)
    rig.lose_broker("connection refused")

    _, page = await member.read("/")
    assert "Cloud offline · 3 events queued" in page
    assert "Broker lost" in page

    rig.cloud.paired = False
    _, page = await member.read("/")
    assert "Not paired" in page


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


async def test_a_schedule_that_cannot_be_is_shown_again_as_it_was_typed(member, rig):
    status, page = await member.submit(
        "/schedule/new", name="Night", diffuser_id="tasmota-b2", start__0="22:00", end__0="23:15"
    )

    assert status == 422
    assert "no day is chosen" in page
    assert 'value="22:00"' in page
    assert 'value="23:15"' in page


async def test_a_schedule_is_paused_and_resumed(member, rig):
    await member.submit("/schedules/evening/enabled", enabled="off")
    assert not rig.house.schedules.get("evening").enabled

    await member.submit("/schedules/evening/enabled", enabled="on")
    assert rig.house.schedules.get("evening").enabled


async def test_a_rule_is_made_shown_and_deleted_by_plain_forms(member, rig):
    _, page = await member.submit(
        "/rules/new",
        name="Good night",
        enabled="on",
        edit="form",
        trigger="time_of_day",
        at="23:00",
        mode="single",
        cooldown="60",
        trigger__days=["0", "1", "2", "3", "4"],
        do__0="off",
        diffuser__0="native-a1",
        do__1="wait",
        minutes__1="5",
    )
    (rule,) = rig.house.rules.all()
    said = (
        "At 23:00 Monday to Friday, not again within 1 hour: "
        "switch Living room off, then wait 5 minutes."
    )
    assert said in html.unescape(page)

    _, form = await member.read(f"/rules/{rule.id}")
    assert 'value="23:00"' in form

    await member.submit(f"/rules/{rule.id}/enabled", enabled="off")
    assert not rig.house.rules.get(rule.id).enabled

    await member.submit(f"/rules/{rule.id}/delete")
    assert rig.house.rules.all() == ()


async def test_a_rule_is_made_from_json(member, rig):
    logic = {
        "trigger": {"kind": "time_of_day", "at": "07:00", "days": [0]},
        "actions": [{"kind": "set_diffuser", "diffuser_id": "native-a1", "light": True}],
    }
    await member.submit(
        "/rules/new", name="Light", enabled="on", edit="json", json=json.dumps(logic)
    )

    (rule,) = rig.house.rules.all()
    assert rule.actions == (SetDiffuser("native-a1", light=True),)
    _, form = await member.read(f"/rules/{rule.id}")
    assert "says more than the form can show" in form


@pytest.mark.parametrize("text", ["{", "[]", '{"trigger": 1}', '{"trigger": {"kind": "x"}}'])
async def test_json_that_is_no_rule_is_shown_again_with_its_fault(member, rig, text):
    status, page = await member.submit("/rules/new", name="Light", edit="json", json=text)

    assert status == 422
    assert 'role="alert"' in page
    assert f"{html.escape(text, quote=False)}</textarea>" in page.replace("&#34;", '"')
    assert rig.house.rules.all() == ()


async def test_the_last_runs_of_a_rule_are_told(member, rig):
    await member.submit(
        "/rules/new",
        name="Fresh",
        edit="form",
        trigger="sensor_reading",
        topic="home/bath",
        above="65",
        do__0="stop_all",
    )
    (rule,) = rig.house.rules.all()
    steps = (TraceStep("time window", "does not hold", rig.clock.now()),)
    rig.house.rules.trace_log.add(
        RuleTrace(rule.id, rig.clock.now(), "home/bath 71", Verdict.CONDITION_FAILED, steps)
    )

    _, page = await member.read(f"/rules/{rule.id}")

    assert "home/bath 71 did not run: a condition did not hold" in text_of(page)
    assert "time window: does not hold" in page


async def test_a_device_is_renamed_shown_and_removed(member, rig):
    _, page = await member.submit("/devices/native-a1/name", name="Big one", room="Study")
    assert "<h1>Study</h1>" in page

    status, _ = await member.submit("/devices/native-a1/name", name="", room="Study")
    assert status == 422

    await member.submit("/devices/native-a1/identify")
    assert rig.devices.wishes[-1].identify

    _, page = await member.submit("/devices/native-a1/remove")
    assert "Study" not in text_of(page)


async def test_two_devices_of_a_room_are_told_apart(member, rig):
    rig.devices.add(a_diffuser("native-e5", "Desk", "Living room"), a_state(rig.clock.now()))

    _, page = await member.read("/")

    assert "Living room · Shelf" in page
    assert "Living room · Desk" in page


async def test_what_was_put_in_is_kept(member, rig):
    _, page = await member.submit(
        "/cartridges/native-c3/1", scent_name="Fig Leaf", capacity_ml="7,5", remaining_ml="", sku=""
    )

    fitted = rig.cartridges.get(SlotKey("native-c3"))
    assert (fitted.scent_name, fitted.capacity_ul, fitted.remaining_ul) == ("Fig Leaf", 7500, 7500)
    assert "A new cartridge is fitted." in page


@pytest.mark.parametrize(
    ("capacity", "remaining"),
    [("", ""), ("0", ""), ("x", ""), ("30", "31"), ("nan", ""), ("1e9", "")],
)
async def test_a_bottle_that_cannot_be_is_refused_as_it_was_typed(member, capacity, remaining):
    status, page = await member.submit(
        "/cartridges/native-c3/1", scent_name="Fig", capacity_ml=capacity, remaining_ml=remaining
    )

    assert status == 422
    assert 'value="Fig"' in page


async def test_a_cartridges_page_shows_its_past_and_its_forecast(member):
    _, page = await member.read("/cartridges/native-c3/1")

    assert 'class="level ahead"' in page
    words = text_of(page)
    assert "3 ml (10 % ± 3)" in words
    assert "Empty about tomorrow, 13:58" in words
    assert "10 % are left of 30 ml; lasts about 17 hours" in html.unescape(page)


async def test_an_empty_slot_asks_what_is_in_it(member, rig):
    rig.cartridges.fitted.clear()

    _, home = await member.read("/")
    status, page = await member.read("/cartridges/native-c3/1")

    assert "No cartridge fitted" in home
    assert (status, "Nothing is fitted here yet" in page) == (200, True)


async def test_a_device_with_two_slots_shows_both(member, rig):
    pair = a_diffuser("native-f6", "Pair", "Study", capabilities=Capabilities(slots=2))
    rig.devices.add(pair, a_state(rig.clock.now()))
    for number, scent in ((1, "Fig"), (2, "Rose")):
        one = replace(a_cartridge("native-f6", scent, 30, 50, rig.clock.now()))
        rig.cartridges.put(
            replace(one, slot=SlotKey("native-f6", number)), rig.cartridges.run_out(one.slot)
        )

    _, page = await member.read("/")

    assert "Slot 2: Rose, 50 %" in page


async def test_the_household_is_set_on_the_page(member, rig):
    await member.submit(
        "/settings/household",
        name="Cabin",
        zone="America/New_York",
        latitude="40.7",
        longitude="-74",
        language="en",
    )

    household = rig.house.household.household
    assert (household.name, household.zone) == ("Cabin", "America/New_York")
    assert (household.latitude, household.longitude) == (40.7, -74.0)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "zone": "Europe/Berlin"},
        {"name": "x", "zone": "Mars/Olympus"},
        {"name": "x", "zone": "Europe/Berlin", "latitude": "91", "longitude": "0"},
        {"name": "x", "zone": "Europe/Berlin", "latitude": "1"},
    ],
)
async def test_a_household_that_cannot_be_is_refused(member, rig, fields):
    status, page = await member.submit("/settings/household", **fields)

    assert status == 422
    assert 'role="alert"' in page
    assert rig.house.household.household.name == "Lindenweg 4"


async def test_the_pin_is_set_by_typing_it_twice(member, rig):
    _, page = await member.read("/")
    assert "No household PIN is set yet" in page

    differ, _ = await member.submit("/settings/pin", pin="482915", again="482916")
    unfit, _ = await member.submit("/settings/pin", pin="111111", again="111111")
    _, page = await member.submit("/settings/pin", pin="482915", again="482915")

    assert (differ, unfit) == (422, 422)
    assert "PIN saved." in page
    _, page = await member.read("/")
    assert "No household PIN is set yet" not in page


async def test_a_token_is_shown_once_and_revoked(member, rig):
    _, page = await member.submit(
        "/settings/tokens", name="Wall panel", days="30", scopes=["read", "control"]
    )
    (secret,) = re.findall(r"scl_[\w-]+", page)
    _, again = await member.read("/settings")

    caller = await rig.house.access.who_has_token(secret, "127.0.0.1")
    assert caller.scopes == {Scope.READ, Scope.CONTROL}
    assert secret not in again
    assert "Wall panel" in again

    await member.submit(f"/settings/tokens/{caller.reference}/revoke")
    assert await rig.house.access.tokens() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "days": "30", "scopes": ["read"]},
        {"name": "x", "days": "30"},
        {"name": "x", "days": "9", "scopes": ["read"]},
    ],
)
async def test_a_token_for_nothing_is_refused(member, rig, fields):
    status, _ = await member.submit("/settings/tokens", **fields)

    assert status == 422
    assert await rig.house.access.tokens() == []


async def test_other_browsers_are_signed_out_from_the_page(member, base, rig, open_browser):
    async with open_browser(base) as other:
        await sign_in(rig, other)
        await member.submit("/settings/sessions/end")
        _, page = await other.read("/")

    assert "<h1>Sign in</h1>" in page


async def test_pairing_shows_code_words_and_qr(member, rig):
    rig.cloud.paired = rig.cloud.connected = False
    _, before = await member.read("/settings")
    _, page = await member.submit("/settings/pairing")

    assert "Start pairing" in before
    words = text_of(page)
    assert "BDFG-HJKM" in words
    assert "amber · river · candle · north" in words
    assert 'class="qr" viewBox="0 0 ' in page


async def test_a_cloud_that_cannot_be_reached_is_explained_when_pairing(member, rig):
    rig.cloud.paired = False
    rig.cloud.refusal = NoCloud()

    status, page = await member.submit("/settings/pairing")

    assert status == 422
    assert "without a cloud" in page


async def test_health_is_told_in_words_with_the_next_step(member, rig):
    _, well = await member.read("/status")
    rig.lose_broker("connection refused")
    _, page = await member.read("/status")

    assert "All is well." in well
    words = text_of(page)
    assert "Something needs you." in words
    assert "The broker cannot be reached: connection refused." in words
    assert "The hub keeps trying." in words


async def test_the_colours_are_kept_by_the_browser(member):
    _, page = await member.submit("/theme", theme="dark", back="/status")

    assert 'data-theme="dark"' in page
    assert "<h1>Health</h1>" in page
    _, page = await member.submit("/theme", theme="none", back="/status")
    assert 'data-theme="dark"' in page


async def test_nothing_on_a_page_is_inline_or_from_elsewhere(member):
    for path in PAGES:
        _, page = await member.read(path)
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src)|javascript:", page), path
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page), path


async def test_names_a_household_types_are_shown_as_text(member, rig):
    await member.submit("/devices/native-a1/name", name="<script>x</script>", room="<b>&\"'")
    await member.submit("/settings/household", name="<i>home", zone="UTC")

    for path in (*PAGES, "/devices/native-a1"):
        _, page = await member.read(path)
        assert "<b>&" not in page
        assert "<script>x" not in page
        assert "<i>home" not in page


async def test_the_home_page_weighs_under_60_kb_in_at_most_8_requests(member):
    weight = 0
    async with member.session.get("/") as answer:
        page = await answer.text()
        assert answer.headers["Content-Encoding"] == "deflate"
        weight += len(zlib.compress(page.encode()))
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    for asset in assets:
        async with member.session.get(asset) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            weight += int(answer.headers["Content-Length"])

    assert len(assets) + 2 <= 8
    assert weight < 60_000


async def test_an_older_asset_is_not_found(member):
    status, _ = await member.read("/static/scent.000000000000.css")

    assert status == 404


SHIPPED = {
    "state": "shipped",
    "product_name": "Eucalyptus Mint",
    "variant_name": "30 ml",
    "quantity": 1,
    "total_minor": 1490,
    "currency": "EUR",
    "install_id": "install-native-c3",
    "arrives_on": "2026-03-11",
    "order_url": "http://127.0.0.1:1/orders/1",
    "changed_at": "2026-03-06T12:00:00Z",
}
