"""What a device's topics say and take, written into its facts and read back from there.

The fact `at <topic>` lists what is told on a topic, `set <what>` says how something is set; both
are JSON, read once and kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from adapters.diffusers.announced.entities import Place
from adapters.diffusers.announced.expressions import Said
from adapters.diffusers.announced.templates import Template, template_of

AT, SET = "at ", "set "
MOST_FACTS = 48_000
"""Characters of all facts: what is less than that is kept over a restart."""
_KEPT = 4_096
"""Facts kept in their read form: 300 devices of a dozen topics."""

Argument = str | float | dict[str, str]


@dataclass(frozen=True, slots=True)
class Channel:
    """One thing that is told: what it is, how it is picked out, and what its words mean."""

    kind: str
    template: Template
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where something is set, and what is sent for what."""

    topic: str
    template: Template
    words: dict[str, str]

    def payload(self, value: str | float) -> bytes | None:
        """Write a value; None where the device's template makes nothing of it."""
        text = self.template.of(Said(value))
        return None if text is None else text.encode()


class Notes:
    """The facts of a device, as they are gathered; what has no room any more is left out."""

    def __init__(self) -> None:
        self._at: dict[str, list[list[Argument]]] = {}
        self._set: dict[str, str] = {}
        self._room = MOST_FACTS

    def tells(self, place: Place | None, kind: str, *arguments: Argument) -> bool:
        """Note what a place tells; a raw one only that it tells something. False without a place.

        A raw place needs a name: the first argument where it is an `extra`.
        """
        if place is None or place.is_raw:
            return False
        return self._note(place.topic, [kind, place.template, *arguments])

    def tells_raw(self, place: Place | None, name: str) -> None:
        """Note a place whose messages mean nothing to us."""
        if place is not None:
            self._note(place.topic, ["extra", "" if place.is_raw else place.template, name])

    def takes(self, place: Place, what: str, **words: str) -> None:
        """Note how something is set, and the words for it."""
        text = json.dumps([place.topic, place.template, words], separators=(",", ":"))
        self._room -= len(text)
        self._set[f"{SET}{what}"] = text

    def taken_at(self, what: str) -> str:
        """Give the topic on which something is set; "" where it is not."""
        fact = self._set.get(f"{SET}{what}")
        return "" if fact is None else str(json.loads(fact)[0])

    def facts(self) -> dict[str, str]:
        """Give all that was noted."""
        at = {f"{AT}{topic}": _json(channels) for topic, channels in self._at.items()}
        return {**at, **self._set}

    def _note(self, topic: str, channel: list[Argument]) -> bool:
        known = self._at.get(topic, [])
        if channel in known:
            return True
        cost = len(_json(channel)) + (0 if known else len(topic)) + 8
        if cost > self._room:
            return False
        self._room -= cost
        self._at.setdefault(topic, []).append(channel)
        return True


def topics_of(facts: Mapping[str, str]) -> tuple[str, ...]:
    """Give the topics on which a device with these facts tells something."""
    return tuple(name[len(AT) :] for name in facts if name.startswith(AT))


@lru_cache(maxsize=_KEPT)
def channels_of(fact: str) -> tuple[Channel, ...]:
    """Read what is told on a topic."""
    return tuple(
        Channel(kind, template_of(template), tuple(arguments))
        for kind, template, *arguments in json.loads(fact)
    )


@lru_cache(maxsize=_KEPT)
def setting_of(fact: str) -> Setting:
    """Read how something is set."""
    topic, template, words = json.loads(fact)
    return Setting(topic, template_of(template), words)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
