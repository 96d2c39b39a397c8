import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.assets import Assets
from scentd.api.page.tones import HUES, tones

CSS = resources.files("scentd.api.page").joinpath("static/scent.css").read_text("utf-8")


def test_a_scents_own_colour_chooses_the_nearest():
    wanted = {"a": "#b5622f", "b": "#6633aa", "c": "#2aa57a", "d": "#777777"}

    assert tones(list("abcd"), wanted) == {"a": "amber", "b": "violet", "c": "green", "d": "slate"}


@given(
    st.lists(st.uuids().map(str), unique=True, max_size=8),
    st.dictionaries(st.integers(0, 7), st.sampled_from(["#b5622f", "#000000", "no colour", ""])),
)
def test_up_to_eight_diffusers_never_share_a_colour(ids, wishes):
    wanted = {ids[at]: colour for at, colour in wishes.items() if at < len(ids)}

    given_out = tones(ids, wanted)

    assert set(given_out) == set(ids)
    assert len(set(given_out.values())) == len(ids)


def test_more_diffusers_than_colours_share_them_evenly():
    given_out = list(tones([str(number) for number in range(16)], {}).values())

    assert all(given_out.count(name) == 2 for name in HUES)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", HUES)
def test_white_text_stands_out_from_every_block_colour(name):
    (block,) = re.findall(rf"\.tone-{name} {{[^}}]*--block: (#\w{{6}})", CSS)

    assert contrast("#ffffff", block) >= 4.5


@pytest.mark.parametrize("name", HUES)
def test_every_ring_stands_out_from_its_card_in_both_themes(name):
    light, dark, auto = re.findall(rf"--{name}: (#\w{{6}})", CSS)

    assert contrast("#ffffff", light) >= 3
    assert contrast("#1d1c20", dark) >= 3
    assert auto == dark


def test_addresses_of_assets_change_with_their_content():
    assert re.fullmatch(r"/static/scent\.[0-9a-f]{12}\.css", Assets().url("scent.css"))
