import re
import tomllib
from collections.abc import Mapping

import pytest

from cloud.notifications.texts import FALLBACK, FOLDER

LANGUAGES = sorted(path.name for path in FOLDER.iterdir() if path.name != FALLBACK)


def _texts(language: str) -> Mapping[str, Mapping[str, str]]:
    texts: dict[str, Mapping[str, str]] = {}
    for path in (FOLDER / language).glob("*.toml"):
        tables = tomllib.loads(path.read_text("utf-8"))
        assert not texts.keys() & tables.keys()
        texts |= tables
    return texts


def _facts(language: str) -> dict[str, list[str]]:
    """Return the facts in braces that each text of a language needs, by table and key."""
    return {
        f"{table}.{key}": sorted(set(re.findall(r"{\w+}", text)))
        for table, entries in _texts(language).items()
        for key, text in entries.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_facts(language: str) -> None:
    assert _facts(language) == _facts(FALLBACK)
    assert all(text.strip() for entries in _texts(language).values() for text in entries.values())
