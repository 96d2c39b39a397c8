"""The promises that hold over time: who a device is, that nothing is remembered, what it costs."""

import gc
import json
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

from adapters.conformance.judging import STORED
from adapters.conformance.mutation import Mutator
from adapters.conformance.verdict import Broken, Trial, Verdict
from adapters.corpus.announced import Announced
from adapters.corpus.recording import Message
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Reading
from scentd.ports import DiffuserDialect, Malformed

_OTHER_NAME = "Renamed By Conformance"
_NAME_KEYS = {"name", "n", "fn", "dn", "friendly_name", "friendlyname", "title", "label", "$name"}
_MOST_GROWTH_BYTES = 65_536
_GROWTH_MESSAGES = 2_000


def keeping_ids(trial: Trial) -> Verdict:
    """Give each device another name, and look whether it is still the same one."""
    promise = "ids stay when a device is renamed"
    subject = trial.subject
    tries = 0
    for diffuser in subject.diffusers.values():
        renamed = [_renamed(one, diffuser.name) for one in subject.announcements]
        if renamed == [*subject.announcements]:
            continue
        tries += 1
        found = _found(subject.dialect, renamed)
        if diffuser.id not in found:
            words = f"renamed, {diffuser.name!r} is found under another id than {diffuser.id}"
            return Verdict(promise, tries, Broken(words, None, diffuser.id))
    return Verdict(promise, tries)


def keeping_devices(trial: Trial) -> Verdict:
    """Write each device down and read it again, as at a restart, and let it report."""
    promise = "a device that was kept over a restart is read as before"
    subject = trial.subject
    tries = 0
    for name, diffuser in subject.diffusers.items():
        kept = STORED.validate_json(STORED.dump_json(diffuser))
        json.dumps(dict(diffuser.facts))
        for message in subject.reports.get(name, ()):
            tries += 1
            if _read(subject.dialect, diffuser, message) != _read(subject.dialect, kept, message):
                words = "it is read otherwise after a restart"
                return Verdict(promise, tries, Broken(words, message, name))
    return Verdict(promise, tries)


def remembering_nothing(trial: Trial) -> Verdict:
    """Ask the same again, in another order, of the same dialect."""
    promise = "the same message has the same answer, whatever came before"
    chance = trial.chance(promise)
    questions = list(_questions(trial, trial.size // 4))
    first = [_read(trial.subject.dialect, *question) for question in questions]
    order = list(range(len(questions)))
    chance.shuffle(order)
    for index in order:
        diffuser, message = questions[index]
        if _read(trial.subject.dialect, diffuser, message) != first[index]:
            words = "it is read otherwise the second time"
            return Verdict(promise, len(order), Broken(words, message, diffuser.id))
    return Verdict(promise, len(order))


def not_growing(trial: Trial) -> Verdict:
    """Let it read thousands of different messages and see whether memory stays."""
    promise = "nothing grows with the messages that come"
    questions = list(_questions(trial, _GROWTH_MESSAGES))
    half = len(questions) // 2
    dialect = trial.subject.dialect
    gc.collect()
    tracemalloc.start()
    try:
        for question in questions[:half]:  # caches of the language itself fill up here
            _read(dialect, *question)
            _discover(dialect, question[1])
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for question in questions[half:]:
            _read(dialect, *question)
            _discover(dialect, question[1])
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    if after - before > _MOST_GROWTH_BYTES:
        words = f"{after - before:,} bytes more after {half} messages"
        return Verdict(promise, len(questions), Broken(words))
    return Verdict(promise, len(questions))


def microseconds_a_message(trial: Trial, *, rounds: int = 5) -> float | None:
    """Give the CPU that a sample costs to decode here, best of `rounds`; None without samples."""
    subject = trial.subject
    samples = [
        (diffuser, message)
        for name, diffuser in subject.diffusers.items()
        for message in subject.reports.get(name, ())
    ]
    if not samples:
        return None
    best_s = float("inf")
    repeats = max(1, 2_000 // len(samples))
    for _ in range(rounds):
        began_s = time.process_time()
        for _ in range(repeats):
            for diffuser, message in samples:
                _read(subject.dialect, diffuser, message)
        best_s = min(best_s, time.process_time() - began_s)
    return best_s / (repeats * len(samples)) * 1e6


def _questions(trial: Trial, count: int) -> Iterator[tuple[Diffuser, Message]]:
    chance = trial.chance("questions")
    for name, diffuser in trial.subject.diffusers.items():
        reports = trial.subject.reports.get(name, ())
        mutator = Mutator([*reports, *trial.subject.announcements], chance)
        for message in reports:
            yield diffuser, message
        for _ in range(count // len(trial.subject.diffusers)):
            message = mutator.next()
            if len(message.payload) < 100_000:
                yield diffuser, message


def _read(
    dialect: DiffuserDialect, diffuser: Diffuser, message: Message
) -> tuple[Reading, ...] | str:
    try:
        return dialect.decode(diffuser, message.topic, message.payload)
    except Malformed as error:
        return error.reason


def _discover(dialect: DiffuserDialect, message: Message) -> None:
    with suppress(Malformed):
        dialect.discover(message.topic, message.payload)


def _found(dialect: DiffuserDialect, announcements: list[Message]) -> set[str]:
    announced = Announced(dialect)
    for message in announcements:
        with suppress(Malformed):
            announced.hear([message])
    return set(announced.diffusers)


def _renamed(message: Message, name: str) -> Message:
    if message.topic.rpartition("/")[2] == "$name" and message.payload == name.encode():
        return Message(message.topic, _OTHER_NAME.encode())
    try:
        tree = json.loads(message.payload)
    except (ValueError, RecursionError):
        return message
    changed = _with_other_name(tree, name, is_name=False)
    return message if changed == tree else Message(message.topic, json.dumps(changed).encode())


def _with_other_name(tree: object, name: str, *, is_name: bool) -> object:
    if isinstance(tree, dict):
        return {
            key: _with_other_name(value, name, is_name=key.lower() in _NAME_KEYS)
            for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [_with_other_name(item, name, is_name=is_name) for item in tree]
    return _OTHER_NAME if is_name and tree == name else tree
