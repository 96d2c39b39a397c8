"""The addresses of the shop's lists: the next page, a filter less, and the same in a language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cloud.catalogue.wishes import Wish
from cloud.foundation.words import N_, Phrase

_SHELVES = {"category": "/categories/", "collection": "/collections/"}
_TYPED_PRICES = {"from": "price_from", "to": "price_to"}
_FLAGS = {
    "in_stock": N_("In stock"),
    "on_sale": N_("On sale"),
    "is_new": N_("New"),
    "is_best_seller": N_("Loved"),
    "is_featured": N_("Featured"),
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """The one address of a page, and those of the same page in every language on offer.

    `languages` begins with the shop's own, which has the address without a language.
    """

    plain: str
    language: str
    languages: Sequence[str]

    @property
    def canonical(self) -> str:
        """Return the address that search engines should keep for the page as it is shown."""
        return self.in_language(self.language)

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """Return hreflang and address of each language; nothing where there is only one."""
        if len(self.languages) < 2:
            return []
        return [
            *((language, self.in_language(language)) for language in self.languages),
            ("x-default", self.plain),
        ]

    def in_language(self, language: str) -> str:
        """Return the page's address in a language."""
        return self.plain if language == self.languages[0] else f"{self.plain}?lang={language}"


def next_address(wish: Wish, mark: str | None, path: str) -> str:
    """Return where the list goes on; empty at its end."""
    if mark is None:
        return ""
    return f"{_address({**_kept(wish, path), 'after': mark}, path)}#scents"


def chips(wish: Wish, path: str, facets: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a list is narrowed by, as words (marked, or names) and the address without it."""
    kept = _kept(wish, path)
    tags = {tag["slug"]: tag["name"] for tag in facets["tags"]}
    spoken: list[tuple[str, str]] = []
    if wish.family:
        spoken.append(("family", wish.family.value.replace("_", " ").capitalize()))
    spoken += [
        (name, wished.capitalize()) for name in ("mood", "room") if (wished := getattr(wish, name))
    ]
    if wish.tag:
        spoken.append(("tag", tags.get(wish.tag, wish.tag)))
    if wish.fewest_stars:
        spoken.append(("stars_from", Phrase("%(stars)d stars or more", stars=wish.fewest_stars)))
    spoken += [(_alias(name), words) for name, words in _FLAGS.items() if getattr(wish, name)]
    return [
        (words, _address({key: value for key, value in kept.items() if key != name}, path))
        for name, words in spoken
    ]


def _kept(wish: Wish, path: str) -> dict[str, Any]:
    kept = wish.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"after", "language", "currency"}
    )
    for name, prefix in _SHELVES.items():
        if path.startswith(prefix):
            kept.pop(name, None)
    for typed, minor in _TYPED_PRICES.items():
        if typed in kept:  # as it was typed it means the same in whatever currency is chosen next
            kept.pop(minor, None)
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in kept.items()
    }


def _address(query: dict[str, Any], path: str) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _alias(name: str) -> str:
    return Wish.model_fields[name].alias or name
