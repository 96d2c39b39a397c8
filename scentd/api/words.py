"""Everything people read, by language: `languages/<tag>.toml` and `languages/<tag>/<page>.toml`.

A text is found by a dotted key and may hold `{facts}`. A text that counts has two forms, `.one`
and `.other`, chosen by the fact `count`. A language is offered once it has every text.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable

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
        read = read_texts(resources.files("scentd.api").joinpath("languages"))
        english = read[ENGLISH]
        return cls({tag: Words(tag, of) for tag, of in read.items() if english.keys() <= of.keys()})

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the languages, English first."""
        return tuple(sorted(self._by_tag, key=lambda tag: (tag != ENGLISH, tag)))

    def of(self, tag: str) -> Words:
        """Give the language of a tag such as `de-AT`, else its parent, else English."""
        return self._by_tag.get(tag) or self._by_tag.get(tag[:2]) or self._by_tag[ENGLISH]


def read_texts(folder: Traversable) -> dict[str, dict[str, str]]:
    """Give every text there is by language and key, also of languages that lack some."""
    read: dict[str, dict[str, str]] = {}
    for entry in folder.iterdir():
        tag = entry.name.removesuffix(".toml")
        for file in entry.iterdir() if entry.is_dir() else (entry,):
            if file.name.endswith(".toml"):
                read.setdefault(tag, {}).update(_flat(tomllib.loads(file.read_text("utf-8"))))
    return read


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = str(value)
    return found
