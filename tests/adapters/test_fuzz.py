"""A million wrong messages: each dialect reads them or says Malformed, and memory stays.

`make test` takes a sample of another seed each time; `make test-long` goes the whole way. The
changed messages are those of every recording, each dialect's own four times as often as others'.
"""

import gc
import os
import secrets
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.conformance import hearing
from adapters.conformance.report import line
from adapters.conformance.subject import Subject, subject_of
from adapters.conformance.verdict import Trial
from adapters.corpus.recording import read_recording
from adapters.registry import load_dialects
from tests.bench.cost import resident_mb

FILES = sorted(Path(__file__).parent.joinpath("diffusers", "messages").glob("*.json"))
RECORDINGS = [read_recording(file) for file in FILES]
SAMPLED, WHOLE = 16_000, 1_000_000
MOST_GROWTH_MB = 30
IN_PARTS = ((hearing.discovering, 0.3), (hearing.assembling, 0.2), (hearing.decoding, 0.5))
IN_ONE = ((hearing.discovering, 0.5), (hearing.decoding, 0.5))


def subject(name: str) -> Subject:
    own = subject_of(load_dialects()[name], [one for one in RECORDINGS if one.dialect == name])
    others = [m for one in RECORDINGS if one.dialect != name for m in one.messages()]
    weight = 1 + 4 * len(others) // max(1, len(own.messages))
    return replace(own, announcements=(*own.announcements * weight, *others))


@pytest.mark.timeout(3600)
def test_whatever_comes_is_read_or_refused_and_memory_stays(is_long_run: bool, capsys) -> None:
    seed, names = secrets.randbelow(10**6), sorted(load_dialects())
    each = (WHOLE if is_long_run else SAMPLED) // len(names) + 1
    subjects = [subject(name) for name in names]
    said, count = [f"seed {seed}"], 0
    fuzz(subjects, each // 10, seed)
    gc.collect()
    before_mb, began_s = resident_mb(os.getpid()), time.process_time()

    for one in subjects:
        count += fuzz([one], each, seed + 1)
    seconds = time.process_time() - began_s
    gc.collect()
    grown_mb = resident_mb(os.getpid()) - before_mb
    said.append(
        f"{count:,} messages over {len(names)} dialects ({', '.join(names)}): "
        f"{count / seconds:,.0f} a second, {before_mb:.1f} MB before, {grown_mb:+.1f} MB after"
    )

    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(said) + "\n")
    assert count >= (WHOLE if is_long_run else SAMPLED)
    assert grown_mb < MOST_GROWTH_MB


def fuzz(subjects: list[Subject], each: int, seed: int) -> int:
    count = 0
    for one in subjects:
        for ask, share in IN_PARTS if one.groups else IN_ONE:
            verdict = ask(Trial(one, int(each * share) + 1, seed))
            assert verdict.broken is None, f"{one.dialect.name}, seed {seed}\n{line(verdict)}"
            count += verdict.tries
    return count


def test_every_dialect_has_a_recording_and_every_recording_a_dialect() -> None:
    assert {recording.dialect for recording in RECORDINGS} == set(load_dialects())
