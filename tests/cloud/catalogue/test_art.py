"""The drawn product pictures."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from cloud.catalogue.art.bottles import BOTTLES
from cloud.catalogue.art.ink import Ink, darker, lighter, mix, n
from cloud.catalogue.art.motifs import MOTIFS
from cloud.catalogue.art.picture import Subject, draw, label_lines
from cloud.catalogue.art.stages import STAGES

SUBJECT = Subject(
    words=("Quiet", "Test"),
    ink=Ink(primary="#7a5a3a", secondary="#e6c65c", accent="#5f7d4f"),
    composition="arch",
    bottle="round",
    motifs=("leaf", "lemon"),
)


def test_the_same_subject_always_gives_the_same_picture():
    assert draw(SUBJECT) == draw(SUBJECT)


def test_another_name_moves_the_leaves():
    assert draw(replace(SUBJECT, words=("Loud", "Test"))) != draw(SUBJECT)


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_every_motif_draws_well_formed_svg(motif):
    without = draw(replace(SUBJECT, motifs=()))

    picture = draw(replace(SUBJECT, motifs=(motif,)))

    assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert len(picture) > len(without)


@pytest.mark.parametrize("composition", sorted(STAGES))
@pytest.mark.parametrize("bottle", sorted(BOTTLES))
def test_every_stage_and_bottle_uses_only_gradients_it_defines(composition, bottle):
    picture = draw(replace(SUBJECT, composition=composition, bottle=bottle))

    root = ET.fromstring(picture)
    defined = {element.get("id") for element in root.iter() if element.get("id")}
    used = {
        fill.removeprefix("url(#").removesuffix(")")
        for element in root.iter()
        if (fill := element.get("fill", "")).startswith("url(")
    }
    assert used
    assert used <= defined


def test_a_label_may_hold_characters_that_mean_something_in_xml():
    picture = draw(replace(SUBJECT, words=("Salt &", "<Sea>")))

    texts = [element.text for element in ET.fromstring(picture).iter() if element.text]
    assert {"Salt &", "<Sea>"} <= set(texts)


@pytest.mark.parametrize(
    "change", [{"composition": "nowhere"}, {"bottle": "jug"}, {"motifs": ("cheese",)}]
)
def test_what_cannot_be_drawn_is_an_error(change):
    with pytest.raises(KeyError):
        draw(replace(SUBJECT, **change))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Cedar & Bergamot", ("Cedar &", "Bergamot")),
        ("Rain on Moss", ("Rain on", "Moss")),
        ("White Tea", ("White", "Tea")),
    ],
)
def test_label_lines_never_begin_with_a_joining_word(name, lines):
    assert label_lines(name) == lines


def test_blending_goes_from_one_colour_to_the_other():
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ffffff", 1) == "#ffffff"
    assert lighter("#808080", 0.5) > "#808080" > darker("#808080", 0.5)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (-0.01, "0"), (2.0, "2"), (-3.25, "-3.2"), (10, "10")]
)
def test_coordinates_are_short(value, text):
    assert n(value) == text
