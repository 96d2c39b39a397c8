"""The commands behind `make`, as far as they can be tried without installing anything."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import dev

SCRIPT = Path(dev.__file__)


def run_dev(*arguments):
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_script_parses_on_an_old_python():
    ast.parse(SCRIPT.read_text(), feature_version=(3, 8))


def test_script_imports_the_standard_library_alone():
    tree = ast.parse(SCRIPT.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name.partition(".")[0]
        for node in imports
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }

    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13)])
def test_old_python_is_explained_with_both_versions(version):
    with pytest.raises(dev.SetupError) as refusal:
        dev.require_python(version)

    assert ".".join(map(str, version)) in refusal.value.message
    assert "3.11" in refusal.value.message
    assert "python3.11 tools/dev.py" in refusal.value.hint


def test_supported_python_passes():
    dev.require_python((3, 11, 0))


def test_unknown_command_gets_one_error_and_one_hint_line():
    finished = run_dev("fly")

    assert finished.returncode == 1
    assert re.fullmatch(r"error: .*'fly'\.\nhint: .*help\n", finished.stderr)


def test_help_names_every_target_of_the_makefile():
    makefile = (SCRIPT.parent.parent / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    shown = run_dev("help").stdout

    assert targets is not None
    assert all(f"make {target} " in shown for target in targets[1].split())


def test_no_command_is_help():
    assert run_dev().stdout == run_dev("help").stdout


@pytest.mark.parametrize("name", [name for name, _ in dev.LOCKS])
def test_lock_pins_every_package_with_a_hash(name):
    lock = (dev.REQUIREMENTS / f"{name}.txt").read_text()
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]

    assert entries
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", ["demo", "cloud", "hub"])
def test_lock_holds_to_the_versions_of_the_development_lock(name):
    tested = pins((dev.REQUIREMENTS / "dev.txt").read_text())

    shipped = pins((dev.REQUIREMENTS / f"{name}.txt").read_text())

    assert shipped <= tested


def pins(lock):
    return set(re.findall(r"^(\S+==\S+)", lock, flags=re.MULTILINE))
