"""The interface's words in other languages: English in the code, a phrase book beside it.

Templates write `{{ _("Add to cart") }}`, `{{ ngettext("%(num)d bottle", "%(num)d bottles", n) }}`
or `{% trans %}`; Python writes `say(language, "Add to cart")`, `N_("…")` around a constant that is
said later, and `Phrase` around one with facts. The books are gettext's PO files,
`languages/<language>/<feature>.po`, read at the first use of a language and kept complete by
`tools.phrases`. What a book does not have is said in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from babel.messages.pofile import read_po

from cloud.foundation.locale import best_language, known_locale

FOLDER = Path(__file__).parent / "languages"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which extractors look for
    """Return a text as it is: a mark that it is to be translated when it is said."""
    return text


class Phrase(str):
    """A text with facts: English as it stands, and still translatable when it is said.

    `Phrase("A cart holds at most %(most)d bottles.", most=99)`, for messages and hints of errors.
    """

    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, **facts: object) -> Self:
        """Return the English text."""
        phrase = super().__new__(cls, template % facts)
        phrase.template = template
        phrase.facts = facts
        return phrase


def say(language: str, text: str, **facts: object) -> str:
    """Return a text in a language, its `%(name)s` filled with facts (a Phrase brings its own)."""
    if isinstance(text, Phrase):
        return _book(language).say(text.template, **text.facts)
    return _book(language).say(text, **facts)


def say_many(language: str, one: str, many: str, number: int, **facts: object) -> str:
    """Return the form of a text that a number takes in a language; `%(num)d` is the number."""
    return _book(language).form(one, many, number) % {"num": number, **facts}


@dataclass(frozen=True, slots=True)
class Book:
    """One language's texts by their English; `forms` has those that bend with a number."""

    language: str
    texts: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]]

    def say(self, text: str, **facts: object) -> str:
        """Return a text with its facts filled in; the English if the book is silent."""
        said = self.texts.get(text, text)
        return said % facts if facts else said

    def form(self, one: str, many: str, number: int) -> str:
        """Return the form that a number takes, with nothing filled in."""
        # As English, German and Spanish have one form for 1 and one for the rest; Spanish's
        # third, for whole millions, has no place in a PO file.
        is_one = known_locale(self.language).plural_form(number) == "one"
        first, *rest = self.forms.get(one, (one, many))
        return first if is_one or not rest else rest[0]


def read_book(folder: Path, language: str) -> Book:
    """Return all texts of a language; an empty book for a language that has no folder."""
    texts: dict[str, str] = {}
    forms: dict[str, tuple[str, ...]] = {}
    for path in sorted((folder / language).glob("*.po")) if language.isalpha() else ():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id or not message.string or message.fuzzy:
                    continue
                if isinstance(message.id, str):
                    texts[message.id] = str(message.string)
                elif all(message.string):
                    forms[message.id[0]] = tuple(message.string)
    return Book(language, texts, forms)


@lru_cache(maxsize=32)
def _book(language: str) -> Book:
    return read_book(FOLDER, language)


def form_of(language: str, one: str, many: str, number: int) -> str:
    """Return the form of a text that a number takes, for a caller that fills in the facts."""
    return _book(language).form(one, many, number)


def spoken(wished: str) -> str | None:
    """Return which of our own languages a wish likes best; None if it names none of them.

    A wish is a language or an Accept-Language header; "" for none.
    """
    return best_language(wished, ("", "en", *_languages())) or None


@lru_cache(maxsize=1)
def _languages() -> tuple[str, ...]:
    return tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
