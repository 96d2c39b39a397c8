"""Each of the eighteen rules of refills has tests that bear its number, on both sides.

What is decided is tested without a process; what holds when things come twice, late or at once,
over two servers.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "cloud"
RACES = ROOT / "races"
OVER_TWO_SERVERS = (RACES / "test_reorder_rules.py", RACES / "test_refills_and_homes.py")
HERE = tuple((ROOT / "reorders").glob("test_*.py"))
RULES = range(1, 19)
# Decided nowhere: it is about what goes on without any order.
_NOT_DECIDED = {14}
_NAME = re.compile(r"def test_rules?_(\d\d?)(?:_and_(\d\d?))?_", re.MULTILINE)


@pytest.mark.parametrize("number", RULES, ids="rule-{:02}".format)
def test_a_rule_is_tried_over_two_servers(number: int) -> None:
    assert number in _named(OVER_TWO_SERVERS)


@pytest.mark.parametrize("number", sorted({*RULES} - _NOT_DECIDED), ids="rule-{:02}".format)
def test_a_rule_is_tried_by_itself(number: int) -> None:
    assert number in _named(HERE)


def _named(files: tuple[Path, ...]) -> set[int]:
    found = [_NAME.findall(file.read_text(encoding="utf-8")) for file in files]
    return {int(number) for names in found for pair in names for number in pair if number}
