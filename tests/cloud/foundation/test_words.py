"""Texts are said in the visitor's language, and in English where a book is silent."""

import pytest

from cloud.foundation.words import Phrase, read_book, say, say_many

BOOK = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Add to cart"
msgstr "In den Warenkorb"

msgid "Hello %(name)s"
msgstr "Guten Tag, %(name)s"

msgid "%(num)d bottle"
msgid_plural "%(num)d bottles"
msgstr[0] "%(num)d Flasche"
msgstr[1] "%(num)d Flaschen"
"""


@pytest.fixture
def german(tmp_path):
    folder = tmp_path / "de"
    folder.mkdir()
    (folder / "shop.po").write_text(BOOK, "utf-8")
    return read_book(tmp_path, "de")


def test_a_text_is_said_in_the_language_of_a_book(german):
    assert german.say("Add to cart") == "In den Warenkorb"
    assert german.say("Hello %(name)s", name="Ada") == "Guten Tag, Ada"


def test_what_a_book_does_not_have_is_said_in_english(german):
    assert german.say("Only here") == "Only here"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 Flaschen"), (1, "1 Flasche"), (7, "7 Flaschen")]
)
def test_a_number_takes_its_form(german, number, said):
    form = german.form("%(num)d bottle", "%(num)d bottles", number)

    assert form % {"num": number} == said


def test_a_language_without_a_book_takes_the_english_forms():
    assert say_many("fr", "%(num)d bottle", "%(num)d bottles", 1) == "1 bottle"
    assert say_many("fr", "%(num)d bottle", "%(num)d bottles", 3) == "3 bottles"


def test_a_phrase_is_english_until_it_is_said():
    phrase = Phrase("Only %(left)d left", left=3)

    assert phrase == "Only 3 left"
    assert say("fr", phrase) == "Only 3 left"
    assert (phrase.template, phrase.facts) == ("Only %(left)d left", {"left": 3})
