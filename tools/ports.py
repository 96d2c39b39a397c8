"""Loopback TCP ports: which are free, which answer, and who holds one.

Standard library only.
"""

import contextlib
import errno
import itertools
import random
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"
_LISTENING = "0A"
_FIRST_PORT = 10_240
_BLOCK = 128
_ROUNDS = 4
"""So often a block is gone through before another is claimed: a port is given again late."""


def free_port() -> int:
    """Return a loopback TCP port that nothing listens on, and that nobody is given soon.

    Neither the system for a connection of its own, nor another process that asks here; so it is
    still free when a server that is started with it comes up.
    """
    return free_ports(1)[0]


def free_ports(count: int) -> tuple[int, ...]:
    """Return so many different loopback TCP ports, each as `free_port` gives them."""
    ports: list[int] = []
    while len(ports) < count:
        ports.extend(port for port in [next(_CHOICE)] if port not in ports and is_free(port))
    return tuple(ports)


def _choices() -> Iterator[int]:
    """Give ports of blocks that are this process's alone, each block a few times round."""
    low, high = _FIRST_PORT, _first_ephemeral_port()
    blocks = list(range(low, high - _BLOCK, _BLOCK))
    random.SystemRandom().shuffle(blocks)
    for block in itertools.cycle(blocks):
        with _claim(block) as is_ours:
            if is_ours:
                for _ in range(_ROUNDS):
                    yield from range(block, block + _BLOCK)


_CHOICE = _choices()


@contextlib.contextmanager
def _claim(block: int) -> Iterator[bool]:
    """Hold the name of a block while it is used; the system gives it back if we are killed.

    Only Linux has such names. Elsewhere every block is ours, and chance keeps processes apart.
    """
    if not sys.platform.startswith("linux"):
        yield True
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as name:
        try:
            name.bind(f"\0scent-ports-{block}")
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            yield False
        else:
            yield True


def _first_ephemeral_port() -> int:
    """Return where the ports begin that the system gives to connections; as Linux has it."""
    table = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(table.read_text().split()[0]) if table.exists() else 32_768
    return first if first - _BLOCK > _FIRST_PORT else 32_768


def accepts_connections(port: int) -> bool:
    """Whether something listens on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0


def is_free(port: int) -> bool:
    """Whether a server could listen on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are only fading out counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
        return True


def holder(port: int) -> int | None:
    """Return the id of the process that listens on the port, as far as we may see; Linux only."""
    sockets = _listening_sockets(port)
    if not sockets:
        return None
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and sockets & _open_sockets(process):
            return int(process.name)
    return None


def _listening_sockets(port: int) -> set[str]:
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for columns in map(str.split, lines):
            local, state, inode = columns[1], columns[3], columns[9]
            if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
                found.add(f"socket:[{inode}]")
    return found


def _open_sockets(process: Path) -> set[str]:
    found = set()
    try:
        for descriptor in (process / "fd").iterdir():
            found.add(str(descriptor.readlink()))
    except OSError:
        # Not ours to look into, or it has just ended.
        pass
    return found
