"""Examine a dialect: `python -m adapters.conformance NAME [SAMPLES ...]`.

NAME is one of ours or of the entry point group `scentd.adapters`. SAMPLES are files as
`scentd capture` writes them, beside those the dialect brings along. Ends with 1 when a promise is
broken, and with 2 when nothing could be examined.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from adapters.conformance.examination import examine
from adapters.conformance.lasting import microseconds_a_message
from adapters.conformance.report import heading, line, speed, summary
from adapters.conformance.subject import Subject, offered_samples, subject_of
from adapters.conformance.verdict import Trial
from adapters.corpus.recording import read_recording
from adapters.registry import load_bare
from scentd.ports import AdapterError


def main(words: Sequence[str]) -> int:
    """Examine, and print what came out."""
    asked = _arguments(words)
    try:
        subject = _subject(asked.name, asked.samples)
    except AdapterError as error:
        _say(f"error: {error.message}\nhint: {error.hint}")
        return 2
    trial = Trial(
        subject, asked.size, secrets.randbelow(10**6) if asked.seed is None else asked.seed
    )
    _say(heading(asked.name, trial))
    broken = 0
    for verdict in examine(trial):
        broken += verdict.broken is not None
        _say(line(verdict))
    if not broken:
        _say(speed(microseconds_a_message(trial)))
    _say(summary(broken, trial.seed))
    return 1 if broken else 0


def _subject(name: str, files: Sequence[Path]) -> Subject:
    dialect = load_bare(name)
    return subject_of(dialect, [*offered_samples(dialect), *map(read_recording, files)])


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m adapters.conformance",
        description="Try whether a dialect keeps what the port promises.",
    )
    parser.add_argument("name", help="the dialect, or the entry point that offers it")
    parser.add_argument("samples", nargs="*", type=Path, help="files of `scentd capture`")
    parser.add_argument("--size", type=int, default=5_000, help="messages for each promise")
    parser.add_argument("--seed", type=int, help="the same seed tries the same; default: any")
    return parser.parse_args(words)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
