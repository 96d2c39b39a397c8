"""Which Python Home Assistant is installed with."""

import sys
from pathlib import Path

import pytest

from tools.home_assistant import PACKAGES, VERSIONS, candidates, find_python, installed, version_of
from tools.processes import ToolError


def python_saying(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    return program


def test_the_first_that_is_of_a_wanted_version_is_taken(tmp_path: Path) -> None:
    broken = python_saying(tmp_path, "a", "exit 127")
    old = python_saying(tmp_path, "b", "echo 3.11")
    right = python_saying(tmp_path, "c", "echo 3.12")

    assert find_python([tmp_path / "missing", broken, old, right]) == right
    assert find_python([broken, old]) is None


def test_the_newest_of_path_and_pyenv_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = python_saying(tmp_path / "bin", "python3.12", "echo 3.12")
    of_pyenv = python_saying(tmp_path / "pyenv/versions/3.13.1/bin", "python", "echo 3.13")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))

    assert list(candidates()) == [of_pyenv, on_path]


def test_without_any_it_says_what_to_install(tmp_path: Path) -> None:
    old = python_saying(tmp_path, "python", "echo 3.11")

    with pytest.raises(ToolError) as told:
        installed(tmp_path / "home-assistant", [old])

    assert VERSIONS[0] in told.value.message
    assert "PATH" in told.value.hint


def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    program = python_saying(tmp_path / "bin", "hass", "")
    (tmp_path / "installed").write_text(" ".join(PACKAGES))

    assert installed(tmp_path, []) == program


def test_a_python_tells_its_version() -> None:
    assert version_of(Path(sys.executable)) == ".".join(map(str, sys.version_info[:2]))
