"""Turn samples into messages that a broken device, a wrong program or an enemy would send.

The same seed gives the same messages. Half of the changes respect the form of the payload, because
a dialect refuses most others before it has looked at them.
"""

import json
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from adapters.corpus.recording import Message

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 7, 100, 101, 255, 256, 65_536, 2**31, 2**63, -(2**63)),
    *(
        10**30,
        10**400,
        0.1,
        -0.0,
        0.5,
        99.9,
        1e308,
        -1e308,
        1.7e308,
        5e-324,
        float("nan"),
        float("inf"),
    ),
    *("", " ", "on", "ON", "off", "online", "offline", "true", "false", "1", "-1", "1e999", "nan"),
    *("\0", "\x1b[2J", "\ud800", "\u202e", "+", "#", "a/+/b", "a/#", "/", "//", "$SYS", "{}", "[]"),
    *("%prefix%", "{{ value }}", "ü" * 64, "x" * 130, "x" * 10_000, "9" * 5_000, "\n", "{", "0x"),
    *([], {}, [[]], [None], [0] * 100, {"": ""}, {"a": {"b": {}}}, [{}], ["on", 1, None]),
)
_RAW: tuple[bytes, ...] = (
    *(b"", b"\xff", b"\xc3\x28", b"\x00", b"null", b"true", b"0", b"-", b'"', b"{", b"[", b"{}"),
    *(b"NaN", b"-Infinity", b"1e400", b'{"a":1,"a":2}', b"[1,2", b"\xef\xbb\xbf{}", b"9" * 5_000),
)
_DEEP = 30_000
_MIB = 1_048_576
_LEVELS = ("", "+", "#", "a", "config", "state", "set", "get", "status", "0", "ü", " ", "x" * 300)

Change = Callable[[Message], Message]


class Mutator:
    """Give changed samples without end."""

    def __init__(self, samples: Sequence[Message], chance: random.Random) -> None:
        self._samples = tuple(samples) or (Message("a", b"{}"),)
        self._trees = tuple(_tree(sample.payload) for sample in self._samples)
        self._chance = chance
        # How often each is chosen, of a hundred and odd.
        self._changes: tuple[Change, ...] = (
            *[self._with_value] * 34,
            *[self._flipped] * 10,
            *[self._cut] * 8,
            *[self._with_double_key] * 6,
            *[self._with_topic] * 14,
            *[self._with_other_payload] * 8,
            *[self._raw] * 6,
            *[self._noise] * 6,
            *[self._not_text] * 4,
            *[self._unchanged] * 4,
        )

    def next(self) -> Message:
        """Give the next message; one or two things are wrong in it, seldom none."""
        chance = self._chance
        if chance.random() < 0.001:
            return self._huge()
        index = chance.randrange(len(self._samples))
        return self.changed(index)

    def changed(self, index: int) -> Message:
        """Give the sample of that index, changed."""
        message = self._choose(index)
        if self._chance.random() < 0.25:
            message = self._chance.choice(
                (self._flipped, self._cut, self._with_topic, self._with_double_key)
            )(message)
        return message

    def _choose(self, index: int) -> Message:
        change = self._chance.choice(self._changes)
        sample = self._samples[index]
        if change == self._with_value and self._trees[index] is not _NONE:
            tree = _changed(self._trees[index], self._chance)
            return Message(sample.topic, json.dumps(tree).encode())
        return change(sample)

    def _with_value(self, message: Message) -> Message:
        # Only for payloads that are no JSON: a number, a word.
        odd = self._chance.choice(_ODD)
        text = odd if isinstance(odd, str) else json.dumps(odd)
        return Message(message.topic, text.encode(errors="surrogatepass"))

    def _flipped(self, message: Message) -> Message:
        payload = bytearray(message.payload)
        if payload:
            for _ in range(self._chance.choice((1, 1, 1, 2, 8))):
                payload[self._chance.randrange(len(payload))] ^= 1 << self._chance.randrange(8)
        return Message(message.topic, bytes(payload))

    def _cut(self, message: Message) -> Message:
        payload = message.payload
        start = self._chance.randrange(len(payload) + 1)
        end = self._chance.randrange(len(payload) + 1)
        if self._chance.random() < 0.5:
            return Message(message.topic, payload[:start])
        return Message(message.topic, payload[:start] + payload[end:])

    def _with_double_key(self, message: Message) -> Message:
        payload = message.payload
        start = payload.find(b'"', self._chance.randrange(len(payload) + 1))
        end = payload.find(b",", start + 1)
        if start < 0 or end < 0:
            return Message(message.topic, payload * 2)
        other = json.dumps(self._chance.choice(_ODD)).encode()
        key, _, _ = payload[start:end].partition(b":")
        return Message(message.topic, payload[:start] + key + b":" + other + b"," + payload[start:])

    def _with_topic(self, message: Message) -> Message:
        chance = self._chance
        levels = message.topic.split("/")
        match chance.randrange(5):
            case 0:
                return Message(chance.choice(self._samples).topic, message.payload)
            case 1:
                levels[chance.randrange(len(levels))] = chance.choice(_LEVELS)
            case 2:
                levels.insert(chance.randrange(len(levels) + 1), chance.choice(_LEVELS))
            case 3:
                del levels[chance.randrange(len(levels))]
            case _:
                levels = [*levels, *levels]
        return Message("/".join(levels), message.payload)

    def _with_other_payload(self, message: Message) -> Message:
        return Message(message.topic, self._chance.choice(self._samples).payload)

    def _raw(self, message: Message) -> Message:
        return Message(message.topic, self._chance.choice(_RAW))

    def _noise(self, message: Message) -> Message:
        return Message(message.topic, self._chance.randbytes(self._chance.randrange(64)))

    def _not_text(self, message: Message) -> Message:
        at = self._chance.randrange(len(message.payload) + 1)
        payload = message.payload[:at] + b"\xfe\xff" + message.payload[at:]
        return Message(message.topic, payload)

    def _unchanged(self, message: Message) -> Message:
        return message

    def _huge(self) -> Message:
        topic = self._chance.choice(self._samples).topic
        huge: tuple[Callable[[], bytes], ...] = (
            lambda: b"[" * _DEEP,
            lambda: b'{"a":' * _DEEP,
            lambda: b"[" * _DEEP + b"]" * _DEEP,
            lambda: b"x" * _MIB,
            lambda: b"[" + b"0," * (_MIB // 2) + b"0]",
            partial(self._chance.randbytes, _MIB),
        )
        return Message(topic, self._chance.choice(huge)())


_NONE = object()


def _tree(payload: bytes) -> object:
    try:
        tree: object = json.loads(payload)
    except (ValueError, RecursionError):
        return _NONE
    return tree if isinstance(tree, dict | list) else _NONE


def _changed(tree: object, chance: random.Random) -> object:
    """Give the tree with one thing changed, the rest shared with it."""
    if isinstance(tree, dict) and tree and chance.random() < 0.9:
        return _changed_object(tree, chance)
    if isinstance(tree, list) and tree and chance.random() < 0.8:
        items = list(tree)
        at = chance.randrange(len(items))
        match chance.randrange(6):
            case 0:
                del items[at]
            case 1:
                items = items[at:] * chance.choice((2, 30))
            case _:
                items[at] = _changed(items[at], chance)
        return items
    odd: object = chance.choice(_ODD)
    match chance.randrange(8):
        case 0:
            return [tree]
        case 1:
            return {"value": tree}
        case 2 if not isinstance(tree, dict | list):
            return str(tree)
        case 3 | 4 if isinstance(tree, int | float) and abs(tree) < 1e100:
            return tree * chance.choice((-1, 0.1, 10, 1_000, 10**12, 1e200, 1e207))
        case _:
            return odd


def _changed_object(tree: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    names = tuple(tree)
    name = chance.choice(names)
    fields = dict(tree)
    match chance.randrange(12):
        case 0:
            del fields[name]
        case 1:
            fields[chance.choice(("", "a", "x" * 200, "\0", name.upper(), "ü"))] = fields.pop(name)
        case 2:
            fields[name] = tree[chance.choice(names)]
        case _:
            fields[name] = _changed(tree[name], chance)
    return fields
