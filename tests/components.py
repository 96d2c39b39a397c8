"""The real programs the tests talk to: which are here, and the words for those that are not."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.fakes.faked_time import find_faketime
from tools.broker import find_mosquitto
from tools.postgres_server import find_programs


@dataclass(frozen=True)
class Component:
    """A program that some tests need."""

    name: str
    install: str
    find: Callable[[], object | None]


def find_chromium() -> Path | None:
    """Return the Chromium or Chrome program of this machine, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


BY_MARKER = {
    "needs_broker": Component("mosquitto", "apt-get install mosquitto", find_mosquitto),
    "needs_postgres": Component("PostgreSQL", "apt-get install postgresql", find_programs),
    "needs_browser": Component("Chromium", "apt-get install chromium", find_chromium),
    "needs_faketime": Component("libfaketime", "apt-get install faketime", find_faketime),
}


def everything_is_required() -> bool:
    """Whether a missing component is a failure, as in continuous integration."""
    return any(
        os.environ.get(name, "").lower() in {"1", "true"} for name in ("CI", "SCENT_REQUIRE_ALL")
    )


def require(marker: str) -> None:
    """Skip the test, in words, when its component is missing; fail it where all are required."""
    component = BY_MARKER[marker]
    if component.find() is None:
        refuse(component.name, component.install)


def refuse(name: str, install: str) -> NoReturn:
    """Skip or fail for a component that is not here."""
    words = f"{MISSING}{name} (install it: {install})"
    if everything_is_required():
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


MISSING = "missing here: "
