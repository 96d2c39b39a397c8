"""The living demo, as `make run` starts it."""

import asyncio
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.fakes.town import until
from tools.demo.place import PREFERRED_PORTS, ROOT
from tools.ports import free_port, is_free

pytestmark = [
    pytest.mark.needs_broker,
    pytest.mark.needs_postgres,
    pytest.mark.timeout(240),
]

ALL_IS_UP = "all is up after"
ENDS_WITHIN_S = 15


@pytest.fixture
def demo(tmp_path):
    """The running demo: what it has printed so far, its process, its ports."""
    ports = {face: free_port() for face in PREFERRED_PORTS}
    options = [word for face, port in ports.items() for word in (f"--{face}-port", str(port))]
    output = tmp_path / "said"
    with output.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.demo", *options],
            cwd=ROOT,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    yield output.read_text, process, ports
    process.terminate()
    process.wait(ENDS_WITHIN_S)


async def test_demo_opens_three_doors_runs_a_bottle_low_and_leaves_nothing_behind(demo):
    said, process, ports = demo
    await until(lambda: ALL_IS_UP in said(), within_s=90)
    folder = Path(re.search(r"logs are in (\S+)", said())[1])

    doors = re.findall(r"^  (?:Home page|Shop|Staff) +(\S+)$", said(), re.MULTILINE)
    pages = [await asyncio.to_thread(page_at, door) for door in doors]
    await until(lambda: "runs low: a refill is proposed" in said(), within_s=120)
    process.send_signal(signal.SIGINT)
    code = await asyncio.to_thread(process.wait, ENDS_WITHIN_S)

    assert len(pages) == 3
    assert all("Demo" in page for page in pages)
    assert code == 0
    assert said().rstrip().endswith("nothing is left behind")
    assert not folder.exists()
    assert all(is_free(port) for port in ports.values())


def page_at(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()
