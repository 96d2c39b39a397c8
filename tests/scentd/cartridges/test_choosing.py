"""Which slot a scent is spread from."""

import pytest

from scentd.cartridges.choosing import Choice, choose

LAVENDER, CEDAR = "LAVFLD-30", "CEDBER-50"


@pytest.mark.parametrize(
    ("slots", "sku", "current", "chosen"),
    [
        ([], None, None, None),
        ([Choice(1, CEDAR, 900)], None, None, 1),
        ([Choice(1, CEDAR, 900), Choice(2, LAVENDER, 800)], CEDAR, 2, 1),
        ([Choice(1, CEDAR, 900), Choice(2, LAVENDER, 800)], None, 1, 1),
        ([Choice(1, CEDAR, 900), Choice(2, LAVENDER, 800)], None, None, 2),
        ([Choice(1, CEDAR, 0, True), Choice(2, LAVENDER, 800)], CEDAR, 1, 2),
        ([Choice(1, CEDAR, 900), Choice(2, CEDAR, 800)], CEDAR, 1, 1),
        ([Choice(1, CEDAR, 900), Choice(2, CEDAR, 800)], CEDAR, None, 2),
        ([Choice(1, CEDAR, 0, True), Choice(2, LAVENDER, 0, True)], None, 1, None),
        ([Choice(1, CEDAR, 0), Choice(2, LAVENDER, 800)], None, None, 2),
        ([Choice(1, CEDAR, 0), Choice(2, LAVENDER, 0, True)], None, 2, 1),
    ],
    ids=[
        "nothing is fitted",
        "one",
        "the wished scent before the slot in use",
        "the slot in use where any will do",
        "the bottle with the least left",
        "another scent where the wished one is empty",
        "the slot in use of two with the wished scent",
        "the one with the least left of two with the wished scent",
        "all are empty",
        "what should be empty comes last",
        "what should be empty may hold oil yet",
    ],
)
def test_slot_is_chosen(
    slots: list[Choice], sku: str | None, current: int | None, chosen: int | None
) -> None:
    assert choose(slots, sku, current) == chosen
