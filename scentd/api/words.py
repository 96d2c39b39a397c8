"""Everything people read, by language: `languages/<tag>.toml` and `languages/<tag>/<page>.toml`.

A text is found by a dotted key and may hold `{facts}`. A text that counts has two forms, `.one`
and `.other`, chosen by the fact `count`. A language is offered once it has every text.
"""

import re
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

    def __call__(self, key: str, /, **facts: object) -> str:
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

    def preferred(self, accepted: str) -> Words | None:
        """Give the language an `Accept-Language` header likes best, None if none is spoken."""
        ranges = (one.partition(";") for one in accepted.split(","))
        liked = [(tag.strip().lower()[:2], _quality(rest)) for tag, _, rest in ranges]
        spoken = [(tag, quality) for tag, quality in liked if tag in self._by_tag and quality > 0]
        return self._by_tag[max(spoken, key=lambda one: one[1])[0]] if spoken else None


def _quality(parameters: str) -> float:
    """Give the weight of a language range (RFC 9110, 12.4.2); one that is no number counts not."""
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    found = re.fullmatch(r"[01](?:\.\d{0,3})?", value.strip())
    return float(found[0]) if found else 0.0


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
