"""What became of a promise."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adapters.conformance.shrinking import smallest
from adapters.conformance.subject import Subject
from adapters.corpus.recording import Message


@dataclass(frozen=True)
class Broken:
    """How a promise was broken, and by which message where it was one."""

    words: str
    message: Message | None = None
    about: str = ""
    """Which device or group was asked."""


@dataclass(frozen=True)
class Verdict:
    """One promise: how often it was tried, and how it was broken first, None when it was not."""

    promise: str
    tries: int
    broken: Broken | None = None


@dataclass(frozen=True)
class Trial:
    """What a promise is tried on: `size` messages for each kind of question."""

    subject: Subject
    size: int
    seed: int

    def chance(self, promise: str) -> random.Random:
        """Give the chance of one promise: the same for the same seed, whatever ran before."""
        return random.Random(f"{self.seed} {promise}")  # noqa: S311 - no secret


Judge = Callable[[Message], str | None]


def first_broken(
    promise: str, messages: Iterator[tuple[Message, Judge, str]], tries: int
) -> Verdict:
    """Judge so many messages; the first one that breaks the promise is made small."""
    for number in range(tries):
        message, judge, about = next(messages)
        if judge(message) is not None:
            least = smallest(message, lambda shorter: judge(shorter) is not None)  # noqa: B023
            return Verdict(promise, number + 1, Broken(judge(least) or "", least, about))
    return Verdict(promise, tries)
