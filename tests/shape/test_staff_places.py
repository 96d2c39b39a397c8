"""Every place of the staff's is walked in a browser, and the handbook names tests that exist."""

import re

from tests.shape.tree import ROOT

_NAMED = re.compile(r"`(test_\w+)`")
_PLACE = re.compile(r'\("(/admin/[\w/-]+)", _\(')


def test_every_place_of_the_staff_is_walked_in_a_browser() -> None:
    frame = (ROOT / "cloud/admin/templates/frame.html").read_text("utf-8")
    walks = _walks()
    places = _PLACE.findall(frame)

    unwalked = [one for one in places if not re.search(rf"{re.escape(one)}[\"?/]", walks)]

    assert len(places) > 30
    assert unwalked == []


def test_the_staffs_handbook_names_tests_that_are_there() -> None:
    named = _NAMED.findall((ROOT / "docs/staff.md").read_text("utf-8"))
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/cloud").glob("**/test_*.py"))

    assert len(named) > 10
    assert [one for one in named if f"def {one}(" not in tests] == []


def _walks() -> str:
    """Return the tests that are done by hand in a browser."""
    texts = [path.read_text("utf-8") for path in (ROOT / "tests/cloud").glob("*/browser/test_*.py")]
    return "".join(text for text in texts if "browser_context" in text or "walk: Walk" in text)
