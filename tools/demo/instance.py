"""One demo a clone: a second one is told where the first one is, unless it has ports of its own."""

import contextlib
import fcntl
import io
import json
import os
from collections.abc import Iterator
from typing import TextIO

from tools.demo.place import ROOT, Place
from tools.processes import ToolError

LOCK = ROOT / ".venv" / ".demo-running"


@contextlib.contextmanager
def only_instance(*, has_own_ports: bool = False) -> Iterator[TextIO]:
    """Hold the lock of this clone's demo; refuse, in words, when it is running already.

    One for which every port was chosen by hand is in nobody's way, and holds no lock.
    """
    if has_own_ports:
        yield io.StringIO()
        return
    with LOCK.open("a+") as record:
        try:
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record.seek(0)
            raise already_running(record.read()) from None
        record.truncate(0)
        try:
            yield record
        finally:
            LOCK.unlink(missing_ok=True)


def write_record(record: TextIO, place: Place) -> None:
    """Leave word for a second instance."""
    json.dump({"pid": os.getpid(), "home": place.url("home"), "shop": place.url("shop")}, record)
    record.flush()


def already_running(record: str) -> ToolError:
    """Return the words for a second instance."""
    try:
        said = json.loads(record)
    except json.JSONDecodeError:
        return ToolError("The demo is just starting elsewhere.", "Look at the other terminal.")
    return ToolError(
        f"The demo is running already (process {said['pid']}).",
        f"Open {said['home']} or {said['shop']}, or end it with Ctrl-C in its terminal.",
    )
