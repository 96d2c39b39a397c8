"""Every race that the shop must stand is run over two servers, by a test named after it."""

import re
from pathlib import Path

import pytest

RACES = Path(__file__).parents[1] / "cloud" / "races"
_NAME = re.compile(r"^async def test_r(\d\d)_", re.MULTILINE)


@pytest.mark.parametrize("number", range(1, 46), ids="R-{:02}".format)
def test_a_race_is_run_over_two_servers(number: int) -> None:
    named = {int(found) for file in RACES.glob("test_*.py") for found in _NAME.findall(_read(file))}

    assert number in named


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
