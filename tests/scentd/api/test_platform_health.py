"""What the health page says of bridges to other platforms."""

from dataclasses import dataclass, replace

import pytest

from scentd.api.access import Scope
from scentd.ports import BridgeCounts
from tests.fakes.house import open_rig


@dataclass
class Bridge:
    counts: BridgeCounts
    name: str = "home_assistant"

    async def run(self) -> None:
        raise AssertionError("nobody runs it")


@pytest.fixture
def health_of(tmp_path, clock, serve, open_browser):
    """Give what the hub says of its health with that bridge."""

    async def ask(bridge):
        async with open_rig(tmp_path / "other.db", clock) as rig:
            rig.house = replace(rig.house, bridges=(bridge,))
            made = await rig.house.access.new_token("x", frozenset({Scope.READ}))
            bearer = {"Authorization": f"Bearer {made.secret}"}
            async with serve(rig) as base, open_browser(base) as client:
                _, health = await client.ask("GET", "/api/v1/health", **bearer)
        (told,) = (item for item in health["items"] if item["part"] == "platform/home_assistant")
        return told

    return ask


async def test_a_bridge_tells_what_passed_over_it(health_of):
    told = await health_of(Bridge(BridgeCounts(published=12, obeyed=3, ignored=1)))

    assert told["level"] == "ok"
    assert told["message"] == ("Home Assistant: 12 messages told, 3 commands obeyed, 1 ignored.")


async def test_devices_it_cannot_show_are_named(health_of):
    told = await health_of(Bridge(BridgeCounts(1, 0, 0, frozenset({"b:2", "a:1"}))))

    assert told["level"] == "note"
    assert "a:1, b:2" in told["hint"]
