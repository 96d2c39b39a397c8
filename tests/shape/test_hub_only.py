"""A hub installs its own lock and nothing of the cloud."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.shape.tree import PACKAGES, ROOT, python_files

LOCK = ROOT / "requirements" / "hub.txt"
LARGEST_INSTALL_BYTES = 120_000_000
OF_THE_CLOUD = ("sqlalchemy", "fastapi", "asyncpg", "psycopg", "stripe", "structlog", "alembic")


def import_the_hub(python, lock=LOCK):
    command = [python, "-m", "tests.shape.hub_only", str(lock)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )


def modules_imported_by(python):
    finished = import_the_hub(python)
    assert finished.returncode == 0, finished.stderr
    return set(finished.stdout.split())


def test_every_module_of_the_hub_imports_with_the_hubs_lock_alone():
    imported = modules_imported_by(sys.executable)

    assert imported >= {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in python_files(*PACKAGES[:2])
        if path.stem not in {"__init__", "__main__"}
    }


def test_library_outside_the_lock_cannot_be_imported(tmp_path):
    lock = tmp_path / "without-pydantic.txt"
    lock.write_text(LOCK.read_text().replace("\npydantic==", "\nsomething-else=="))

    finished = import_the_hub(sys.executable, lock)

    assert finished.returncode != 0
    assert "pydantic belongs to" in finished.stderr


@pytest.mark.parametrize("library", OF_THE_CLOUD)
def test_hubs_lock_names_no_library_of_the_cloud(library):
    assert f"\n{library}==" not in f"\n{LOCK.read_text()}"


@pytest.mark.long
def test_hub_installs_small_and_runs_from_its_lock(tmp_path):
    venv.create(tmp_path / "hub", with_pip=True)
    programs = tmp_path / "hub" / "bin"
    pip = [str(programs / "python"), "-m", "pip"]
    # As README says it.
    for words in (["--require-hashes", "-r", str(LOCK)], ["--no-deps", str(ROOT)]):
        subprocess.run([*pip, "install", "-q", *words], check=True, timeout=1200)
    subprocess.run([*pip, "uninstall", "-qy", "pip"], check=True, timeout=120)

    size_bytes = size_of(tmp_path / "hub")
    print(f"a hub takes {size_bytes / 1e6:.1f} MB")
    said = subprocess.run(
        [str(programs / "scentd"), "version"], capture_output=True, text=True, check=True
    )

    assert said.stdout.strip()
    assert modules_imported_by(str(programs / "python"))
    assert size_bytes < LARGEST_INSTALL_BYTES


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
