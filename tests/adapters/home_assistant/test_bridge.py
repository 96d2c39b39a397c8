"""The bridge over a broker within the test, by a clock that is told the time."""

import json
from datetime import timedelta

import pytest

from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability, Capabilities
from scentd.ports import Happening
from tests.adapters.home_assistant.bench import Bench
from tests.fakes.platform_home import RICH, diffuser, filling

BASE = "scent/ha/hub/native-lounge"
CONFIG = "homeassistant/device/scentd-hub-native-lounge/config"
HUB = "homeassistant/device/scentd-hub/config"


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_the_hub_is_announced_before_the_diffuser_and_all_is_kept(bench: Bench) -> None:
    async with bench.life():
        topics = [message.topic for message in bench.told()]

    assert topics == [HUB, CONFIG, f"{BASE}/availability", f"{BASE}/state", f"{BASE}/light"]
    assert all(message.retain for message in bench.told())


async def test_a_restart_of_the_hub_says_nothing_that_is_known(bench: Bench) -> None:
    async with bench.life():
        pass
    said = bench.mark()

    async with bench.life():
        pass

    assert bench.told(said) == []


async def test_a_broker_that_forgot_is_told_all_again(bench: Bench) -> None:
    async with bench.life():
        said = bench.mark()
        bench.broker.retained.clear()

        bench.home.tell(Happening.REACHED)
        await bench.clock.advance(3)

    assert {message.topic for message in bench.told(said)} == {
        HUB, CONFIG, f"{BASE}/availability", f"{BASE}/state", f"{BASE}/light",
    }  # fmt: skip


async def test_what_changes_while_the_broker_is_away_is_told_when_it_is_back(bench: Bench) -> None:
    async with bench.life():
        bench.broker.is_up = False
        bench.home.report(power=True)
        await bench.clock.advance(20)
        bench.broker.is_up = True
        said = bench.mark()

        bench.home.tell(Happening.REACHED)
        await bench.pass_time(4)

    assert [message.topic for message in bench.told(said)] == [f"{BASE}/state"]
    assert bench.kept(f"{BASE}/state")["power"] == "ON"


async def test_a_storm_of_reports_is_told_once_a_tick(bench: Bench) -> None:
    async with bench.life():
        said = bench.mark()
        for watts in range(1_000):
            bench.home.report(watts=float(watts))
        await bench.clock.advance(1)

    assert len(bench.told(said)) == 1
    assert bench.kept(f"{BASE}/state")["watts"] == 999


async def test_a_house_of_diffusers_is_told_in_portions() -> None:
    bench = Bench(*(diffuser(f"native-{number}") for number in range(60)))
    async with bench.running():
        await bench.clock.advance(1.3)
        first = bench.mark()
        await bench.clock.advance(0.25)
        second = bench.mark()
        await bench.clock.advance(2)

    assert 0 < first <= 54
    assert 0 < second - first <= 54
    assert bench.mark() == 1 + 60 * 4


async def test_power_and_strength_of_one_press_are_one_wish_in_either_order(bench: Bench) -> None:
    async with bench.life():
        for press in (
            [("power", "ON"), ("percentage", "4")],
            [("percentage", "4"), ("power", "ON")],
        ):
            for what, payload in press:
                await bench.say(f"{BASE}/set/{what}", payload)
            await bench.clock.advance(1)

    first, second = bench.home.wishes
    assert first == second
    assert (first.power, first.intensity_percent) == (True, 80)


async def test_a_command_that_the_broker_keeps_is_ignored(bench: Bench) -> None:
    bench.broker.say(f"{BASE}/set/power", b"ON", retain=True)

    async with bench.life():
        await bench.clock.advance(1)

    assert bench.home.wishes == []
    assert bench.bridge.counts.ignored == 1


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (f"{BASE}/set/power", b"\xff"),
        (f"{BASE}/set/power", b"ON" * 100_000),
        (f"{BASE}/set/light", b"[" * 1_000),
        (f"{BASE}/set/format", b"ON"),
        ("scent/ha/hub/nobody/set/power", b"ON"),
    ],
)
async def test_nonsense_is_counted_and_changes_nothing(
    bench: Bench, topic: str, payload: bytes
) -> None:
    async with bench.life():
        await bench.say(topic, payload)
        await bench.clock.advance(1)

        assert bench.home.wishes == []
        assert bench.bridge.counts.ignored == 1
        await bench.say(f"{BASE}/set/power", b"ON")
        await bench.clock.advance(1)

    assert len(bench.home.wishes) == 1


async def test_a_device_that_goes_while_its_command_waits_takes_nobody_along(bench: Bench) -> None:
    async with bench.life():
        await bench.say(f"{BASE}/set/power", b"ON")
        bench.home.lose("native-lounge")
        await bench.clock.advance(1)

        bench.home.describe(diffuser("native-hall"))
        await bench.clock.advance(1)
        await bench.say("scent/ha/hub/native-hall/set/power", b"ON")
        await bench.clock.advance(1)

    assert [wish.diffuser_id for wish in bench.home.wishes] == ["native-hall"]


async def test_the_button_asks_the_household_and_wishes_nothing(bench: Bench) -> None:
    async with bench.life():
        await bench.say(f"{BASE}/set/refill_2", "PRESS")
        await bench.clock.advance(1)

    assert bench.home.asked == [SlotKey("native-lounge", 2)]
    assert bench.home.wishes == []


async def test_home_assistant_that_comes_back_is_told_all_again_after_a_while(bench: Bench) -> None:
    async with bench.life():
        said = bench.mark()
        await bench.say("homeassistant/status", "online")
        await bench.clock.advance(2.9)
        assert bench.told(said) == []
        await bench.clock.advance(1)

        again = [message.topic for message in bench.told(said)]

    assert again == [HUB, CONFIG, f"{BASE}/availability", f"{BASE}/state", f"{BASE}/light"]


async def test_births_in_a_row_are_greeted_once(bench: Bench) -> None:
    async with bench.life():
        said = bench.mark()
        for word in ("online", "offline", "online", "online"):
            await bench.say("homeassistant/status", word)
        await bench.clock.advance(10)

    assert len(bench.told(said)) == 5


async def test_a_device_that_goes_is_taken_back_whole(bench: Bench) -> None:
    async with bench.life():
        bench.home.lose("native-lounge")
        await bench.clock.advance(1)

    assert list(bench.broker.retained) == [HUB]
    assert bench.told()[5].topic == CONFIG


async def test_a_device_that_went_while_the_hub_was_off_is_taken_back(bench: Bench) -> None:
    async with bench.life():
        pass
    bench.home.lose("native-lounge")

    async with bench.life():
        pass

    assert list(bench.broker.retained) == [HUB]


async def test_what_other_hubs_and_programs_keep_is_left_alone(bench: Bench) -> None:
    foreign = {
        "homeassistant/device/scentd-hub-2/config": b'{"origin":{"name":"scentd"},"device":'
        b'{"identifiers":["scentd-hub-2"]},"components":{}}',
        "homeassistant/device/scentd-hub-x/config": b'{"origin":{"name":"other"}}',
        "homeassistant/device/scentd-hub-y/config": b"rubbish",
        "scent/ha/hub-2/native-x/state": b"{}",
    }
    for topic, payload in foreign.items():
        bench.broker.say(topic, payload, retain=True)

    async with bench.life():
        pass

    assert foreign.items() <= bench.broker.retained.items()


async def test_switched_off_it_takes_back_what_was_announced_and_obeys_nobody(bench: Bench) -> None:
    async with bench.life():
        pass

    async with bench.life(enabled=False):
        await bench.say(f"{BASE}/set/power", "ON")
        bench.home.tell(Happening.SCENT_LOW, "native-lounge", 1)
        await bench.clock.advance(1)

    assert bench.broker.retained == {}
    assert bench.home.wishes == []


async def test_what_is_left_out_is_taken_back_and_told_of_no_more(bench: Bench) -> None:
    async with bench.life():
        pass

    async with bench.life(leave_out={"native-lounge"}):
        said = bench.mark()
        bench.home.report(power=True)
        bench.home.tell(Happening.SCENT_LOW, "native-lounge", 1)
        await bench.clock.advance(1)

    assert list(bench.broker.retained) == [HUB]
    assert bench.told(said) == []


async def test_a_lost_capability_takes_its_entity_away_also_after_a_restart(bench: Bench) -> None:
    async with bench.life():
        pass
    bench.home.describe(diffuser(can=Capabilities(steps=RICH.steps, rate_ul_per_h=(1,) * 5)))

    async with bench.life():
        parts = bench.kept(CONFIG)["components"]
    said = bench.mark()
    async with bench.life():
        pass

    assert parts["light"] == {"platform": "light"}
    assert "command_topic" in parts["diffuser"]
    assert f"{BASE}/light" not in bench.broker.retained
    assert bench.told(said) == []


async def test_a_new_name_room_and_language_are_told(bench: Bench) -> None:
    async with bench.life():
        bench.home.describe(diffuser(name="Salon", room="Upstairs"))
        bench.home.language = "es"
        bench.home.tell(Happening.HOUSEHOLD)
        await bench.clock.advance(1)

    announced = bench.kept(CONFIG)
    assert (announced["device"]["name"], announced["device"]["suggested_area"]) == (
        "Salon",
        "Upstairs",
    )
    assert announced["components"]["light"]["name"] == "Luz"


async def test_an_id_that_home_assistant_would_pass_over_is_refused_before_publishing() -> None:
    bench = Bench(diffuser("other-ä:1"), diffuser())
    async with bench.life():
        bench.home.report("other-ä:1", power=True)
        bench.home.tell(Happening.SCENT_LOW, "other-ä:1", 1)
        await bench.clock.advance(1)

    assert bench.bridge.counts.refused == {"other-ä:1"}
    assert CONFIG in bench.broker.retained
    assert not any("ä" in message.topic for message in bench.told())


@pytest.mark.parametrize(
    "happening",
    [Happening.SCENT_LOW, Happening.SCENT_EMPTY, Happening.REFILLED, Happening.REORDERED],
)
async def test_events_are_told_once_and_not_kept(bench: Bench, happening: Happening) -> None:
    bench.home.fill(filling(slot_no=2, scent="White Tea"))
    async with bench.life():
        said = bench.mark()
        bench.home.tell(happening, "native-lounge", 2)
        await bench.clock.advance(1)

    (message,) = bench.told(said)
    assert (message.topic, message.retain) == (f"{BASE}/event", False)
    assert json.loads(message.payload) == {
        "event_type": happening.value,
        "slot": 2,
        "scent": "White Tea",
    }


async def test_a_device_out_of_reach_is_told_so(bench: Bench) -> None:
    async with bench.life():
        bench.home.is_there("native-lounge", Availability.OFFLINE, "last_will")
        await bench.clock.advance(1)

    assert bench.broker.retained[f"{BASE}/availability"] == b"offline"


async def test_news_of_a_device_that_is_not_shown_are_not_told(bench: Bench) -> None:
    async with bench.life():
        said = bench.mark()
        bench.home.tell(Happening.SCENT_LOW, "native-nobody", 1)
        await bench.clock.advance(1)

    assert bench.told(said) == []


async def test_rubbish_that_is_kept_in_our_place_is_cleared_and_not_remembered(
    bench: Bench,
) -> None:
    huge = "scent/ha/hub/native-lounge/state"
    bench.broker.say(huge, b"x" * 200_000, retain=True)
    bench.broker.say("scent/ha/hub/nobody/state", b"x" * 200_000, retain=True)

    async with bench.life():
        pass

    assert bench.kept(huge)["power"] is None
    assert "scent/ha/hub/nobody/state" not in bench.broker.retained


async def test_a_name_that_is_no_text_is_shown_as_well_as_it_can(bench: Bench) -> None:
    async with bench.life():
        bench.home.describe(diffuser(name="Half a \ud83d smile"))
        await bench.clock.advance(1)

    assert bench.kept(CONFIG)["device"]["name"] == "Half a ? smile"


async def test_the_minutes_left_of_a_wish_are_told_each_minute_and_its_end(bench: Bench) -> None:
    async with bench.life():
        bench.home.report(power=True)
        bench.home.held["native-lounge"] = bench.clock.now() + timedelta(minutes=2)
        await bench.clock.advance(118)
        first = bench.kept(f"{BASE}/state")["run_for"]
        del bench.home.held["native-lounge"]
        await bench.clock.advance(61)

    assert (first, bench.kept(f"{BASE}/state")["run_for"]) == (1, 0)
