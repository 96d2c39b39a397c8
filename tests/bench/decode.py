"""What a message costs each dialect, on the recordings beside its tests."""

from pathlib import Path

from adapters.conformance.lasting import microseconds_a_message
from adapters.conformance.subject import subject_of
from adapters.conformance.verdict import Trial
from adapters.corpus.recording import read_recording
from adapters.registry import load_dialects
from tests.bench.report import Aim, Row, Section
from tests.bench.servers import ROOT

_RECORDINGS = ROOT / "tests" / "adapters" / "diffusers" / "messages"
_AIM_US = 30


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Decode every recorded message again and again, best of a few rounds."""
    recordings = [read_recording(file) for file in sorted(_RECORDINGS.glob("*.json"))]
    rows = []
    for name, dialect in sorted(load_dialects().items()):
        subject = subject_of(dialect, [one for one in recordings if one.dialect == name])
        cost_us = microseconds_a_message(Trial(subject, 0, 0), rounds=1 if is_quick else 9)
        count = sum(map(len, subject.reports.values()))
        rows.append(Row(name, cpu_us=cost_us, note=f"{count} recorded messages"))
    dearest = max(rows, key=lambda row: row.cpu_us or 0)
    aim = Aim(f"a decoded message of {dearest.what}", _AIM_US, dearest.cpu_us or 0, "{:.1f} µs")
    return Section("decoding a message, one process", tuple(rows), (aim,))
