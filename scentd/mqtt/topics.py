"""Who wants which topic: exact topics by a dictionary, wildcards by a tree of levels."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class _Level(Generic[T]):
    """One level of the tree: the values whose filter ends here, and the levels below."""

    __slots__ = ("below", "values")

    def __init__(self) -> None:
        self.values: list[T] = []
        self.below: dict[str, _Level[T]] = {}


class TopicTree(Generic[T]):
    """Values by topic filter; finding those of a topic costs its levels, not their number."""

    def __init__(self) -> None:
        self._exact: dict[str, tuple[T, ...]] = {}
        self._wild: _Level[T] = _Level()

    def add(self, topic_filter: str, value: T) -> None:
        """Put a value under a filter; the same value may stand there more than once."""
        if not _is_wild(topic_filter):
            self._exact[topic_filter] = (*self._exact.get(topic_filter, ()), value)
            return
        level = self._wild
        for name in topic_filter.split("/"):
            level = level.below.setdefault(name, _Level())
        level.values.append(value)

    def remove(self, topic_filter: str, value: T) -> None:
        """Take one such value out; nothing happens when there is none."""
        if _is_wild(topic_filter):
            self._remove_wild(self._wild, topic_filter.split("/"), value)
            return
        left = list(self._exact.get(topic_filter, ()))
        if value in left:
            left.remove(value)
        if left:
            self._exact[topic_filter] = tuple(left)
        else:
            self._exact.pop(topic_filter, None)

    def match(self, topic: str) -> tuple[T, ...]:
        """Give the values of all filters the topic matches, those of exact filters first."""
        exact = self._exact.get(topic, ())
        if not self._wild.below:
            return exact
        return (*exact, *self._walk(self._wild, topic.split("/"), 0))

    def _walk(self, level: _Level[T], names: list[str], depth: int) -> Iterator[T]:
        # Wildcards do not match topics of the broker's own, which begin with a dollar sign.
        is_open = depth > 0 or not names[0].startswith("$")
        if is_open and (rest := level.below.get("#")) is not None:
            yield from rest.values
        if depth == len(names):
            yield from level.values
            return
        if is_open and (any_name := level.below.get("+")) is not None:
            yield from self._walk(any_name, names, depth + 1)
        if (named := level.below.get(names[depth])) is not None:
            yield from self._walk(named, names, depth + 1)

    def _remove_wild(self, level: _Level[T], names: list[str], value: T) -> None:
        if not names:
            if value in level.values:
                level.values.remove(value)
            return
        below = level.below.get(names[0])
        if below is None:
            return
        self._remove_wild(below, names[1:], value)
        if not below.values and not below.below:
            del level.below[names[0]]


def _is_wild(topic_filter: str) -> bool:
    return "+" in topic_filter or "#" in topic_filter
