"""What people say, apps tell and devices step from and to; and what is done about it."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scentd.automation.named import EventIndex
from scentd.automation.people import PeopleIndex
from scentd.automation.settings import AutomationSettings
from scentd.automation.spoken import plain
from scentd.model.action import ActivateScene, Notify, SwitchRule, WaitUntil
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.condition import DeviceStateIs
from scentd.model.diffuser import LevelQuality
from scentd.model.events import (
    AppEventHeard,
    CartridgeEmpty,
    CartridgeFitted,
    HouseholdNotified,
    MemberEntered,
    MemberLeft,
)
from scentd.model.scene import Scene, SceneState
from scentd.model.trigger import (
    AppEvent,
    DeviceStateChange,
    SensorReading,
    UserEntersLocation,
    UserLeavesLocation,
    VoiceCommand,
)
from tests.fakes.rules import LAMP_ON, rule, say

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANY = SensorReading("door")


@pytest.mark.parametrize(
    ("said", "language", "room", "understood"),
    [
        ("good night", "en", "bedroom", True),
        ("Good  NIGHT!", "en-GB", "Bedroom", True),
        ("Gööd night.", "en", "bedroom", True),
        ("good night", "de", "bedroom", False),
        ("good night", "en", "kitchen", False),
        ("good night everyone", "en", "bedroom", False),
    ],
)
async def test_a_phrase_is_heard_however_it_is_written(
    home, said: str, language: str, room: str, understood: bool
) -> None:
    engine = await home.start(rule(VoiceCommand(("Night night", "Good night"), "en", "bedroom")))

    found = engine.hear_phrase(said, language, room)

    assert found == (("r",) if understood else ())
    assert home.verdicts() == ([("r", "ran")] if understood else [])


async def test_who_comes_and_who_goes_sets_off_the_rules_that_wait_for_it(home) -> None:
    await home.start(
        rule(UserEntersLocation("ada", first=True), name="first"),
        rule(UserLeavesLocation(last=True), name="last"),
    )

    for who, is_only in (("ben", True), ("ada", False), ("ada", True)):
        home.bus.publish(MemberEntered(NOW, who, "home", is_first=is_only))
    for who, is_only in (("ada", False), ("ben", True)):
        home.bus.publish(MemberLeft(NOW, who, "home", is_last=is_only))

    assert home.verdicts() == [("first", "ran"), ("last", "ran")]


async def test_the_account_hears_that_a_rule_fired_and_not_who_came_home(home) -> None:
    await home.start(rule(UserEntersLocation("yoko")))

    home.bus.publish(MemberEntered(NOW, "yoko", "home", is_first=True))
    await home.clock.advance(60)

    asked = "SELECT line FROM outbox WHERE kind = 'rule.fired'"
    (line,) = await home.database.read(lambda c: [bytes(row["line"]) for row in c.execute(asked)])
    assert b"presence" in line
    # No letter of the name is a hexadecimal digit: ids in the line cannot look like it.
    assert b"yoko" not in line


@given(st.text(max_size=40))
@example("🄐")
def test_how_a_phrase_is_compared_does_not_depend_on_being_compared(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain(f"  {text}!! ") == plain(text)


async def test_an_event_of_an_app_fires_when_its_data_fits(home) -> None:
    await home.start(
        rule(AppEvent("bell"), name="any"),
        rule(AppEvent("bell", {"door": "front"}), name="front"),
        rule(AppEvent("bell", {"door": "front", "long": True}), name="long"),
        rule(AppEvent("bell", {"long": 1}), name="one"),
    )

    home.bus.publish(AppEventHeard(NOW, "bell", {"door": "front", "long": True, "more": 1}))

    assert sorted(rule_id for rule_id, _ in home.verdicts()) == ["any", "front", "long"]


scalars = st.booleans() | st.integers(0, 1) | st.sampled_from(["a", "b"])
data = st.dictionaries(st.sampled_from(["x", "y", "z"]), scalars, max_size=3)


@given(st.lists(data, max_size=8), data)
def test_the_index_of_events_finds_what_asking_each_rule_would(
    wanted: list[dict[str, object]], heard: dict[str, object]
) -> None:
    index = EventIndex((str(n), AppEvent("e", fields)) for n, fields in enumerate(wanted))

    found = index.after("e", heard)

    expected = [
        str(n)
        for n, fields in enumerate(wanted)
        if all(
            key in heard and type(heard[key]) is type(value) and heard[key] == value
            for key, value in fields.items()
        )
    ]
    assert sorted(found) == sorted(expected)


async def test_what_the_hub_itself_tells_fires_too(home) -> None:
    slot = SlotKey("lamp")
    fitted = Cartridge(slot, "i" * 8, 1, None, "Cedar", 9, 9, 0, LevelQuality.MEASURED, NOW, NOW)
    await home.start(
        rule(AppEvent("hub.started"), name="started"),
        rule(AppEvent("cartridge.empty", {"diffuser_id": "lamp"}), name="empty"),
        rule(AppEvent("cartridge.refilled", {"slot_no": 1}), name="refilled"),
        rule(AppEvent("cartridge.empty", {"diffuser_id": "fan"}), name="fan"),
    )

    home.bus.publish(CartridgeEmpty(NOW, slot))
    home.bus.publish(CartridgeFitted(NOW, fitted))
    heard = [rule_id for rule_id, _ in home.verdicts()]
    await home.restart_after(hours=0.1)

    assert heard == ["started", "empty", "refilled"]
    assert home.verdicts()[-1] == ("started", "ran")


coming = st.builds(
    UserEntersLocation,
    st.none() | st.sampled_from(["ada", "bo"]),
    st.sampled_from(["home", "work"]),
    st.booleans(),
) | st.builds(
    UserLeavesLocation,
    st.none() | st.sampled_from(["ada", "bo"]),
    st.sampled_from(["home", "work"]),
    st.booleans(),
)


@given(st.lists(coming, max_size=10), st.sampled_from(["ada", "bo"]), st.booleans(), st.booleans())
def test_the_index_of_people_finds_what_asking_each_rule_would(
    triggers: list[UserEntersLocation | UserLeavesLocation],
    who: str,
    is_only: bool,
    enters: bool,
) -> None:
    index = PeopleIndex((str(n), found) for n, found in enumerate(triggers))

    if enters:
        found = index.after_entering(who, "home", is_first=is_only)
    else:
        found = index.after_leaving(who, "home", is_last=is_only)

    expected = []
    for number, trigger in enumerate(triggers):
        asks = trigger.first if isinstance(trigger, UserEntersLocation) else trigger.last
        if (
            isinstance(trigger, UserEntersLocation) is enters
            and trigger.zone_id == "home"
            and trigger.member_id in {None, who}
            and (is_only or not asks)
        ):
            expected.append(str(number))
    assert sorted(found) == sorted(expected)


async def test_a_step_from_one_value_to_another_fires_whoever_waits_for_it(home) -> None:
    await home.start(
        rule(DeviceStateChange("lamp", "intensity_percent", to=60, was=30), name="both"),
        rule(DeviceStateChange("lamp", "intensity_percent", was=30), name="from"),
        rule(DeviceStateChange("lamp", "intensity_percent", was=60), name="other"),
    )
    home.change("lamp", intensity_percent=30)

    home.change("lamp", intensity_percent=60)

    assert [rule_id for rule_id, _ in home.verdicts()] == ["from", "both"]


async def test_a_scene_wishes_all_its_states_and_one_that_is_gone_keeps_no_other(home) -> None:
    states = (SceneState("lamp", power=True, intensity_percent=60), SceneState("fan", power=False))
    await home.scenes.save(Scene("calm", "Calm", states))
    await home.start(rule(ANY, ActivateScene("calm"), ActivateScene("gone")))

    home.topics.deliver("door", b"1")

    wishes = [(w.diffuser_id, w.power, w.intensity_percent) for w in home.commander.wishes]
    assert wishes == [("lamp", True, 60), ("fan", False, None)]
    (trace,) = home.fired
    assert trace.verdict.value == "failed"
    assert [step.said for step in trace.steps] == [
        "Calm; It was asked to.",
        "There is no scene “gone”.",
    ]


async def test_a_rule_tells_the_household(home) -> None:
    told: list[HouseholdNotified] = []
    home.bus.subscribe(HouseholdNotified, told.append)
    await home.start(rule(ANY, Notify("Air the bathroom.")))

    home.topics.deliver("door", b"1")

    assert [(notice.rule_id, notice.text) for notice in told] == [("r", "Air the bathroom.")]


async def test_a_rule_switches_another_one_for_good(home) -> None:
    await home.start(
        rule(ANY, SwitchRule("other", enabled=False)),
        rule(SensorReading("bell"), say("chime"), name="other"),
    )

    home.topics.deliver("door", b"1")
    await home.clock.advance(1)
    home.topics.deliver("bell", b"1")
    await home.restart_after(hours=0.1)

    assert home.topics.published == []
    assert not home.book.get("other").enabled


@pytest.mark.parametrize(
    ("go_on", "is_met", "said"),
    [(True, True, ["a"]), (True, False, ["a"]), (False, True, ["a"]), (False, False, [])],
)
async def test_waiting_for_a_condition_ends_with_it_or_in_time(
    home, go_on: bool, is_met: bool, said: list[str]
) -> None:
    until = WaitUntil(DeviceStateIs("lamp", "power", value=True), 60, go_on)
    await home.start(rule(ANY, until, say("a")))
    home.topics.deliver("door", b"1")

    await home.clock.advance(30)
    early = list(home.topics.published)
    home.change("lamp", power=is_met)
    await home.clock.advance(2)
    soon = len(home.topics.published)
    await home.clock.advance(30)

    assert early == []
    assert soon == int(is_met)
    assert [message.topic for message in home.topics.published] == said


async def test_a_rule_run_by_hand_asks_for_no_condition(home) -> None:
    tried = rule(ANY, conditions=(DeviceStateIs("lamp", "power", value=True),), enabled=False)
    engine = await home.start(tried)

    engine.run_now(tried)

    assert [wish.power for wish in home.commander.wishes] == [True]
    assert str(home.fired[0].trigger) == "somebody ran it by hand"


async def test_a_rule_that_runs_far_too_often_is_stopped_and_named(home) -> None:
    home.settings = AutomationSettings(runs_per_minute=50)
    engine = await home.start(rule(ANY, LAMP_ON))

    for _ in range(60):
        home.topics.deliver("door", b"1")

    assert engine.is_stopped("r")
    assert home.verdicts()[-1] == ("r", "loop_stopped")
    assert home.fired[-1].steps[-1].said == "it runs far too often: “r”"
    await home.clock.advance(600)
    home.topics.deliver("door", b"1")
    assert home.verdicts()[-1] == ("r", "ran")
