"""What notifications say, in each language: files of texts, read once by the composition root."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Wording:
    """One notification in one language, its braces filled.

    `preheader` is what a mail program shows beside the subject: the gist in a few words.
    """

    title: str
    message: str
    button: str
    preheader: str


@cache
def _read(folder: Path) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read a folder once a process: a server and its worker in one process share the texts."""
    languages: dict[str, dict[str, Mapping[str, str]]] = {}
    for path in sorted(folder.glob("*/*.toml")):
        tables = tomllib.loads(path.read_text("utf-8"))
        languages.setdefault(path.parent.name, {}).update(tables)
    return languages


class Texts:
    """The texts of all languages; a language or a key that is missing falls back to English."""

    def __init__(self, languages: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
        self._languages = languages

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Texts":
        """Read the files in every `<language>/` of a folder."""
        return cls(_read(folder))

    def wording(self, name: str, language: str, facts: Mapping[str, str]) -> Wording:
        """Return a notification's words; KeyError for a fact that they need and do not get."""
        return Wording(
            title=self._find(name, "title", language).format_map(facts),
            message=self._find(name, "message", language).format_map(facts),
            button=self._find(name, "button", language).format_map(facts),
            preheader=self._find(name, "preheader", language).format_map(facts),
        )

    def row(self, label: str, language: str) -> str:
        """Return the label of a fact in a mail's table."""
        return self._find("rows", label, language)

    def problem(self, reason: str, language: str, *, otherwise: str = "other") -> str:
        """Return a sentence for a stable reason; that of `otherwise` when there is none."""
        try:
            return self._find("problems", reason, language)
        except KeyError:
            return self._find("problems", otherwise, language)

    def earned(self, kind: str, language: str, note: str) -> str:
        """Return what points came for, as a sentence; `note` is an order's number or a reason."""
        return self._find("earned", kind, language).format(note=note)

    def mail(self, name: str, language: str) -> str:
        """Return a part of the frame of mails."""
        return self._find("mail", name, language)

    def _find(self, table: str, key: str, language: str) -> str:
        for tried in (language, FALLBACK):
            text = self._languages.get(tried, {}).get(table, {}).get(key)
            if text is not None:
                return text
        raise KeyError(f"{table}.{key}")
