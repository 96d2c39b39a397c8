"""The catalogue of texts is whole: nothing is asked for that is not there, nothing lies unused."""

import re
import string
from pathlib import Path

import scentd.api
from scentd.api.words import Languages, Words, read_texts

PACKAGE = Path(scentd.api.__file__).parent
SOURCES = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]
CODE = "\n".join(path.read_text("utf-8") for path in SOURCES)
ENGLISH = {
    key.removesuffix(".one").removesuffix(".other")
    for key in read_texts(PACKAGE / "languages")["en"]
}
ASKED = set(
    re.findall(
        r"""(?<![\w.])(?:t|words|_t|self\._t|formats\.words|self\.words|visit\.words)\(\s*["']([a-z_.0-9]+)["'](?!\s*~)""",
        CODE,
    )
)
PREFIXES = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*[._])["']\s*~""", CODE)) | set(
    re.findall(r"""f["']([a-z_]+\.(?:[a-z]+_)?){""", CODE)
)


def test_every_text_that_is_asked_for_is_there():
    assert set() == ASKED - ENGLISH


def test_no_text_lies_unused():
    unused = {
        key
        for key in ENGLISH
        if key not in ASKED
        and not key.startswith(tuple(PREFIXES))
        and not re.search(rf"""["']{re.escape(key)}["']""", CODE)
        and not key.startswith("said.")
    }

    assert unused == set()


def test_every_answer_to_a_change_has_its_words():
    said = set(re.findall(r"""\.done\([^)]*["']([a-z_]+)["'](?: if [^"]+"([a-z_]+)")?\)""", CODE))

    assert {f"said.{one}" for pair in said for one in pair if one} <= ENGLISH


def test_a_language_falls_back_to_its_parent_and_to_english():
    english = Words("en", {"a": "A", "b": "B"})
    german = Words("de", {"a": "Ä", "b": "B"})
    languages = Languages({"en": english, "de": german})

    assert languages.of("de-AT")("a") == "Ä"
    assert languages.of("fr")("a") == "A"
    assert languages.tags == ("en", "de")


def test_counting_chooses_the_form():
    words = Words("en", {"bottle.one": "{count} bottle", "bottle.other": "{count} bottles"})

    assert [words("bottle", count=n) for n in (0, 1, 2)] == ["0 bottles", "1 bottle", "2 bottles"]


def test_every_text_can_be_filled_by_name():
    texts = read_texts(PACKAGE / "languages")["en"].values()

    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}

    assert all(name.isidentifier() for name in names)
