"""A dialect that breaks a promise is found out, with the message that shows it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from adapters.conformance.examination import examine
from adapters.conformance.subject import offered_samples, subject_of
from adapters.conformance.verdict import Broken, Trial
from scentd.model.commands import Wish
from scentd.model.diffuser import Capabilities, Diffuser
from scentd.model.readings import (
    Discovery,
    ExtraRead,
    Found,
    IntensityRead,
    Piece,
    PowerRead,
    Reading,
)
from scentd.ports import DiffuserDialect, Malformed, Profile, Publish

STEPS = (25, 50, 100)


class Puffer(DiffuserDialect):
    """A dialect that keeps every promise; the others here break one each."""

    name = "puffer"

    def samples(self) -> list[dict[str, Any]]:
        hello = json.dumps({"mac": "02000000aa01", "name": "Hall", "steps": [*STEPS]})
        report = json.dumps({"on": True, "speed": 50})
        return [
            {
                "origin": "Made up for these tests.",
                "date": "2026-11-28",
                "dialect": "puffer",
                "announcements": [{"topic": "puffer/hall/hello", "payload": hello}],
                "devices": {
                    "puffer-02000000aa01": {
                        "profile": None,
                        "messages": [{"topic": "puffer/hall/state", "payload": report}],
                    }
                },
            }
        ]

    def discovery_filters(self) -> tuple[str, ...]:
        return ("puffer/+/hello",)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        return (Found(self.device(topic, self.fields(topic, payload))),)

    def device(self, topic: str, fields: dict[str, Any]) -> Diffuser:
        mac, name = fields.get("mac"), fields.get("name")
        levels = topic.split("/")
        if not isinstance(mac, str) or not mac.isalnum() or not mac.isascii() or len(mac) > 12:
            raise Malformed(topic, "mac is none")
        if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) < 64:
            raise Malformed(topic, "name is none")
        if len(levels) != 3 or not levels[1].isalnum() or len(levels[1]) > 64:
            raise Malformed(topic, "it is of another form")
        return Diffuser(
            id=f"puffer-{mac.lower()}",
            dialect="puffer",
            address=f"puffer/{levels[1]}",
            name=name,
            capabilities=Capabilities(steps=STEPS, rate_ul_per_h=(1, 2, 3)),
            facts={"base": f"puffer/{levels[1]}"},
        )

    def fields(self, topic: str, payload: bytes) -> dict[str, Any]:
        try:
            read = json.loads(payload)
        except (ValueError, RecursionError):
            raise Malformed(topic, "it is no JSON") from None
        if not isinstance(read, dict):
            raise Malformed(topic, "it is no object")
        return read

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return (f"{diffuser.address}/state",)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        fields = self.fields(topic, payload)
        on, speed = fields.get("on"), fields.get("speed")
        readings: list[Reading] = [PowerRead(on)] if isinstance(on, bool) else []
        if isinstance(speed, int) and not isinstance(speed, bool) and speed in STEPS:
            readings.append(IntensityRead(speed))
        return tuple(readings)

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        sent: list[Publish] = []
        if wish.power is not None:
            sent.append(Publish(f"{diffuser.address}/power", b"on" if wish.power else b"off"))
        if wish.intensity_percent is not None:
            step = diffuser.capabilities.nearest_step(wish.intensity_percent)
            sent.append(Publish(f"{diffuser.address}/speed", str(step).encode()))
        return tuple(sent)


class BadName(Puffer):
    name = "Puffer!"


class BadFilter(Puffer):
    def discovery_filters(self) -> tuple[str, ...]:
        return ("puffer/#/hello",)


class Greedy(Puffer):
    def discovery_filters(self) -> tuple[str, ...]:
        return ("#",)


class Deaf(Puffer):
    def discovery_filters(self) -> tuple[str, ...]:
        return ("puffer/+/hallo",)


class AsksRetained(Puffer):
    def discovery_asks(self) -> tuple[Publish, ...]:
        return (Publish("puffer/who", b"", retain=True),)


class NoSamples(Puffer):
    def samples(self) -> list[dict[str, Any]]:
        return []


class RaisesOnType(Puffer):
    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        found = self.device(topic, fields := self.fields(topic, payload))
        sum(fields["steps"])
        return (Found(found),)


class RaisesOnBytes(Puffer):
    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        payload.decode()
        return super().decode(diffuser, topic, payload)


class OutOfRange(Puffer):
    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        speed = self.fields(topic, payload).get("speed")
        return (IntensityRead(speed),) if isinstance(speed, int) else (PowerRead(True),)


class Unbounded(Puffer):
    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        return tuple(ExtraRead(str(k), str(v)) for k, v in self.fields(topic, payload).items())


class WildTopics(Puffer):
    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return (f"{diffuser.address}/#",)


class NoTopics(Puffer):
    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return ()


class FactsAreNumbers(Puffer):
    def device(self, topic: str, fields: dict[str, Any]) -> Diffuser:
        return replace(super().device(topic, fields), facts={"steps": 3})


class CannotCommandWhatItFinds(Puffer):
    def device(self, topic: str, fields: dict[str, Any]) -> Diffuser:
        facts = {} if fields.get("steps") == [*STEPS] else {"odd": "1"}
        return replace(super().device(topic, fields), facts=facts)

    def encode(self, diffuser: Diffuser, wish: Wish, **kwargs: Any) -> tuple[Publish, ...]:
        return () if not diffuser.facts else (Publish(diffuser.facts["base"], b""),)


class NeedsWhatThereIsNot(Puffer):
    def device(self, topic: str, fields: dict[str, Any]) -> Diffuser:
        return replace(super().device(topic, fields), needs_profile=True)


class ProfileChangesId(Puffer):
    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        return (Profile("big", "Big", diffuser.capabilities),)

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        if profile_key != "big":
            raise KeyError(profile_key)
        return replace(diffuser, id=f"{diffuser.id}-big")


class Retains(Puffer):
    def encode(self, *args: Any, **kwargs: Any) -> tuple[Publish, ...]:
        return tuple(replace(one, retain=True) for one in super().encode(*args, **kwargs))


class EncodesNoBytes(Puffer):
    def encode(self, *args: Any, **kwargs: Any) -> tuple[Publish, ...]:
        return tuple(replace(one, payload="on") for one in super().encode(*args, **kwargs))


class RaisesOnWish(Puffer):
    def encode(self, diffuser: Diffuser, wish: Wish, **kwargs: Any) -> tuple[Publish, ...]:
        if wish.light_effect is not None:
            diffuser.capabilities.light_effects.index(wish.light_effect)
        return super().encode(diffuser, wish, **kwargs)


class Chatty(Puffer):
    def encode(self, diffuser: Diffuser, wish: Wish, **kwargs: Any) -> tuple[Publish, ...]:
        return (Publish("puffer/hall/ping", b""), *super().encode(diffuser, wish, **kwargs))


class RawPercent(Puffer):
    def encode(self, diffuser: Diffuser, wish: Wish, **kwargs: Any) -> tuple[Publish, ...]:
        if wish.intensity_percent is None:
            return super().encode(diffuser, wish, **kwargs)
        return (Publish("puffer/hall/speed", str(wish.intensity_percent).encode()),)


class StartsToSetSpeed(Puffer):
    def encode(self, diffuser: Diffuser, wish: Wish, **kwargs: Any) -> tuple[Publish, ...]:
        sent = super().encode(diffuser, wish, **kwargs)
        starts = wish.intensity_percent is not None and wish.power is False
        return (*sent, Publish("puffer/hall/power", b"on")) if starts else sent


class NamedAfterName(Puffer):
    def device(self, topic: str, fields: dict[str, Any]) -> Diffuser:
        found = super().device(topic, fields)
        return replace(found, id=f"puffer-{found.name.lower()}")


class KeepsState(Puffer):
    def __init__(self) -> None:
        self._last: object = None

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        last, self._last = self._last, payload
        return () if payload == last else super().decode(diffuser, topic, payload)


class Hoards(Puffer):
    def __init__(self) -> None:
        self._heard: list[bytes] = []

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        self._heard.append(payload + b"!" * 200)
        return super().decode(diffuser, topic, payload)


class BadParts(Puffer):
    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        return (Piece("hall"),)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        return super().discover("puffer/hall/hello", pieces["puffer/hall/hello"])


def broken_by(dialect: DiffuserDialect) -> list[tuple[str, Broken]]:
    trial = Trial(subject_of(dialect, offered_samples(dialect)), size=600, seed=7)
    return [(v.promise, v.broken) for v in examine(trial) if v.broken is not None]


def test_a_dialect_that_keeps_every_promise_is_found_to_do_so() -> None:
    assert broken_by(Puffer()) == []


@pytest.mark.parametrize(
    ("kind", "promise", "words"),
    [
        (BadName, "its name", "Puffer!"),
        (BadFilter, "it names the topic filters", "puffer/#/hello"),
        (Greedy, "it names the topic filters", "everything"),
        (Deaf, "its filters and topics", "puffer/hall/hello"),
        (AsksRetained, "what it asks", "retained"),
        (NoSamples, "its samples", "scentd capture"),
        (RaisesOnType, "discover reads", "discover raises"),
        (RaisesOnBytes, "decode reads", "UnicodeDecodeError"),
        (OutOfRange, "decode reads", "IntensityRead.percent"),
        (Unbounded, "decode reads", "ExtraRead."),
        (WildTopics, "its samples", "puffer/hall/#"),
        (NoTopics, "its samples", "no topic"),
        (FactsAreNumbers, "discover reads", "facts are not texts"),
        (CannotCommandWhatItFinds, "discover reads", "KeyError 'base'"),
        (NeedsWhatThereIsNot, "its samples", "none to choose from"),
        (ProfileChangesId, "its samples", "another device"),
        (Retains, "encode sends on", "retained"),
        (EncodesNoBytes, "encode sends on", "'on'"),
        (RaisesOnWish, "encode sends on", "light_effect"),
        (Chatty, "encode sends nothing", "ping"),
        (RawPercent, "encode sends the nearest", "1 %"),
        (StartsToSetSpeed, "encode never sends", "off at 25 %"),
        (NamedAfterName, "ids stay", "another id"),
        (KeepsState, "the same message", "second time"),
        (Hoards, "nothing grows", "bytes more"),
        (BadParts, "assemble reads", "assemble raises KeyError"),
    ],
)
def test_a_broken_promise_is_found_and_told(kind: type[Puffer], promise: str, words: str) -> None:
    broken = {name: one for name, one in broken_by(kind()) if name.startswith(promise)}

    ((_, found),) = broken.items()
    assert words in found.words


def test_the_message_that_shows_it_is_made_small() -> None:
    broken = next(one for name, one in broken_by(RaisesOnBytes()) if name.startswith("decode"))

    assert broken.message is not None
    assert len(broken.message.payload) == 1
