"""Find out who listens on a port, as far as the kernel tells us (Linux, see proc(5))."""

from contextlib import suppress
from pathlib import Path

_LISTENING = "0A"


def who_listens(port: int) -> tuple[int | None, str]:
    """Give PID and name of the program listening on a TCP port; (None, "") when not to be seen."""
    sockets = _sockets(port)
    if not sockets:
        return None, ""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _holds(folder, sockets):
            return int(folder.name), _name(folder)
    return None, ""


def _sockets(port: int) -> set[str]:
    """Give the socket links of everything listening on the port."""
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text("ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found


def _holds(folder: Path, sockets: set[str]) -> bool:
    with suppress(OSError):  # it ended meanwhile, or belongs to somebody else
        return any(str(link.readlink()) in sockets for link in (folder / "fd").iterdir())
    return False


def _name(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "comm").read_text("utf-8", "replace").strip()
    return ""
