"""A private MQTT broker on a loopback port, for tests and the demo.

Mosquitto when it is installed, else the embedded one in a child process. Both listen on 127.0.0.1
alone, keep their port through a restart, and run in a throw-away folder. Standard library only.
"""

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from tools.ports import HOST, accepts_connections, free_port
from tools.processes import (
    Account,
    ToolError,
    end,
    last_lines,
    make_server_folder,
    spawn,
    unprivileged_account,
    wait_until,
)

_PROJECT = Path(__file__).resolve().parent.parent
_READY_WITHIN_S = 20.0
_STOP_WITHIN_S = 5.0
_ATTEMPTS_AT_A_PORT = 5
_PBKDF2_ROUNDS = 101


def find_mosquitto() -> Path | None:
    """Return the mosquitto program, or None when it is not installed."""
    # Debian puts it where only root's PATH looks.
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which("mosquitto", path=places)
    return Path(found) if found else None


class Broker:
    """One broker; `kind` says which.

    `passwords` (user to password) closes the broker to everybody else. `settings` are further lines
    of mosquitto's configuration file; the embedded broker has none. `port` None takes a free one.
    """

    def __init__(
        self,
        *,
        kind: Literal["mosquitto", "embedded"] | None = None,
        port: int | None = None,
        passwords: Mapping[str, str] | None = None,
        settings: Sequence[str] = (),
    ) -> None:
        self.kind = kind or ("mosquitto" if find_mosquitto() else "embedded")
        self.host = HOST
        self._wanted_port = port
        self._port: int | None = port
        self._passwords = dict(passwords or {})
        self._settings = tuple(settings)
        self._account: Account | None = None
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until connections are accepted.

        Raises ToolError with the broker's own last lines when it does not come up.
        """
        if self._folder is None:
            self._account = unprivileged_account() if self.kind == "mosquitto" else None
            self._folder = make_server_folder("scent-mq-", self._account)
        for _ in range(_ATTEMPTS_AT_A_PORT):
            if self._launch(self._folder):
                return
            if self._wanted_port is None:
                self._port = None
        raise ToolError(f"The broker ({self.kind}) did not start.", last_lines(self.log))

    def stop(self) -> None:
        """Stop cleanly; mosquitto keeps retained messages and sessions for the next start."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Stop as a power cut would, without a word to the clients."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop cleanly and start again on the same port."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and remove the folder."""
        self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @property
    def port(self) -> int:
        """The loopback port; the same one after a restart."""
        if self._port is None:
            raise ToolError("This broker was not started.", "Call start() first.")
        return self._port

    @property
    def url(self) -> str:
        """The address as `mqtt://host:port`."""
        return f"mqtt://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The broker's process id; None while it is down."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> Path:
        """The broker's log file."""
        if self._folder is None:
            raise ToolError("This broker was not started.", "Call start() first.")
        return self._folder / "broker.log"

    def _launch(self, folder: Path) -> bool:
        if self._port is None:
            self._port = free_port()
        command = self._mosquitto(folder) if self.kind == "mosquitto" else self._embedded(folder)
        self._process = spawn(
            command,
            log=self.log,
            folder=folder if self.kind == "mosquitto" else _PROJECT,
            account=self._account,
        )
        answered = wait_until(
            lambda: accepts_connections(self.port), self._process, _READY_WITHIN_S
        )
        # Somebody else may have been the one to answer; then ours has ended by itself.
        if answered and self._process.poll() is None:
            self._wanted_port = self._port
            return True
        self.kill()
        return False

    def _mosquitto(self, folder: Path) -> list[str]:
        program = find_mosquitto()
        if program is None:
            raise ToolError("mosquitto was not found.", "Install it: apt-get install mosquitto")
        lines = [
            f"listener {self.port} {HOST}",
            "set_tcp_nodelay true",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            "log_type notice",
            "persistence true",
            f"persistence_location {folder}/",
            *self._admission(folder),
            *self._settings,
        ]
        configuration = folder / "mosquitto.conf"
        configuration.write_text("\n".join(lines) + "\n")
        return [str(program), "-c", str(configuration)]

    def _admission(self, folder: Path) -> list[str]:
        if not self._passwords:
            return ["allow_anonymous true"]
        file = folder / "passwords"
        file.write_text("".join(_password_line(*item) for item in self._passwords.items()))
        return ["allow_anonymous false", f"password_file {file}"]

    def _embedded(self, folder: Path) -> list[str]:
        command = [sys.executable, "-m", "tools.embedded_broker", "--port", str(self.port)]
        if not self._passwords:
            return command
        file = folder / "passwords.json"
        file.write_text(json.dumps(self._passwords))
        return [*command, "--passwords", str(file)]

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None:
            end(self._process, by, _STOP_WITHIN_S)
            self._process = None


def _password_line(user: str, password: str) -> str:
    # The line that mosquitto_passwd writes: PBKDF2-SHA512, salt and key in base64.
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _PBKDF2_ROUNDS)
    words = (base64.b64encode(part).decode() for part in (salt, key))
    return f"{user}:$7${_PBKDF2_ROUNDS}${'$'.join(words)}\n"
