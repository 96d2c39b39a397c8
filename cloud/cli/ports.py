"""Taking a port, or telling who has it."""

import errno
import socket
from pathlib import Path

from cloud.foundation.errors import CloudError


class PortTaken(CloudError):
    """Another program listens on the port."""

    code = "port_taken"

    def __init__(self, host: str, port: int, owner: str) -> None:
        super().__init__(
            f"{host}:{port} is taken{owner}.",
            hint="Stop that program, or choose another port with --port.",
        )


class CannotListen(CloudError):
    """The address is not of this machine, or may not be used."""

    code = "cannot_listen"

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Cannot listen on {host}:{port}: {reason}.",
            hint="Use an address of this machine and a port above 1023.",
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; PortTaken names the process that has the port, if it shows."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port, _owner(port)) from error
        raise CannotListen(host, port, error.strerror or str(error)) from error


def _owner(port: int) -> str:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        path = Path(table)
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        for columns in (line.split() for line in lines):
            if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{columns[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) in inodes:
                return f" by process {link.parts[2]}"
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return ""
