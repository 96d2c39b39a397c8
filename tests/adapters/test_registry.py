"""Dialects of other packages: taken up when they are sound, told of in words when they are not."""

from dataclasses import replace
from datetime import datetime
from importlib.metadata import EntryPoint

import pytest

from adapters.foreign import DialectUnusable, ForeignDialect
from adapters.registry import GROUP, load_adapters, load_bare
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Capabilities, Diffuser
from scentd.model.readings import (
    Discovery,
    ExtraRead,
    Found,
    IntensityRead,
    LevelRead,
    PowerRead,
    Reading,
    SlotRead,
)
from scentd.ports import NEVER, DiffuserDialect, Malformed, Publish

WISH = Wish("puffer-1", Source(Origin.MANUAL, "test"), power=True)
HERE = "tests.adapters.test_registry"


class Sound(DiffuserDialect):
    name = "puffer"

    def discovery_filters(self) -> tuple[str, ...]:
        return ("puffer/+/hello",)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        return (Found(device()),)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return ("puffer/1/state",)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        return (PowerRead(payload == b"on"),)

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        return (Publish("puffer/1/set", b"on"),)


class Named7(Sound):
    name = "7 dwarfs"


class Tasmotas(Sound):
    name = "tasmota"


class Unmade(Sound):
    def __init__(self) -> None:
        raise RuntimeError("no license")


class Failing(Sound):
    """Whatever is asked of it fails."""

    def discovery_filters(self) -> tuple[str, ...]:
        raise RuntimeError("boom")

    discovery_asks = discovery_filters

    def discover(self, *_: object) -> tuple[Discovery, ...]:
        raise RuntimeError("boom")

    assemble = topics = command_topics = decode = encode = profiles = with_profile = discover


class SpoiltRead:
    """It fails even when it is looked at."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


class Wrong(Sound):
    """Whatever it answers is of a wrong kind."""

    def discovery_filters(self) -> tuple[str, ...]:
        return ("a#", "puffer/+/hello", None)

    def discovery_asks(self) -> tuple[Publish, ...]:
        return (Publish("who", b"", retain=True), Publish("a/+", b""), Publish("who", b"?"))

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        stolen = Diffuser("native-1", "native", "", "", Capabilities())
        nameless = replace(device(), name=None)
        return (Found(stolen), Found(nameless), Found(device()), "found")

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return ("puffer/#", "puffer/1/state")

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        return [PowerRead(True)] if payload == b"list" else (PowerRead(True), SpoiltRead(), "on")

    def encode(self, *_: object, **__: object) -> tuple[Publish, ...]:
        return (Publish("puffer/1/set", b"on", retain=True), Publish("puffer/1/set", "on"))

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        return "that one"


class Lacking:
    """It has nothing but a name, and does not inherit the port's answers."""

    name = "puffer"


def device() -> Diffuser:
    return Diffuser("puffer-1", "puffer", "puffer/1", "Puffer", Capabilities())


def entry(value: str) -> EntryPoint:
    return EntryPoint("puffer", value, GROUP)


def held(kind: type[Sound]) -> ForeignDialect:
    return ForeignDialect(kind(), "puffer", "scent-puffer")


def test_a_dialect_of_another_package_is_one_among_ours() -> None:
    adapters = load_adapters([entry(f"{HERE}:Sound")])

    assert {"native", "tasmota", "puffer"} <= adapters.dialects.keys()
    assert adapters.dialects["puffer"].topics(device()) == ("puffer/1/state",)
    assert adapters.troubles() == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("no.such.module:Dialect", "it does not load (ModuleNotFoundError"),
        (f"{HERE}:NoSuchClass", "it does not load (AttributeError"),
        (f"{HERE}:Unmade", "it does not load (RuntimeError no license)"),
        (f"{HERE}:HERE", "it does not load (TypeError"),
        (f"{HERE}:Named7", "its name '7 dwarfs' is not a-z"),
        (f"{HERE}:Tasmotas", "there is a dialect “tasmota” already"),
        (f"{HERE}:object", "it does not load (AttributeError"),
    ],
)
def test_one_that_cannot_be_used_is_told_and_leaves_the_others_alone(value: str, said: str) -> None:
    adapters = load_adapters([entry(value), EntryPoint("next", f"{HERE}:Sound", GROUP)])

    (trouble,) = adapters.troubles()
    assert said in trouble.message
    assert trouble.package == value.partition(":")[0]
    assert {"native", "tasmota", "puffer"} <= adapters.dialects.keys()


@pytest.mark.parametrize(
    ("kind", "fault"), [(Failing, "RuntimeError boom"), (Lacking, "AttributeError")]
)
def test_one_that_fails_at_everything_answers_nothing_and_is_told(
    kind: type[Sound], fault: str
) -> None:
    dialect = held(kind)

    assert dialect.discovery_filters() == ()
    assert dialect.discovery_asks() == ()
    assert dialect.topics(device()) == ()
    assert dialect.command_topics(device()) == ()
    assert dialect.encode(device(), WISH, command_id="1", expires_at=NEVER) == ()
    assert dialect.profiles(device()) == ()
    with pytest.raises(KeyError):
        dialect.with_profile(device(), "any")
    with pytest.raises(Malformed):
        dialect.discover("puffer/1/hello", b"")
    with pytest.raises(Malformed):
        dialect.assemble("1", {})
    with pytest.raises(Malformed):
        dialect.decode(device(), "puffer/1/state", b"on")
    assert dialect.trouble is not None
    assert fault in dialect.trouble.message


def test_of_what_one_answers_only_what_the_port_allows_is_taken() -> None:
    dialect = held(Wrong)

    assert dialect.discovery_filters() == ("puffer/+/hello",)
    assert dialect.discovery_asks() == (Publish("who", b"?"),)
    assert dialect.discover("puffer/1/hello", b"") == (Found(device()),)
    assert dialect.topics(device()) == ("puffer/1/state",)
    assert dialect.decode(device(), "puffer/1/state", b"on") == (PowerRead(True),)
    assert dialect.decode(device(), "puffer/1/state", b"list") == ()
    assert dialect.encode(device(), WISH, command_id="1", expires_at=NEVER) == ()
    with pytest.raises(KeyError):
        dialect.with_profile(device(), "any")
    assert dialect.trouble is not None


@pytest.mark.parametrize(
    "reading", [IntensityRead(140), LevelRead(1, -3), SlotRead(9), ExtraRead("x" * 65, ""), None]
)
def test_a_value_out_of_its_range_does_not_come_through(reading: object) -> None:
    class Stray(Sound):
        def decode(self, *_: object) -> tuple[Reading, ...]:
            return (PowerRead(True), reading)

    assert held(Stray).decode(device(), "puffer/1/state", b"") == (PowerRead(True),)


def test_a_fault_is_logged_once_and_not_with_every_message(caplog) -> None:
    dialect = held(Failing)

    for _ in range(5):
        dialect.topics(device())

    assert len(caplog.records) == 1


def test_what_one_does_wrong_while_the_hub_runs_is_among_the_troubles() -> None:
    adapters = load_adapters([entry(f"{HERE}:Failing")])
    assert adapters.troubles() == ()

    adapters.dialects["puffer"].topics(device())

    assert [trouble.name for trouble in adapters.troubles()] == ["puffer"]


def test_a_dialect_is_given_bare_for_those_who_examine_it() -> None:
    assert isinstance(load_bare("puffer", [entry(f"{HERE}:Failing")]), Failing)
    assert load_bare("native").name == "native"
    with pytest.raises(DialectUnusable, match="native, tasmota"):
        load_bare("absent", [])
