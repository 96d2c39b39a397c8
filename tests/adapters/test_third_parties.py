"""Packages of others, really installed: the template works as it stands, a bad one harms nobody."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.hubs import running_hub
from tests.shape.tree import ROOT
from tools.broker import Broker

TEMPLATE = ROOT / "docs" / "dialect-template"
BAD = """
class Bad:
    name = "bad"

    def __getattr__(self, name):
        raise RuntimeError("it was written in a hurry")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the template and two bad packages installed in it."""
    folder = tmp_path_factory.mktemp("third parties")
    source = shutil.copytree(TEMPLATE, folder / "source")
    target = folder / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    command = [*pip, "--no-build-isolation", "--target", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=60, env=environment())
    (target / "bad.py").write_text(BAD)
    announce(target, "bad", "bad:Bad")
    announce(target, "unloadable", "no.such.module:Dialect")
    return target


def announce(target: Path, name: str, value: str) -> None:
    folder = target / f"scentd_{name}-1.0.dist-info"
    folder.mkdir()
    folder.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: scentd-{name}\nVersion: 1.0\n"
    )
    folder.joinpath("entry_points.txt").write_text(f"[scentd.adapters]\n{name} = {value}\n")


def environment(*more: Path) -> dict[str, str]:
    path = os.pathsep.join(map(str, (ROOT, *more)))
    return {**os.environ, "PYTHONPATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def python(*words: str, on: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words]
    return subprocess.run(
        command,
        cwd=on,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(on),
    )


def test_the_template_keeps_every_promise(installed: Path) -> None:
    examined = python("-m", "adapters.conformance", "puffer", "--size", "1000", on=installed)

    assert examined.returncode == 0, examined.stdout + examined.stderr
    assert "devices: puffer-0200000000a1" in examined.stdout


def test_the_tests_of_the_template_pass(installed: Path) -> None:
    tests = installed.parent / "source" / "tests"

    ran = python("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests), on=installed)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout


def test_a_dialect_that_fails_at_everything_has_all_of_it_told(installed: Path) -> None:
    examined = python("-m", "adapters.conformance", "bad", on=installed)

    assert examined.returncode == 2, examined.stdout
    assert "it was written in a hurry" in examined.stdout


@pytest.mark.needs_broker
def test_a_hub_starts_with_a_bad_package_and_its_health_tells(
    installed: Path, tmp_path: Path, broker: Broker
) -> None:
    path = environment(installed)["PYTHONPATH"]
    with running_hub(tmp_path, broker.port, "third", {"PYTHONPATH": path}) as hub:
        health = hub.api.get("/api/v1/health")

    told = {one["part"]: one for one in health["items"] if one["part"].startswith("dialect/")}
    assert set(told) == {"dialect/bad", "dialect/unloadable"}
    assert "scentd-unloadable" in told["dialect/unloadable"]["message"]
    assert "written in a hurry" in told["dialect/bad"]["hint"]
    assert health["level"] == "note"
