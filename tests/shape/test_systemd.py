"""The units that keep hub and cloud running: what they start, and how little they may do."""

import re
import shutil
import subprocess
import tomllib

import pytest

from tests.components import refuse
from tests.shape.tree import ROOT

UNITS = sorted((ROOT / "systemd").glob("*.service"))
GREATEST_EXPOSURE = 2.0


def settings(unit):
    lines = [line for line in unit.read_text().splitlines() if line and line[0] not in "#["]
    return [tuple(line.split("=", 1)) for line in lines]


def named(unit):
    return unit.name


@pytest.fixture
def systemd_analyze():
    return shutil.which("systemd-analyze") or refuse("systemd", "apt-get install systemd")


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_unit_starts_a_script_that_the_project_installs(unit):
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    commands = [value for key, value in settings(unit) if key.startswith("ExecStart")]

    assert commands
    assert all(command.split()[0].rpartition("/")[2] in scripts for command in commands)


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_unit_names_an_account_and_folders_that_are_declared(unit):
    said = dict(settings(unit))
    declared = "".join(path.read_text() for path in (ROOT / "systemd").glob("*.conf"))

    assert re.search(rf"^u {said['User']} ", declared, re.MULTILINE)
    for folder in re.findall(r"/etc/[\w-]+", unit.read_text()):
        assert re.search(rf"^d {folder} 07[05]0 root ", declared, re.MULTILINE)


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_unit_comes_back_and_is_never_given_up(unit):
    said = dict(settings(unit))

    assert (said["Restart"], said["StartLimitIntervalSec"]) == ("always", "0")


def test_hub_tells_when_it_is_ready_and_is_watched():
    said = dict(settings(ROOT / "systemd" / "scentd.service"))

    assert (said["Type"], said["NotifyAccess"]) == ("notify", "main")
    assert int(said["WatchdogSec"]) > 0


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_systemd_understands_every_line(unit, systemd_analyze):
    finished = subprocess.run(
        [systemd_analyze, "verify", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    # The programs are not installed where the tests run.
    complaints = [
        line
        for line in finished.stderr.splitlines()
        if unit.name in line and "is not executable" not in line
    ]

    assert complaints == []


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_unit_is_hardly_exposed(unit, systemd_analyze):
    summary = subprocess.run(
        [systemd_analyze, "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    overall = re.search(r"exposure level for \S+: ([\d.]+)", summary.stdout)

    assert float(overall[1]) < GREATEST_EXPOSURE
