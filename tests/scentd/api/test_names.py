"""Titles of diffusers among each other."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.api.names import title_of, titles
from scentd.model.diffuser import Capabilities, Diffuser

rooms = st.lists(st.sampled_from(["", "Hall", "Kitchen"]), max_size=6)


def household(of: list[str]) -> list[Diffuser]:
    return [
        Diffuser(f"native-{n}", "native", "", f"Shelf {n}", Capabilities(), room=room)
        for n, room in enumerate(of)
    ]


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (["Hall", "Kitchen"], ["Hall", "Kitchen"]),
        (["Hall", "Hall"], ["Hall · Shelf 0", "Hall · Shelf 1"]),
        (["", ""], ["Shelf 0", "Shelf 1"]),
    ],
)
def test_a_room_alone_names_its_only_diffuser(of: list[str], said: list[str]) -> None:
    assert list(titles(household(of)).values()) == said


@given(rooms)
def test_one_title_is_told_as_among_all(of: list[str]) -> None:
    known = household(of)

    assert titles(known) == {one.id: title_of(one, known) for one in known}


def test_the_titles_of_five_thousand_diffusers_are_told_at_once() -> None:
    known = household(["Hall", "Kitchen"] * 2_500)

    began_s = time.process_time()
    titles(known)

    assert time.process_time() - began_s < 2
