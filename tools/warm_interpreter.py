"""An interpreter that has imported what programs need, and forks each of them at once.

Run as `python -m tools.warm_interpreter FD MODULE...`; FD is one end of a stream socket. It says
`{"ready": true}` once the modules are imported. Each order is one line of JSON, sent with the two
descriptors that become the program's output and complaints, and answered with its process id; how
a program ended is told as soon as it has. The other end of this is `tools.warm`.

Standard library only, and one thread: a process with more of them must not fork.
"""

import ctypes
import dataclasses
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_LONGEST_ORDER = 1 << 20


@dataclasses.dataclass(frozen=True)
class Order:
    """One program to become: its words as for `exec`, where and with what it runs."""

    command: tuple[str, ...]
    folder: str
    environment: dict[str, str]
    farewell: int


def main(words: list[str]) -> None:
    """Import, serve orders, and in the child that an order made become its program."""
    line = socket.socket(fileno=int(words[0]))
    for module in words[1:]:
        importlib.import_module(module)
    if threading.active_count() > 1:
        raise SystemExit("an import has started a thread: this interpreter must not fork")
    gc.collect()
    gc.freeze()  # what is imported stays shared with the children
    order = serve(line)
    if order is not None:
        become(order)


def serve(line: socket.socket) -> Order | None:
    """Fork for each order until the other end goes; return the order in the child, else None."""
    wake, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    tell(line, ready=True)
    while True:
        readable, _, _ = select.select([line.fileno(), wake], [], [])
        if wake in readable:
            os.read(wake, 4096)
            tell_ends(line)
        if line.fileno() not in readable:
            continue
        received, descriptors, _, _ = socket.recv_fds(line, _LONGEST_ORDER, 2)
        if not received:
            return None
        order = json.loads(received)
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for number in (wake, wakes):
                os.close(number)
            line.close()
            leave_home(parent, order["farewell"], descriptors)
            return Order(**{**order, "command": tuple(order["command"])})
        for number in descriptors:
            os.close(number)
        tell(line, pid=pid)


def tell(line: socket.socket, **words: Any) -> None:
    """Say one thing to the other end; when it is gone, there is nobody to say it to."""
    try:
        line.sendall(json.dumps(words).encode() + b"\n")
    except BrokenPipeError:
        sys.exit()


def tell_ends(line: socket.socket) -> None:
    """Tell of every child that has ended; the code of a killed one is negative."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        tell(line, ended=pid, code=os.waitstatus_to_exitcode(status))


def leave_home(parent: int, farewell: int, descriptors: list[int]) -> None:
    """Be a process of one's own: session, signals, output; tied to the parent's life."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, farewell)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (descriptors[0], 1), (descriptors[1], 2)):
        os.dup2(descriptor, target)
        os.close(descriptor)


def become(order: Order) -> None:
    """Run the program in this process, as if it had been started with these words."""
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    program, *arguments = order.command
    if arguments[:1] == ["-m"]:
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(order.command)
        runpy.run_path(str(Path(program)), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
