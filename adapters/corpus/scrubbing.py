"""Take a household's secrets out of recorded messages, and keep the messages what they are.

Each secret is replaced by something made up of the same form, the same one wherever it stands: in
payloads, in names within them, in topics. So a device is still one device, found by its address.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from urllib.parse import quote, quote_plus

from adapters.corpus.recording import Message
from adapters.corpus.secrets import Kind, is_data, kind_of_name, secrets_in
from adapters.corpus.trees import Node, Number, changed, parsed, written

_TELLING = 3
"""Characters from which a secret is looked for outside its own place, too."""
_UNMISTAKABLE = 6
"""From so many it is looked for within words."""
_TAIL = 6
"""Digits at the end of a hardware address by which devices name themselves."""
_MADE_UP = {
    Kind.NETWORK: "network{}",
    Kind.HOST: "host{}",
    Kind.PERSON: "person{}@example.org",
    Kind.SECRET: "secret{}",
    Kind.PLACE: "0.0,0.0",
}
_EVERYBODYS = {
    *("on", "off", "ON", "OFF", "online", "offline", "Online", "Offline", "true", "false"),
    *("ready", "lost", "init", "none", "None", "null", "unknown", "open", "closed"),
}
_UNSAID = "secret0"
_NETS = ("192.0.2", "198.51.100", "203.0.113")
"""Networks for documentation (RFC 5737)."""
_NOT_HEX = re.compile(r"[^0-9A-Fa-f]")


class Scrubber:
    """Knows the secrets of a run of messages and what each is replaced by.

    `public` are words of the protocol, such as the topics of a dialect: one that is a secret, too,
    is taken out of its own place alone.
    `counts` says how many secrets of each kind were found.
    """

    def __init__(self, messages: Iterable[Message], public: Collection[str] = ()) -> None:
        self._public = set(public)
        self._hardware: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self.counts: Counter[Kind] = Counter()
        for message in messages:
            self._learn(message)

    def scrub(self, message: Message) -> Message:
        """Give the message without secrets."""
        text = _text(message.payload)
        tree = parsed(text)
        if tree is not None:
            text = written(changed(tree, self._clean))
        else:
            text = str(self._clean(text, _levels(message.topic)))
        return Message(self.clean(message.topic), text.encode("utf-8", "surrogateescape"))

    def clean(self, text: str) -> str:
        """Give a text with every known secret replaced."""
        return self._pattern.sub(self._instead, text) if self._pattern.pattern else text

    def _learn(self, message: Message) -> None:
        self._learn_text(message.topic)
        text = _text(message.payload)
        tree = parsed(text)
        if tree is None:
            self._learn_leaf(text, _levels(message.topic))
        else:
            changed(tree, self._learn_leaf)

    def _learn_leaf(self, node: Node, names: tuple[str, ...]) -> Node:
        if not isinstance(node, str) or isinstance(node, Number):
            return node
        if (tree := parsed(node)) is not None:
            changed(tree, self._learn_leaf, names)
            return node
        self._learn_text(node, is_binary=bool(names) and is_data(names[-1]))
        if (kind := _kind(names)) is not None and node.strip():
            self._take(kind, node)
        return node

    def _learn_text(self, text: str, *, is_binary: bool = False) -> None:
        for kind, secret in secrets_in(text, is_binary=is_binary):
            self._take(kind, secret)

    def _take(self, kind: Kind, secret: str) -> None:
        if kind is Kind.HARDWARE:
            digits = _digits(secret)
            if digits not in self._hardware:
                self.counts[kind] += 1
                self._hardware[digits] = _made_up_hardware(digits, self.counts[kind])
        elif not (secret in self._values or secret in _EVERYBODYS or _is_hardware(secret)):
            self.counts[kind] += 1
            self._values[secret] = _made_up(kind, secret, self.counts[kind])

    def _clean(self, node: Node, names: tuple[str, ...]) -> Node:
        if isinstance(node, Number):
            return node if _kind(names) is None else Number("0.0" if "." in node else "0")
        if not isinstance(node, str):
            return node
        if (tree := parsed(node)) is not None:
            return written(changed(tree, self._clean, names))
        if _kind(names) is not None and node in self._values:
            return self._values[node]
        return self.clean(node)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = [_hardware_form(digits) for digits in sorted(self._hardware, key=len, reverse=True)]
        parts += [_tail_form(digits) for digits in self._hardware]
        longest_first = sorted(self._written_values, key=len, reverse=True)
        parts += [_value_form(value) for value in longest_first if len(value) >= _TELLING]
        return re.compile("|".join(parts))

    @cached_property
    def _written_values(self) -> Mapping[str, str]:
        """What replaces each value in each way it may be written."""
        searched = self._values.keys() - self._public
        return {
            # Some letters are others once they were made small: as they are, too.
            letters: self._values[value]
            for value in sorted(searched)
            for way in (json.dumps(value)[1:-1], quote(value), quote_plus(value), value)
            for letters in (way.lower(), way)
        }

    @cached_property
    def _tails(self) -> Mapping[str, str]:
        return {digits[-_TAIL:]: made_up[-_TAIL:] for digits, made_up in self._hardware.items()}

    def _instead(self, found: re.Match[str]) -> str:
        text = found[0]
        value = self._written_values.get(text) or self._written_values.get(text.lower())
        if value is not None:
            return value
        digits = _digits(text)
        made_up = self._hardware.get(digits) or self._tails.get(digits)
        # Neither: a value with letters whose small ones are others.
        return _UNSAID if made_up is None else _in_the_form_of(text, made_up)


def _is_hardware(secret: str) -> bool:
    return (Kind.HARDWARE, secret) in secrets_in(secret)


def _kind(names: tuple[str, ...]) -> Kind | None:
    """Give what stands under these names: an inner one may say nothing where an outer one does."""
    for name in reversed(names):
        if (kind := kind_of_name(name)) is not None:
            return kind
    return None


def _levels(topic: str) -> tuple[str, ...]:
    """Give the levels of a topic as names of what its payload says; the first says whose it is."""
    return tuple(topic.split("/")[1:])


def _text(payload: bytes) -> str:
    return payload.decode("utf-8", "surrogateescape")


def _digits(text: str) -> str:
    return _NOT_HEX.sub("", text.removeprefix("0x")).lower()


def _made_up_hardware(digits: str, number: int) -> str:
    # Bit 1 of the first byte says that nobody bought this address.
    return f"02{0xA0_0000 + number:0{len(digits) - 2}x}"


def _made_up(kind: Kind, secret: str, number: int) -> str:
    if kind is Kind.ADDRESS:
        if ":" in secret:
            return f"2001:db8::{number:x}"
        return f"{_NETS[number // 254 % len(_NETS)]}.{number % 254 + 1}"
    return _MADE_UP[kind].format(number)


def _hardware_form(digits: str) -> str:
    bytes_ = (digits[at : at + 2] for at in range(0, len(digits), 2))
    return f"(?i:{'[:-]?'.join(bytes_)})"


def _tail_form(digits: str) -> str:
    tail = digits[-_TAIL:]
    left = "" if re.search("[a-f]", tail) else "(?<![0-9A-Za-z])"
    return f"{left}(?i:{tail})(?![0-9A-Za-z])"


def _value_form(value: str) -> str:
    form = f"(?i:{re.escape(value)})"
    if len(value) >= _UNMISTAKABLE:
        return form
    return f"(?<![0-9A-Za-z]){form}(?![0-9A-Za-z])"


def _in_the_form_of(text: str, made_up: str) -> str:
    """Give the digits with the signs between and the letters' case of the text."""
    prefix, rest = ("0x", text[2:]) if text.startswith("0x") else ("", text)
    digits = iter(made_up)
    made = "".join(sign if sign in ":-" else next(digits) for sign in rest)
    return prefix + (made.upper() if any(sign.isupper() for sign in rest) else made)
