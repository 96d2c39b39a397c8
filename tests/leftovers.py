"""What a test leaves behind: short logs while it runs, and nothing of a failed one in the next.

Hooks of pytest, which tests/conftest.py takes in.
"""

import gc
import sys
import traceback
import warnings
from collections.abc import Generator
from types import TracebackType
from typing import TextIO

import pytest

_FAILED = pytest.StashKey[bool]()
_LAST = ("last_exc", "last_type", "last_value", "last_traceback")
# Enough to see which of ours called which library; a long one fills the report of a failure.
_FRAMES = 12

_Caught = tuple[type[BaseException], BaseException, TracebackType | None]


def short_traceback(out: TextIO, caught: _Caught) -> None:
    """Write an exception and its innermost frames.

    structlog's own choice, rich with every local variable, takes seconds an exception.
    """
    traceback.print_exception(*caught, limit=-_FRAMES, file=out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which test failed."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let go of what a failed test held.

    Its traceback keeps sockets and connections alive until the next test runs, which then fails
    for warnings that are not its own.
    """
    result = yield
    if item.stash.get(_FAILED, False):
        _let_go()
    return result


def _let_go() -> None:
    for name in _LAST:
        if hasattr(sys, name):
            delattr(sys, name)
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gc.collect()
    finally:
        sys.unraisablehook = hook
