"""Row 1, judged by Home Assistant's own reader of Tasmota (HATasmota).

It takes the announcements of the simulated devices for true, and its idea of their topics and words
is ours: so the simulator speaks as the firmware does, and the dialect reads it as others do.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hatasmota.discovery import TasmotaDiscovery, get_entities_for_platform, get_entity
from hatasmota.mqtt import ReceiveMessage, TasmotaMQTTClient
from hatasmota.relay import TasmotaRelay

from adapters.diffusers.tasmota.dialect import TasmotaDialect
from adapters.simulator.boards import GD_30W, KCL_M1801C, XD800W
from adapters.simulator.tasmota import TasmotaThing
from adapters.simulator.tasmota_console import TasmotaConsole
from adapters.simulator.tasmota_plug import TasmotaPlug
from adapters.simulator.thing import Message, Thing, Vial
from scentd.model.diffuser import Diffuser
from scentd.model.topics import matches
from tests.adapters.announced import Announced
from tests.fakes.clock import ManualClock

MAC = "5CCF7F1A2B3C"
DIALECT = TasmotaDialect()


def plug(relays: int = 1, *, lamp: bool = False, **set_up: Any) -> TasmotaPlug:
    vial = Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000)
    return TasmotaPlug(
        TasmotaConsole(MAC, **set_up),
        "Desk",
        vial,
        now=ManualClock().now,
        chance=random.Random(1),
        relays=relays,
        lamp=lamp,
    )


def tuya(board: Any, **set_up: Any) -> TasmotaThing:
    vial = Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000)
    now = ManualClock().now
    return TasmotaThing(MAC, "Bed", board, vial, now=now, chance=random.Random(1), **set_up)


THINGS: dict[str, Callable[[], Thing]] = {
    "one relay": plug,
    "three relays": lambda: plug(3),
    "a lamp beside": lambda: plug(lamp=True),
    "custom full topic": lambda: plug(full_topic="home/%topic%/%prefix%/", topic="desk"),
    "changed words": lambda: plug(words=("here", "gone")),
    "renamed prefixes": lambda: plug(prefixes=("do", "did", "says")),
    "SetOption4": lambda: plug(2, own_topics=True),
    "GD-30W": lambda: tuya(GD_30W),
    "KCL": lambda: tuya(KCL_M1801C),
    "XD800W": lambda: tuya(XD800W),
}
every_thing = pytest.mark.parametrize("name", THINGS)


@dataclass
class Judge:
    """HATasmota on a broker where only one thing is; `configs` is what it took for announced."""

    thing: Thing
    listeners: list[tuple[str, Callable[[ReceiveMessage], Any]]] = field(default_factory=list)
    configs: list[dict[str, Any]] = field(default_factory=list)
    sensors: list[Any] = field(default_factory=list)

    async def begin(self) -> None:
        self.client = TasmotaMQTTClient(self._publish, self._subscribe, self._unsubscribe)
        discovery = TasmotaDiscovery("tasmota/discovery", self.client)
        await discovery.start_discovery(self._on_device, self._on_sensors)
        await self.hear(self.thing.connected())

    async def hear(self, messages: list[Message]) -> None:
        for message in messages:
            for topic_filter, callback in list(self.listeners):
                if matches(topic_filter, message.topic):
                    text = message.payload.decode()
                    done = callback(ReceiveMessage(message.topic, text, 0, message.retain))
                    if done is not None:
                        await done

    async def relays(self) -> list[TasmotaRelay]:
        found = get_entities_for_platform(self.configs[-1], "switch")
        relays = [get_entity(config, self.client) for config, _ in found if config is not None]
        return [relay for relay in relays if isinstance(relay, TasmotaRelay)]

    async def _publish(self, topic: str, payload: Any, qos: Any, retain: Any) -> None:
        await self.hear(self.thing.hear(topic, str(payload).encode()))

    async def _subscribe(self, state: dict | None, topics: dict) -> dict:
        self.listeners += [(one["topic"], one["msg_callback"]) for one in topics.values()]
        return {}

    async def _unsubscribe(self, state: dict | None) -> dict:
        return {}

    async def _on_device(self, config: dict, mac: str) -> None:
        self.configs.append(config)

    async def _on_sensors(self, sensors: list, mac: str) -> None:
        self.sensors = sensors


async def judged(name: str) -> Judge:
    judge = Judge(THINGS[name]())
    await judge.begin()
    return judge


def ours(thing: Thing) -> list[Diffuser]:
    filters = DIALECT.discovery_filters()
    announced = Announced(DIALECT).hear(
        (m.topic, m.payload) for m in thing.connected() if any(matches(f, m.topic) for f in filters)
    )
    return list(announced.diffusers.values())


@every_thing
async def test_the_announcement_is_taken_for_true(name: str) -> None:
    judge = await judged(name)

    (config,) = judge.configs
    assert config["mac"] == MAC


@every_thing
async def test_topics_and_words_are_the_same_as_ours(name: str) -> None:
    judge = await judged(name)
    diffusers = ours(judge.thing)
    is_switched = name != "KCL"  # its switch is no relay of the firmware

    relays = [relay._cfg for relay in await judge.relays()]

    assert len(relays) == (len(diffusers) if is_switched else 0)
    for relay, diffuser in zip(relays, diffusers if is_switched else [], strict=True):
        facts = diffuser.facts
        assert relay.command_topic == facts["cmnd"]
        assert relay.availability_topic == f"{facts['tele']}LWT"
        assert relay.state_topic == f"{facts['tele']}STATE"
        assert relay.result_topic.removesuffix("RESULT") == facts["stat"]
        assert (relay.availability_online, relay.availability_offline) == (
            facts["online"],
            facts["offline"],
        )
        assert (relay.state_power_on, relay.state_power_off) == (facts["on"], facts["off"])


@pytest.mark.parametrize("name", [name for name in THINGS if name not in {"KCL", "SetOption4"}])
async def test_a_switch_of_home_assistant_switches_and_hears_the_answer(name: str) -> None:
    judge = await judged(name)
    heard: list[bool] = []
    relay = (await judge.relays())[0]
    relay.set_on_state_callback(heard.append)
    await relay.subscribe_topics()

    await relay.set_state(True)
    await relay.set_state(False)

    assert heard[0] is True
    assert heard[-1] is False


async def test_its_lamp_is_a_light_there_and_ours_alike() -> None:
    judge = await judged("a lamp beside")
    (diffuser,) = ours(judge.thing)

    found = get_entities_for_platform(judge.configs[-1], "light")
    (light,) = [get_entity(config, judge.client) for config, _ in found if config is not None]

    assert diffuser.capabilities.light_dims
    assert light._cfg.idx == int(diffuser.facts["lamp"]) - 1
    assert light._cfg.command_topic == diffuser.facts["cmnd"]
    assert (light._cfg.dimmer_cmd, light._cfg.dimmer_state) == ("Dimmer", "Dimmer")


async def test_the_meter_is_seen_with_its_units() -> None:
    judge = await judged("one relay")

    seen = {
        (config.friendly_name, config.unit)
        for config, _ in judge.sensors
        if getattr(config, "unit", None)
    }

    assert {("ENERGY Power", "W"), ("ENERGY Voltage", "V"), ("ENERGY Current", "A")} <= seen
    assert ("ENERGY Total", "kWh") in seen


async def test_a_wrong_announcement_is_not_taken() -> None:
    judge = Judge(plug())
    await judge.begin()
    config = next(m for m in judge.thing.connected() if m.topic.endswith("/config"))
    wrong = {**json.loads(config.payload), "rl": "none"}

    with pytest.raises(Exception, match="rl"):
        await judge.hear([Message(config.topic, json.dumps(wrong).encode())])
