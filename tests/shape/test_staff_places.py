"""Every place of the staff's is walked in a browser, and the handbook names tests that exist."""

import re

from tests.shape.tree import ROOT

# What staff do in more than one step, and the walk in which a person does it.
_PARCELS = "test_parcels_leave_together_a_return_is_paid_back_and_what_failed_goes_again"
_SHELVES = "test_a_file_brings_goods_a_count_puts_stock_right_and_settings_show_in_the_shop"
_WALKS = {
    "orders sent many at once": _PARCELS,
    "a return, from its wish to its money": _PARCELS,
    "news of a webhook sent again": _PARCELS,
    "failed work tried again": _PARCELS,
    "a file of goods looked through and applied": _SHELVES,
    "a place counted": _SHELVES,
    "settings saved and seen in the shop": _SHELVES,
}
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


def test_work_of_many_steps_is_walked_in_a_browser_and_stands_in_the_handbook() -> None:
    handbook = (ROOT / "docs/staff.md").read_text("utf-8")
    walks = _walks()

    unwalked = [work for work, test in _WALKS.items() if f"def {test}(" not in walks]

    assert unwalked == []
    assert [test for test in _WALKS.values() if f"`{test}`" not in handbook] == []


def _walks() -> str:
    """Return the tests that are done by hand in a browser."""
    texts = [path.read_text("utf-8") for path in (ROOT / "tests/cloud").glob("*/browser/test_*.py")]
    return "".join(text for text in texts if "browser_context" in text or "walk: Walk" in text)
