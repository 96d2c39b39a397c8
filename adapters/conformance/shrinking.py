"""Make a message that breaks a promise as short as it can be and still break it."""

import json
from collections.abc import Callable, Iterator

from adapters.corpus.recording import Message

_MOST_TRIES = 1_500
_LONGEST_BYTES = 20_000
"""Above this a megabyte is only cut in halves: each try of one is slow."""

Breaks = Callable[[Message], bool]


def smallest(message: Message, is_broken: Breaks) -> Message:
    """Give the shortest payload that was found to break the promise too, on the same topic.

    An object loses parts and stays an object that can be read; anything else loses bytes.
    """
    tree = _tree(message.payload)
    if tree is not None and len(message.payload) <= _LONGEST_BYTES:
        as_written = Message(message.topic, json.dumps(tree).encode())
        if is_broken(as_written):
            return _with_fewer_parts(as_written, tree, is_broken)
    return _with_fewer_bytes(message, is_broken)


def _with_fewer_parts(message: Message, tree: object, is_broken: Breaks) -> Message:
    tries = 0
    has_shrunk = True
    while has_shrunk and tries < _MOST_TRIES:
        has_shrunk = False
        for simpler in _simpler(tree):
            tries += 1
            shorter = Message(message.topic, json.dumps(simpler).encode())
            if is_broken(shorter):
                message, tree, has_shrunk = shorter, simpler, True
                break
            if tries >= _MOST_TRIES:
                break
    return message


def _simpler(tree: object) -> Iterator[object]:
    """Give the tree with one part less, the greater parts first."""
    if isinstance(tree, dict):
        for name in tree:
            yield {other: value for other, value in tree.items() if other != name}
        for name, value in tree.items():
            yield from ({**tree, name: simpler} for simpler in _simpler(value))
    elif isinstance(tree, list):
        for at in range(len(tree)):
            yield tree[:at] + tree[at + 1 :]
        for at, item in enumerate(tree):
            yield from ([*tree[:at], simpler, *tree[at + 1 :]] for simpler in _simpler(item))
    elif isinstance(tree, str) and len(tree) > 1:
        yield tree[: len(tree) // 2]
        yield tree[len(tree) // 2 :]


def _with_fewer_bytes(message: Message, is_broken: Breaks) -> Message:
    tries = 0
    part = max(1, len(message.payload) // 2)
    while part >= 1 and tries < _MOST_TRIES:
        start, has_shrunk = 0, False
        while start < len(message.payload) and tries < _MOST_TRIES:
            payload = message.payload
            shorter = Message(message.topic, payload[:start] + payload[start + part :])
            tries += 1
            if is_broken(shorter):
                message, has_shrunk = shorter, True
            else:
                start += part
        if not has_shrunk or part > len(message.payload):
            part //= 2
        if part < len(message.payload) // 64 and len(message.payload) > _LONGEST_BYTES:
            break
    return message


def _tree(payload: bytes) -> object:
    try:
        tree: object = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict | list) else None
