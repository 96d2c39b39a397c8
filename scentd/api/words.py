"""Everything people read, in one file a language: `languages/<tag>.toml`.

A text is found by a dotted key and may hold `{facts}`. A text that counts has two forms, `.one`
and `.other`, chosen by the fact `count`. A language that lacks a text borrows the English one.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources

ENGLISH = "en"


class Words:
    """The texts of one language."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self._language = language
        self._texts = texts

    @property
    def language(self) -> str:
        """The BCP 47 tag of the language."""
        return self._language

    def __call__(self, key: str, **facts: object) -> str:
        """Give the text of that key with its facts; raises KeyError for an unknown key or fact."""
        text = self._texts.get(key)
        if text is None:
            text = self._texts[f"{key}.one" if facts["count"] == 1 else f"{key}.other"]
        return text.format_map(facts)

    def has(self, key: str) -> bool:
        """Say whether there is a text of that key."""
        return key in self._texts


class Languages:
    """Every language the hub speaks."""

    def __init__(self, by_tag: Mapping[str, Words]) -> None:
        self._by_tag = by_tag

    @classmethod
    def load(cls) -> "Languages":
        """Read the catalogue files of the package."""
        folder = resources.files("scentd.api").joinpath("languages")
        read = {
            file.name.removesuffix(".toml"): _flat(tomllib.loads(file.read_text("utf-8")))
            for file in folder.iterdir()
            if file.name.endswith(".toml")
        }
        english = read[ENGLISH]
        return cls({tag: Words(tag, {**english, **texts}) for tag, texts in read.items()})

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the languages, English first."""
        return tuple(sorted(self._by_tag, key=lambda tag: (tag != ENGLISH, tag)))

    def of(self, tag: str) -> Words:
        """Give the language of a tag such as `de-AT`, else its parent, else English."""
        return self._by_tag.get(tag) or self._by_tag.get(tag[:2]) or self._by_tag[ENGLISH]


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = str(value)
    return found
