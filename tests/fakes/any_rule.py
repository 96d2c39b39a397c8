"""Every rule there can be, for properties; all that is refused elsewhere is left out."""

from hypothesis import strategies as st

from scentd.automation import units
from scentd.model.action import (
    ActivateScene,
    Notify,
    PublishMessage,
    SetDiffuser,
    StopEverything,
    SwitchRule,
    Wait,
    WaitUntil,
)
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    LevelBelow,
    MemberIs,
    NobodyHome,
    NotSo,
    OnDays,
    SensorIs,
    SomeoneHome,
    SunElevation,
    SunWindow,
    TimeWindow,
)
from scentd.model.rule import AutomationRule, RuleMode
from scentd.model.schedule import Weekday
from scentd.model.trigger import (
    AppEvent,
    DeviceStateChange,
    SensorReading,
    Sunrise,
    Sunset,
    TimeOfDay,
    UserEntersLocation,
    UserLeavesLocation,
    VoiceCommand,
)

walls = st.times().map(lambda t: t.replace(microsecond=0, fold=0))
days = st.frozensets(st.sampled_from(Weekday), min_size=1)
finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | finite
topics = st.text("abc/ä", min_size=1, max_size=10)
names = st.text("abcß -:#'\"{}0~on", min_size=1, max_size=10).map(lambda t: f"x{t}")
trapped = st.sampled_from(
    ["on", "off", "yes", "no", "y", "~", "null", "07:30", "1e3", "0E0", "0x1f", "1"]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | trapped
offsets = st.integers(-720, 720)
unit = st.sampled_from(["", *units.NAMES])
seconds = st.integers(1, 86_400)

triggers = st.one_of(
    st.builds(TimeOfDay, walls, days),
    st.builds(Sunrise, st.sampled_from(["sunrise", "dawn"]), offsets, st.none() | walls, days),
    st.builds(Sunset, st.sampled_from(["sunset", "dusk"]), offsets, st.none() | walls, days),
    st.builds(UserEntersLocation, st.none() | names, names, st.booleans()),
    st.builds(UserLeavesLocation, st.none() | names, names, st.booleans()),
    st.builds(DeviceStateChange, st.just("lamp"), st.just("power"), st.booleans(), st.booleans()),
    st.builds(DeviceStateChange, st.just("lamp"), st.just("button"), texts),
    st.builds(
        DeviceStateChange, st.just("lamp"), st.just("watts"), finite, st.none() | finite, seconds
    ),
    st.builds(SensorReading, topics, texts, maybe, maybe, st.floats(0, 1e9), unit=unit),
    st.builds(SensorReading, topics, above=finite, for_s=seconds),
    st.builds(VoiceCommand, st.lists(names, min_size=1, max_size=3).map(tuple), texts, texts),
    st.builds(
        AppEvent,
        st.sampled_from(["bell", "door.open", "on", "1"]),
        st.dictionaries(texts, st.booleans() | st.integers(-(2**60), 2**60) | texts, max_size=3),
    ),
)
simple = st.one_of(
    st.builds(TimeWindow, walls, walls, days),
    st.builds(OnDays, days),
    st.builds(SunElevation, st.floats(-90, 90), st.none() | st.floats(-90, 90)),
    st.builds(
        SunWindow, st.sampled_from(["dawn", "sunset"]), st.none(), offsets, st.integers(-10, 10)
    ),
    st.builds(SomeoneHome),
    st.builds(NobodyHome),
    st.builds(MemberIs, names, st.sampled_from(["home", "away"])),
    st.builds(DeviceStateIs, st.just("lamp"), st.just("power"), st.booleans()),
    st.builds(DeviceStateIs, st.just("lamp"), st.just("fault"), texts),
    st.builds(SensorIs, topics, texts, above=finite, unit=unit),
    st.builds(LevelAbove, st.just("lamp"), st.floats(0, 100)),
    st.builds(LevelBelow, st.just("lamp"), st.floats(0, 100), st.integers(1, 9)),
    st.builds(Cooldown, st.integers(0, 99_999)),
)
pairs = st.lists(simple, min_size=1, max_size=3).map(tuple)
conditions = st.one_of(
    simple,
    st.builds(AllOf, pairs),
    st.builds(AnyOf, pairs),
    st.builds(NotSo, st.builds(AnyOf, pairs) | simple),
)
actions = st.one_of(
    st.builds(SetDiffuser, st.just("lamp"), st.booleans(), st.none() | st.integers(1, 100)),
    st.builds(ActivateScene, names),
    st.builds(StopEverything),
    st.builds(Wait, seconds),
    st.builds(WaitUntil, conditions, seconds, st.booleans()),
    st.builds(PublishMessage, topics, texts),
    st.builds(Notify, names),
    st.builds(SwitchRule, names, st.booleans()),
)


def any_rule() -> st.SearchStrategy[AutomationRule]:
    """Any rule with the id `r`."""
    return st.builds(
        AutomationRule,
        id=st.just("r"),
        name=names,
        trigger=triggers,
        actions=st.lists(actions, min_size=1, max_size=4).map(tuple),
        conditions=st.lists(conditions, max_size=3).map(tuple),
        mode=st.sampled_from(RuleMode),
        enabled=st.booleans(),
    )
