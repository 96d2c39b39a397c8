"""Devices are found in whatever way they announce themselves: at once, in parts, by a bridge."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.devices.discovering import (
    ASK_AGAIN_S,
    CALL_EVERY_S,
    MOST_GROUPS,
    MOST_PIECES,
    PATIENCE_S,
    QUIET_S,
    SEARCH_S,
)
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import DiffuserFound, DiffuserRemoved
from scentd.ports import Publish
from tests.adapters.zigbee import ID as PLUG
from tests.adapters.zigbee import defined, devices, entry, switch
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices
from tests.fakes.parts_dialect import PartsDialect


@pytest.fixture
def dialect() -> PartsDialect:
    return PartsDialect()


@pytest.fixture
async def home(tmp_path: Path, clock: ManualClock, dialect: PartsDialect) -> AsyncIterator[Devices]:
    house = Devices(tmp_path / "hub.db", clock)
    house.dialects[dialect.name] = dialect
    await house.begin()
    yield house
    await house.end()


def ids(home: Devices) -> list[str]:
    return [diffuser.id for diffuser in home.registry.all()]


async def say(home: Devices, *parts: tuple[str, str], wait_s: float = QUIET_S + 0.2) -> None:
    for topic, payload in parts:
        home.broker.say(topic, payload.encode(), retain=True)
    home.broker.deliver()
    await home.pass_time(wait_s)


async def hear(home: Devices, message: tuple[str, bytes]) -> None:
    await say(home, (message[0], message[1].decode()))


async def test_an_announcement_in_parts_is_read_once_they_are_quiet(
    home: Devices, dialect: PartsDialect
) -> None:
    await say(home, ("parts/x/name", "Lamp"), wait_s=0)
    assert ids(home) == []

    await say(home, ("parts/x/steps", "3"))

    assert [(d.id, d.name) for d in home.registry.all()] == [("parts-x", "Lamp")]
    assert dialect.assembled == ["x"]


async def test_parts_that_never_stop_coming_are_read_all_the_same(
    home: Devices, dialect: PartsDialect
) -> None:
    await say(home, ("parts/x/name", "Lamp"), ("parts/x/steps", "3"), wait_s=0)
    for number in range(round(PATIENCE_S / 0.2)):
        await say(home, ("parts/x/noise", str(number)), wait_s=0.2)

    assert ids(home) == ["parts-x"]


async def test_the_same_part_again_is_no_news(home: Devices, dialect: PartsDialect) -> None:
    parts = (("parts/x/name", "Lamp"), ("parts/x/steps", "3"))
    await say(home, *parts)
    await say(home, *parts)

    assert dialect.assembled == ["x"]
    assert len(home.told(DiffuserFound)) == 1


async def test_a_changed_part_changes_the_device(home: Devices) -> None:
    await say(home, ("parts/x/name", "Lamp"), ("parts/x/steps", "3"))
    await say(home, ("parts/x/steps", "2"))

    assert home.registry.get("parts-x").capabilities.steps == (1, 2)


async def test_a_device_stays_whole_while_its_parts_come_again_after_a_restart(
    home: Devices, dialect: PartsDialect
) -> None:
    await say(home, ("parts/x/name", "Lamp"), ("parts/x/steps", "3"))
    await home.registry.rename("parts-x", name="Mine")
    home.broker.retained.clear()
    await home.restart()
    assert ids(home) == ["parts-x"]

    await say(home, ("parts/x/name", "Lamp"))

    assert home.registry.get("parts-x").capabilities.steps == (1, 2, 3)
    assert home.registry.get("parts-x").name == "Mine"


@pytest.mark.parametrize("last", ["", "no number"])
async def test_a_device_goes_with_what_it_needs_and_not_with_what_cannot_be_read(
    home: Devices, last: str
) -> None:
    await say(home, ("parts/x/name", "Lamp"), ("parts/x/steps", "3"))

    await say(home, ("parts/x/steps", last))

    assert ids(home) == ([] if last == "" else ["parts-x"])
    assert len(home.told(DiffuserRemoved)) == (1 if last == "" else 0)


async def test_a_part_is_taken_away_also_where_only_its_text_told_the_group(home: Devices) -> None:
    await say(home, ("any/name", "x Lamp"), ("any/steps", "x 3"))
    before = ids(home)

    await say(home, ("any/steps", ""))

    assert before == ["parts-x"]
    assert ids(home) == []
    assert len(home.told(DiffuserRemoved)) == 1


async def test_a_part_that_is_now_of_another_group_is_no_longer_of_the_first(home: Devices) -> None:
    await say(home, ("any/name", "x Lamp"), ("any/steps", "x 3"))

    await say(home, ("any/name", "y Lamp"), ("any/steps", "y 3"))

    assert ids(home) == ["parts-y"]


async def test_a_part_that_counts_again_is_news_word_for_word_but_not_from_memory(
    home: Devices, dialect: PartsDialect
) -> None:
    await say(home, ("any/again", "x hello"), ("any/name", "x Lamp"), ("any/steps", "x 3"))
    await say(home, ("any/again", "x hello"))
    after_live = len(dialect.assembled)
    home.find_broker()
    await home.pass_time(1)

    assert after_live == 2
    assert len(dialect.assembled) == 2


async def test_what_was_taken_away_stays_so_whatever_it_reports_until_somebody_searches(
    home: Devices,
) -> None:
    parts = (("report/name", "x Lamp"), ("report/steps", "x 3"))
    await say(home, *parts)
    assert ids(home) == ["parts-x"]

    await home.registry.remove("parts-x")
    await say(home, ("report/name", "x Lantern"))
    await home.restart()
    await say(home, *parts)
    assert ids(home) == []

    home.registry.search()
    await say(home, *parts)
    assert ids(home) == ["parts-x"]

    await home.pass_time(SEARCH_S)
    await home.registry.remove("parts-x")
    await say(home, ("report/name", "x Lantern"))
    assert ids(home) == []


async def test_parts_stand_in_the_order_in_which_they_changed_last(
    home: Devices, dialect: PartsDialect
) -> None:
    await say(home, ("any/again", "x hello"), ("any/name", "x Lamp"), ("any/steps", "x 3"))
    await say(home, ("any/name", "x Light"), ("any/again", "x hello"))

    assert dialect.order == ["any/steps", "any/name", "any/again"]


async def test_what_a_bridge_no_longer_lists_is_gone(home: Devices) -> None:
    await say(home, ("list/one/a", "!"), ("list/one/b", "!"), ("parts/x/name", "Lamp"))
    await say(home, ("parts/x/steps", "3"))

    await say(home, ("list/all", "b c"))

    assert ids(home) == ["parts-b", "parts-x"]
    await home.restart()
    assert ids(home) == ["parts-b", "parts-x"]


async def test_a_device_whose_bridge_is_back_is_asked_what_it_does(home: Devices) -> None:
    await say(home, ("list/one/a", "!"))
    await say(home, ("says/parts-a", "hello"))
    await say(home, ("says/parts-a", "unknown"))
    asked = len(home.commands("tell/parts-a"))

    home.broker.say("says/parts-a", b"online")
    home.broker.deliver()

    assert len(home.commands("tell/parts-a")) == asked + 1


async def test_devices_are_asked_at_each_connection_and_when_a_person_searches(
    home: Devices,
) -> None:
    ask = Publish("who/is/there", b"?")
    assert home.broker.published.count(ask) == 0

    home.find_broker()
    home.registry.search()

    assert home.broker.published.count(ask) == 2


async def test_devices_are_called_now_and_then_for_one_plugged_in_later(home: Devices) -> None:
    home.find_broker()

    await home.pass_time(2 * CALL_EVERY_S + 1)

    assert home.broker.published.count(Publish("who/is/there", b"?")) == 3


async def test_a_device_that_must_be_asked_is_asked_once_a_connection(home: Devices) -> None:
    await say(home, ("parts/x/ask", "1"), ("parts/x/ask", "2"))
    assert home.commands("tell/x") == [b"?"]

    home.lose_broker()
    home.find_broker()
    await say(home, ("parts/x/ask", "3"))

    assert home.commands("tell/x") == [b"?", b"?"]


async def test_a_device_that_calls_for_it_later_is_asked_again(home: Devices) -> None:
    await say(home, ("parts/x/ask", "1"))

    await home.pass_time(ASK_AGAIN_S - 2)
    await say(home, ("parts/x/ask", "2"))
    soon = len(home.commands("tell/x"))
    await home.pass_time(2)
    await say(home, ("parts/x/ask", "3"))

    assert (soon, len(home.commands("tell/x"))) == (1, 2)


async def test_a_bug_of_one_dialect_ends_nobody_elses_finding(
    home: Devices, caplog: pytest.LogCaptureFixture
) -> None:
    await say(home, ("parts/bug/name", "Lamp"))
    await say(home, ("parts/x/name", "Lamp"), ("parts/x/steps", "3"))

    assert ids(home) == ["parts-x"]
    assert [r.message for r in caplog.records if r.levelno == logging.ERROR] == [
        "the dialect parts failed on bug"
    ]


async def test_a_device_that_moved_to_another_bridge_stays_with_its_name(home: Devices) -> None:
    plug = entry(defined(switch()))
    for base in ("old", "new"):
        await hear(home, devices(plug, base=base))
    await home.registry.rename(PLUG, name="Mine")

    await hear(home, devices(plug, {"type": "Group"}, base="old"))
    assert home.registry.get(PLUG).bridge == "old"
    await hear(home, devices({"type": "Coordinator"}, base="old"))
    await home.pass_time(QUIET_S + 0.2)  # the other list is read again

    assert (home.registry.get(PLUG).bridge, home.registry.get(PLUG).name) == ("new", "Mine")
    await hear(home, devices({"type": "Coordinator"}, base="new"))
    assert ids(home) == []


async def test_refused_announcements_leave_nothing_behind(home: Devices) -> None:
    for number in range(MOST_GROUPS + 1):
        home.broker.say(f"parts/x{number}/name", b"Lamp")
    home.broker.deliver()
    await say(home, (f"parts/x{MOST_GROUPS}/steps", "3"), ("parts/x0/steps", "3"))

    assert ids(home) == ["parts-x0"]


async def test_parts_without_end_are_not_kept(home: Devices) -> None:
    many = [(f"parts/x/{number}", "noise") for number in range(MOST_PIECES + 50)]

    await say(home, *many, ("parts/x/name", "Lamp"), ("parts/x/steps", "3"))
    await say(home, ("parts/y/name", "Lamp"), ("parts/y/steps", "3"))

    assert ids(home) == ["parts-y"]
    assert home.registry.malformed("parts/x/name") == 1


class TestIgnored:
    """What the household says is no diffuser is left alone until it is called back."""

    async def test_it_is_no_device_any_more_and_is_not_listened_to(self, home: Devices) -> None:
        await say(home, ("list/one/a", "!"))

        await home.registry.ignore("parts-a", is_ignored=True)
        await say(home, ("says/parts-a", "hello"), ("list/one/a", "!"))

        assert ids(home) == []
        assert [d.id for d in home.registry.ignored()] == ["parts-a"]
        assert len(home.told(DiffuserRemoved)) == 1
        with pytest.raises(DiffuserUnknown):
            home.state("parts-a")

    async def test_it_stays_so_over_a_restart_and_a_new_announcement(self, home: Devices) -> None:
        await say(home, ("list/one/a", "!"))
        await home.registry.ignore("parts-a", is_ignored=True)

        await home.restart()
        home.broker.say("list/one/a", b"!")
        await home.pass_time(1)

        assert ids(home) == []
        assert [d.id for d in home.registry.ignored()] == ["parts-a"]

    async def test_it_can_be_called_back(self, home: Devices) -> None:
        await say(home, ("list/one/a", "!"))
        await home.registry.ignore("parts-a", is_ignored=True)

        await home.registry.ignore("parts-a", is_ignored=False)
        await say(home, ("says/parts-a", "hello"))

        assert ids(home) == ["parts-a"]
        assert home.registry.ignored() == ()
        assert home.state("parts-a").extras == {"said": "hello"}

    async def test_one_that_leaves_its_network_is_forgotten(self, home: Devices) -> None:
        await say(home, ("list/one/a", "!"))
        await home.registry.ignore("parts-a", is_ignored=True)

        await say(home, ("list/all", ""))

        assert home.registry.ignored() == ()

    async def test_nobody_can_ignore_what_was_never_found(self, home: Devices) -> None:
        with pytest.raises(DiffuserUnknown):
            await home.registry.ignore("parts-z", is_ignored=True)


class TestGhosts:
    """A command that the broker keeps is found and told, and can be dropped."""

    async def test_a_retained_command_is_told(self, home: Devices) -> None:
        home.broker.say("do/parts-a", b"ON", retain=True)
        await say(home, ("list/one/a", "!"))

        assert home.registry.ghosts("parts-a") == ("do/parts-a",)
        assert [e.is_new for e in home.told(DiffuserFound)] == [True, False]

    async def test_a_live_command_is_none(self, home: Devices) -> None:
        await say(home, ("list/one/a", "!"))
        home.broker.say("do/parts-a", b"ON")
        home.broker.deliver()

        assert home.registry.ghosts("parts-a") == ()

    async def test_it_is_dropped_from_the_broker_when_a_person_says_so(self, home: Devices) -> None:
        home.broker.say("do/parts-a", b"ON", retain=True)
        await say(home, ("list/one/a", "!"))

        assert home.registry.clear_ghosts("parts-a")
        home.broker.deliver()

        assert "do/parts-a" not in home.broker.retained
        assert home.registry.ghosts("parts-a") == ()

    async def test_it_stays_told_while_the_broker_is_away(self, home: Devices) -> None:
        home.broker.say("do/parts-a", b"ON", retain=True)
        await say(home, ("list/one/a", "!"))
        home.lose_broker()

        assert not home.registry.clear_ghosts("parts-a")
        assert home.registry.ghosts("parts-a") == ("do/parts-a",)
