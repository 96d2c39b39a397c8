"""A failed test does not spoil the next one on the same worker."""

import subprocess
import sys
from pathlib import Path

from tools.dev import ROOT

TESTS = """
import socket
import warnings

import pytest

from tests.leftovers import pytest_runtest_makereport, pytest_runtest_protocol


class Held:
    def __del__(self):
        warnings.warn("left open", ResourceWarning)


def test_first():
    held = Held()
    raise LookupError


def test_second():
    pass
"""


def test_what_a_failed_test_held_warns_in_no_other(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(TESTS.partition("class Held")[0])
    (tmp_path / "test_held.py").write_text(TESTS)
    options = ("-p", "no:randomly", "-p", "no:asyncio", "-W", "error", "-c", "/dev/null")
    command = (sys.executable, "-m", "pytest", "-q", "--rootdir", tmp_path, *options, tmp_path)

    finished = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert "1 failed, 1 passed" in finished.stdout, finished.stdout
