"""Our diffusers in a real Home Assistant; `make test-ha` runs these.

One Home Assistant serves all: its start takes long. Each test has a hub and a diffuser of its own.
"""

import itertools
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.home_assistant.places import Places
from adapters.simulator.thing import Message
from tests.fakes.home_assistant import HomeAssistant
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.plugged_in import plugged_in
from tests.fakes.rich_thing import RichThing, rich_thing
from tests.fakes.waiting import eventually
from tools.broker import Broker
from tools.processes import end, spawn

pytestmark = [pytest.mark.home_assistant, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[3]
_numbers = itertools.count(1)


class Hub:
    """A hub in a process of its own, which may be killed."""

    def __init__(self, folder: Path, name: str, broker: Broker) -> None:
        self._folder = folder
        self._file = folder / "hub.toml"
        self._process: subprocess.Popen[bytes] | None = None
        self.places = Places(name)
        self._file.write_text(
            f'[store]\npath = "{folder / "hub.db"}"\n'
            f'[mqtt]\nport = {broker.port}\nname = "{name}"\n'
            f'[api]\nhost = "127.0.0.1"\nport = 0\n'
        )

    def start(self) -> None:
        words = ["-c", "from scentd.cli import main; main()", "run", "--config", str(self._file)]
        self._process = spawn([sys.executable, *words], log=self.log, folder=ROOT)

    def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            end(self._process, by, 10)
            self._process = None

    @property
    def log(self) -> Path:
        return self._folder / "hub.log"

    def unique_id(self, device: str, entity: str) -> str:
        return f"{self.places.object_id(f'native-{device}')}-{entity}"


@pytest.fixture(scope="module")
def home_assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HomeAssistant]:
    program = request.config.getoption("--home-assistant")
    one = HomeAssistant(Path(program), tmp_path_factory.mktemp("home-assistant"))
    one.start()
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture
async def assistant(home_assistant: HomeAssistant, broker: Broker) -> AsyncIterator[HomeAssistant]:
    """It must find nothing to say against what we send."""
    await home_assistant.move_in(broker_port=broker.port)
    yield home_assistant
    assert home_assistant.complaints() == []


@pytest.fixture
def hub(tmp_path: Path, broker: Broker) -> Iterator[Hub]:
    one = Hub(tmp_path, f"hub-{next(_numbers)}", broker)
    one.start()
    try:
        yield one
    finally:
        one.end()


@asynccontextmanager
async def seen(
    assistant: HomeAssistant, hub: Hub, broker: Broker, device: str
) -> AsyncIterator[tuple[RichThing, dict[str, str]]]:
    """A diffuser that Home Assistant has found: it, and the ids of its entities by their key."""
    one = rich_thing(device)

    async def found() -> dict[str, str]:
        prefix = hub.unique_id(device, "")
        entities = {
            key.removeprefix(prefix): entity["entity_id"]
            for key, entity in (await assistant.entities()).items()
            if key.startswith(prefix)
        }
        return entities if "signal" in entities else {}

    async with plugged_in(broker, one) as plug:
        entities = await assistant.until(found)
        await assistant.shows(entities["diffuser"], "off")
        yield one, entities
        # The next test's hub must not find it.
        await plug.say([Message(f"scent/1/{device}/description", b"", retain=True)])


async def test_every_entity_of_a_diffuser_is_there(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "salon") as (_, entities):
        object_id = hub.places.object_id("native-salon")
        async with peer_of(broker, hub.places.config("native-salon")) as peer:
            await eventually(lambda: peer.heard)
            announced = json.loads(peer.heard[-1].payload)
        await assistant.shows(entities["oil_1"], "40.0")
        states = await assistant.states()
        devices = await assistant.devices()

    assert set(entities) == set(announced["components"])
    assert {entity.split(".")[0] for entity in entities.values()} == {
        "binary_sensor", "button", "event", "fan", "light", "number", "select", "sensor",
    }  # fmt: skip
    shown = {key: states[entity]["state"] for key, entity in entities.items()}
    assert shown["oil_volume_1"] == "12.0"
    assert shown["scent"].startswith("1 ·")
    assert (shown["problem"], shown["power"], shown["energy"]) == ("off", "7.5", "120.0")
    assert not {"unavailable"} & set(shown.values())
    behind = devices[object_id]["via_device_id"]
    assert behind == devices[hub.places.object_id("")]["id"]
    assert devices[object_id]["name"] == "Salon"


async def test_commands_arrive_and_their_outcome_is_shown(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "study") as (one, entities):
        fan = entities["diffuser"]
        await assistant.call("fan.turn_on", entity_id=fan, percentage=70)
        shown = await assistant.shows(fan, "on")
        assert (one.power, one.intensity, shown["percentage"]) == (True, 80, 80)

        await assistant.call("fan.set_preset_mode", entity_id=fan, preset_mode="Interval")
        await eventually(lambda: one.mode == "interval")
        await assistant.call("number.set_value", entity_id=entities["intensity"], value=40)
        await assistant.shows(entities["intensity"], "40")
        await assistant.call("number.set_value", entity_id=entities["run_for"], value=30)
        await assistant.shows(entities["run_for"], "30")
        options = (await assistant.states())[entities["scent"]]["attributes"]["options"]
        await assistant.call("select.select_option", entity_id=entities["scent"], option=options[1])
        await assistant.shows(entities["scent"], options[1])
        assert one.slot == 2

        await assistant.call(
            "light.turn_on", entity_id=entities["light"], rgb_color=[255, 0, 0], brightness_pct=50
        )
        lit = await assistant.shows(entities["light"], "on")
        assert (one.light_rgb, one.light_percent) == ("ff0000", 50)
        assert lit["rgb_color"] == [255, 0, 0]
        await assistant.call("button.press", entity_id=entities["identify"])
        await assistant.call("fan.turn_off", entity_id=fan)
        await assistant.shows(fan, "off")


async def test_a_killed_hub_makes_all_unavailable_and_its_return_brings_all_back(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "attic") as (_, entities):
        for farewell in (signal.SIGKILL, signal.SIGTERM):
            hub.end(farewell)
            for entity_id in entities.values():
                await assistant.shows(entity_id, "unavailable")

            hub.start()
            await assistant.shows(entities["diffuser"], "off")
            await assistant.shows(entities["oil_2"], "80.0")


async def test_a_diffuser_without_power_is_unavailable(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "cellar") as (one, entities):
        async with peer_of(broker) as the_broker_itself:
            await the_broker_itself.say(one.will.topic, one.will.payload, retain=True)

        await assistant.shows(entities["diffuser"], "unavailable")


async def test_a_new_cartridge_is_an_event(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "hall") as (_, entities):
        async with peer_of(broker) as somebody:
            await somebody.say("scent/1/hall/sim/refill", b"")

        async def refilled() -> bool:
            one = (await assistant.states())[entities["news"]]
            return one["attributes"].get("event_type") == "refilled"

        await assistant.until(refilled)
        await assistant.shows(entities["oil_1"], "100.0")


async def test_home_assistant_knows_all_again_after_its_restart(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "porch") as (one, entities):
        await assistant.call("fan.turn_on", entity_id=entities["diffuser"], percentage=40)
        await assistant.shows(entities["diffuser"], "on")
        assistant.stop()
        one.power = True

        assistant.start()
        shown = await assistant.shows(entities["diffuser"], "on", within_s=120)

        assert shown["percentage"] == 40
        for key in ("oil_1", "days_left_1", "problem", "scent", "light"):
            assert (await assistant.states())[entities[key]]["state"] != "unavailable"
        await assistant.call("fan.turn_off", entity_id=entities["diffuser"])
        await assistant.shows(entities["diffuser"], "off")
        assert one.power is False


async def test_a_new_name_is_the_devices_name(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "nook") as (one, entities):
        async with peer_of(broker) as somebody:
            body = json.loads(one.connected()[0].payload) | {"name": "Reading nook"}
            await somebody.say("scent/1/nook/description", json.dumps(body), retain=True)

        async def is_renamed() -> bool:
            devices = await assistant.devices()
            return bool(devices[hub.places.object_id("native-nook")]["name"] == "Reading nook")

        await assistant.until(is_renamed)
        attributes = await assistant.shows(entities["diffuser"], "off")
        assert attributes["friendly_name"] == "Reading nook"


async def test_a_light_that_went_goes_alone(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "den") as (one, entities):
        async with peer_of(broker) as somebody:
            body = json.loads(one.connected()[0].payload) | {"light": False}
            await somebody.say("scent/1/den/description", json.dumps(body), retain=True)

        async def is_gone() -> bool:
            return hub.unique_id("den", "light") not in await assistant.entities()

        await assistant.until(is_gone)
        await assistant.shows(entities["diffuser"], "off")


async def test_a_diffuser_that_was_removed_is_gone(
    assistant: HomeAssistant, hub: Hub, broker: Broker
) -> None:
    async with seen(assistant, hub, broker, "loft"):
        async with peer_of(broker) as somebody:
            await somebody.say("scent/1/loft/description", b"", retain=True)

        async def is_gone() -> bool:
            devices = await assistant.devices()
            return hub.places.object_id("native-loft") not in devices

        await assistant.until(is_gone)
        assert not any(
            key.startswith(hub.unique_id("loft", "")) for key in await assistant.entities()
        )
