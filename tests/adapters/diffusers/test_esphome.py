"""How a node of ESPHome is known, and under which of its names it lives now."""

import json

import pytest

from adapters.diffusers.esphome.dialect import ASK, EsphomeDialect
from scentd.model.diffuser import DeviceType, Diffuser
from scentd.model.readings import Piece
from scentd.ports import Malformed, Publish
from tests.adapters.announced import Announced

DIALECT = EsphomeDialect()
MAC = "a0b1c2d3e4f5"
NODE = f"esphome-{MAC}"


def config(node: str, kind: str = "fan", key: str = "mist", **values: object) -> tuple[str, bytes]:
    base = f"{node}/{kind}/{key}"
    body = {
        "stat_t": f"{base}/state",
        "cmd_t": f"{base}/command",
        "avty_t": f"{node}/status",
        "dev": {
            "ids": MAC,
            "name": "Study",
            "sw": "2026.6.5 (config hash 0x12ab34cd)",
            "mf": "Espressif",
            "cns": [["mac", MAC]],
        },
        **values,
    }
    return f"homeassistant/{kind}/{node}/{key}/config", json.dumps(body).encode()


def answer(node: str, **values: object) -> tuple[str, bytes]:
    return f"{ASK}/{node}", json.dumps({"name": node, "mac": MAC, **values}).encode()


def found(*messages: tuple[str, bytes]) -> dict[str, Diffuser]:
    return Announced(DIALECT).hear(messages).diffusers


def test_all_nodes_are_asked_who_they_are() -> None:
    assert DIALECT.discovery_asks() == (Publish("esphome/discover", b""),)


def test_an_answer_is_a_part_of_its_node_and_counts_again() -> None:
    assert DIALECT.discover(*answer("mist")) == (Piece(MAC, counts_again=True, announces=False),)
    assert DIALECT.discover(*answer("mist", mac="A0:B1:C2:D3:E4:F5")) == (
        Piece(MAC, counts_again=True, announces=False),
    )
    assert DIALECT.discover(*config("mist")) == (Piece(MAC),)


@pytest.mark.parametrize("mac", [None, "", "a0b1", "not a mac at all"])
def test_an_answer_without_a_mac_is_of_no_node(mac: str | None) -> None:
    assert DIALECT.discover(*answer("mist", mac=mac)) == ()


def test_an_answer_that_cannot_be_read_is_malformed_and_an_announcement_left_to_others() -> None:
    with pytest.raises(Malformed):
        DIALECT.discover(f"{ASK}/mist", b"[]")
    assert DIALECT.discover(f"{ASK}/mist", b"") == ()
    assert DIALECT.discover("homeassistant/fan/mist/fan/config", b"[]") == ()


def test_a_node_is_at_its_own_prefix_whatever_it_is_called() -> None:
    one = found(config("mist", avty_t="home/attic/status"))[NODE]

    assert (one.address, one.firmware, one.maker) == ("home/attic", "2026.6.5", "Espressif")


def test_a_node_that_tells_no_status_is_at_its_name() -> None:
    version = {"ids": MAC, "sw": "1.0 (ESPHome 2024.2.0)"}

    assert found(config("mist", avty_t=None, dev=version))[NODE].address == "mist"


@pytest.mark.parametrize(
    ("messages", "address"),
    [
        ((config("old"), config("new")), "new"),
        ((config("new"), config("old"), answer("new")), "new"),
        ((answer("old"), answer("new"), config("new"), config("old")), "new"),
        ((config("old"), config("new"), answer("elsewhere")), "new"),
        ((answer("new"), config("old")), "old"),
    ],
)
def test_the_last_answer_of_a_name_that_is_announced_counts_then_the_last_announcement(
    messages: tuple[tuple[str, bytes], ...], address: str
) -> None:
    assert found(*messages)[NODE].address == address


def test_of_the_name_of_old_nothing_is_mixed_in() -> None:
    one = found(config("old", "light", "ring", schema="json"), config("new"))[NODE]

    assert not one.capabilities.light
    assert all(topic.startswith("new/") for topic in DIALECT.topics(one))


def test_an_answer_alone_is_no_device() -> None:
    assert found(answer("mist")) == {}


def test_relays_of_a_node_are_plugs_each_with_its_own_meter() -> None:
    plugs = found(
        config("strip", "switch", "relay_1"),
        config("strip", "switch", "relay_2"),
        config("strip", "sensor", "relay_1_power", unit_of_meas="W"),
        config("strip", "switch", "restart"),
    )

    assert plugs.keys() == {f"{NODE}-relay_1", f"{NODE}-relay_2"}
    first, second = plugs.values()
    assert (first.device_type, first.needs_profile) == (DeviceType.PLUG_DIFFUSER, True)
    assert (first.capabilities.energy, second.capabilities.energy) == (True, False)
