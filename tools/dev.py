"""Set up what a command needs, then run it: `python3 tools/dev.py help`.

Needs nothing but Python's standard library, and parses on Python 3.8, so that an old Python is
told so in words. Installs only into `.venv` and `node_modules` of this folder, with locked hashes,
and for `make test-ha` alone into `.artifacts`, without.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)

HELP = """\
make run         start the living demo: a home, its shop and the staff pages; Ctrl-C ends it
make test        run the tests; what they need is installed first
make test-long   run them at full depth (about an hour)
make test-ha     see our diffusers in a real Home Assistant (installs it in .artifacts, 0.5 GB)
make test-stripe compare our stand-in with a real test account (SCENT_STRIPE_TEST_KEY=sk_test_...)
make check       format, lint, types, layers, dependencies, dead code
make bench       measure, side by side with the bare libraries (ARGS=--quick: less of all)
make bench-store measure the shop alone: pages, search, carts, whole checkouts
make recommend-report  measure recommendations on synthetic people (ARGS=1000: fewer)
make lock        compile the locks in requirements/ again (add ARGS=--upgrade for newer versions)
make help        this list

Without make: python3 tools/dev.py run (test, check, ...). Arguments after `test` go to pytest."""

CHECKS = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["mypy"]),
    ("layers", ["lint-imports"]),
    ("dependencies", ["deptry", "."]),
    ("dead code", ["python", "-m", "tools.dead_code"]),
)

# Development first: the others are held to its versions, so that what is tested is what is shipped.
LOCKS: tuple[tuple[str, list[str]], ...] = (
    ("dev", ["--extra", "cloud", "--group", "dev"]),
    ("demo", ["--extra", "cloud", "--group", "demo"]),
    ("cloud", ["--extra", "cloud"]),
    ("hub", []),
)
# A lock that is installed stands in for those whose packages it contains.
CONTAINED_IN = {"demo": ("demo", "dev"), "dev": ("dev",)}


class SetupError(Exception):
    """Something the caller can put right: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    command, rest = (arguments or ["help"])[0], arguments[1:]
    commands = {
        "run": run,
        "test": test,
        "test-long": test_long,
        "test-ha": test_ha,
        "test-stripe": test_stripe,
        "check": check,
        "bench": bench,
        "bench-store": bench_store,
        "recommend-report": recommend_report,
        "lock": lock,
        "help": show_help,
    }
    # Without compiled modules every process that a test or the demo starts compiles them all anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        require_python(sys.version_info[:3])
        if command not in commands:
            raise SetupError(f"There is no command {command!r}.", "Try: python3 tools/dev.py help")
        return commands[command](rest)
    except SetupError as error:
        print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> int:
    """Turn into the demo; returns only when that fails."""
    ensure_installed("demo")
    become([str(PYTHON), "-m", "tools.demo", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests, the last line being pytest's own."""
    ensure_installed("dev")
    ensure_page_checker()
    # Two more than cores: with one more, a sixth of the cores' time went by in waiting.
    workers = ["-n", str(min((os.cpu_count() or 1) + 2, 8)), "--dist", "worksteal"]
    become([str(PYTHON), "-m", "pytest", *workers, *arguments])


def test_long(arguments: list[str]) -> int:
    """Run the tests at full depth."""
    os.environ["HYPOTHESIS_PROFILE"] = "long"
    return test(["--long", "--timeout", "3600", *arguments])


def test_ha(arguments: list[str]) -> int:
    """Run the tests with a real Home Assistant."""
    ensure_installed("dev")
    become([str(PYTHON), "-m", "tools.home_assistant", *arguments])


def test_stripe(arguments: list[str]) -> int:
    """Run the tests that a real test account of Stripe must pass like our stand-in."""
    if not os.environ.get("SCENT_STRIPE_TEST_KEY", "").startswith(("sk_test_", "rk_test_")):
        raise SetupError(
            "There is no key of a test account.",
            "Set SCENT_STRIPE_TEST_KEY to a secret key that begins with sk_test_.",
        )
    ensure_installed("dev")
    asked = ["tests/fakes/stripe", "-m", "stripe_account", "--force-enable-socket"]
    become([str(PYTHON), "-m", "pytest", *asked, *arguments])


def check(arguments: list[str]) -> int:
    """Run every check, also after one has failed, and name those that failed."""
    ensure_installed("dev")
    failed = []
    for name, words in CHECKS:
        print(f"== {name}: {' '.join(words)}", flush=True)
        program = [str(VENV / "bin" / words[0]), *words[1:], *arguments]
        if subprocess.run(program, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run the measurements."""
    ensure_installed("dev")
    become([str(PYTHON), "-m", "tests.bench", *arguments])


def bench_store(arguments: list[str]) -> int:
    """Run the shop's measurements."""
    return bench(["store", *arguments])


def recommend_report(arguments: list[str]) -> int:
    """Measure how good recommendations are."""
    ensure_installed("dev")
    become([str(PYTHON), "-m", "tests.bench.recommend", *arguments])


def lock(arguments: list[str]) -> int:
    """Compile the locks, without the address of any package index in them."""
    ensure_installed("dev")
    common = "--universal -p 3.11 --generate-hashes --no-header --quiet"
    silent = "--no-emit-index-url --no-emit-find-links"
    compile_lock = [str(UV), "pip", "compile", *common.split(), *silent.split(), *arguments]
    held = ["-c", "requirements/dev.txt"]
    for name, selection in LOCKS:
        target = ["-o", f"requirements/{name}.txt", "pyproject.toml", *selection]
        must_run([*compile_lock, *target, *(held if name != "dev" else [])])
    must_run([*compile_lock, "-o", "requirements/bootstrap.txt", "requirements/bootstrap.in"])
    return 0


def show_help(_: list[str]) -> int:
    """Print the commands."""
    print(HELP)
    return 0


def require_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if version < OLDEST_PYTHON:
        found, needed = (".".join(map(str, numbers)) for numbers in (version, OLDEST_PYTHON))
        raise SetupError(
            f"This is Python {found}; The Scent needs Python {needed} or newer.",
            f"Install it (Debian 12: apt-get install python3), then: python{needed} tools/dev.py",
        )


def ensure_installed(name: str) -> None:
    """Bring `.venv` to the state of a lock; at once when it is in that state already."""
    if any(is_current(container) for container in CONTAINED_IN[name]):
        return
    ensure_venv()
    print(f"installing requirements/{name}.txt into .venv", flush=True)
    install_lock(REQUIREMENTS / f"{name}.txt")
    install_project()
    stamp(name).write_text(fingerprint(name))


def is_current(name: str) -> bool:
    """Whether the lock is installed as it stands now."""
    return PYTHON.exists() and stamp(name).exists() and stamp(name).read_text() == fingerprint(name)


def stamp(name: str) -> Path:
    """Return the file that remembers what was installed."""
    return VENV / f".installed-{name}"


def fingerprint(name: str) -> str:
    """Return a digest of all that an installation depends on."""
    digest = hashlib.sha256(str(VENV).encode())
    for file in (ROOT / "pyproject.toml", REQUIREMENTS / f"{name}.txt"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def ensure_venv() -> None:
    """Make `.venv` when it is missing, was moved, or its Python no longer starts."""
    # The script names its Python in full, so a folder that was moved is noticed too.
    if succeeds([str(VENV / "bin" / "pip"), "--version"]):
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise SetupError(
            "This Python cannot make a virtual environment: its venv module is not installed.",
            "Install it (Debian: apt-get install python3-venv), then run this again.",
        )
    print("making .venv", flush=True)
    if not succeeds([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        raise SetupError(
            "The virtual environment .venv could not be made.",
            f"See why: {sys.executable} -m venv --clear .venv",
        )


def install_lock(file: Path) -> None:
    """Install a lock with uv, or with pip where uv does not run."""
    # Caches stay inside .venv: nothing is left elsewhere when this folder is removed.
    os.environ.setdefault("UV_CACHE_DIR", str(VENV / ".uv-cache"))
    os.environ.setdefault("PIP_NO_CACHE_DIR", "1")
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes"]
    if not UV.exists():
        succeeds([*pip, "--only-binary", ":all:", "-r", str(REQUIREMENTS / "bootstrap.txt")])
    uv = [str(UV), "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes"]
    if (
        UV.exists()
        and subprocess.run([*uv, "-r", str(file)], cwd=ROOT, check=False).returncode == 0
    ):
        return
    print("uv could not install it, trying pip", flush=True)
    if subprocess.run([*pip, "-r", str(file)], cwd=ROOT, check=False).returncode != 0:
        raise SetupError(
            "The packages could not be installed.",
            "If the lines above speak of the network: connect, then run this again.",
        )


def install_project() -> None:
    """Install the project itself, editable: a lock with hashes cannot name it."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    must_run([*pip, "-e", "."])


def ensure_page_checker() -> None:
    """Install axe-core for the page tests where npm is; they say so themselves where it is not."""
    if (ROOT / "node_modules" / "axe-core").exists() or shutil.which("npm") is None:
        return
    print("installing axe-core into node_modules", flush=True)
    cache = f"--cache={VENV / '.npm-cache'}"
    subprocess.run(["npm", "ci", "--ignore-scripts", "--silent", cache], cwd=ROOT, check=False)


def become(program: list[str]) -> NoReturn:
    """Turn this process into the program, so that signals reach it directly."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(program[0], program)


def must_run(program: list[str]) -> None:
    """Run a program; its failure is ours."""
    if subprocess.run(program, cwd=ROOT, check=False).returncode != 0:
        raise SetupError(f"This failed: {' '.join(program)}", "The lines above say why.")


def succeeds(program: list[str]) -> bool:
    """Whether a program ends well; what it says is not shown."""
    try:
        return subprocess.run(program, cwd=ROOT, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
