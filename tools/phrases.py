"""Find what the cloud says and keep its phrase books: `python -m tools.phrases [--write]`.

Without `--write` it tells what is missing, stale or unfit, and fails if anything is. With it, new
texts are added to the books with an empty translation and stale ones leave; what is translated
stays. A text belongs to the book of the feature that says it first.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
CLOUD = ROOT / "cloud"
BOOKS = CLOUD / "foundation" / "languages"
LANGUAGES = ("de", "es")

_SAYING = {"N_": 0, "Phrase": 0, "say": 1, "_": 0}
_FACT = re.compile(r"%\((\w+)\)[sd]|%%")
# The words of notifications have books of their own (cloud/notifications/texts).
Key = str | tuple[str, str]


@dataclass(frozen=True)
class Book:
    """One file of one language."""

    language: str
    feature: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return BOOKS / self.language / f"{self.feature}.po"

    def read(self) -> dict[Key, str | tuple[str, ...]]:
        """Return the translations by text, empty ones too."""
        if not self.path.exists():
            return {}
        with self.path.open("rb") as file:
            found = read_po(file, locale=self.language)
        texts: dict[Key, str | tuple[str, ...]] = {}
        for one in found:
            if isinstance(one.id, str) and one.id:
                texts[one.id] = str(one.string)
            elif one.id:
                texts[(one.id[0], one.id[1])] = tuple(one.string or ())
        return texts

    def write(self, texts: dict[Key, str | tuple[str, ...]]) -> None:
        """Store translations in the order of their texts."""
        catalogue = Catalog(locale=self.language, charset="utf-8", fuzzy=False)
        for key, said in texts.items():
            catalogue.add(key, said)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("wb") as file:
            write_po(file, catalogue, omit_header=True, width=100, sort_output=False)
        body = self.path.read_text("utf-8")
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        plural = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        self.path.write_text(head + plural + body.lstrip("\n"), "utf-8")


def said_texts() -> dict[Key, str]:
    """Return every text that is said, with the feature whose book it belongs to."""
    found: dict[Key, str] = {}
    paths = [*CLOUD.rglob("*.html"), *CLOUD.rglob("*.txt"), *CLOUD.rglob("*.py")]
    for path in sorted(paths):
        feature = path.relative_to(CLOUD).parts[0].removesuffix(".py")
        texts = _in_python(path) if path.suffix == ".py" else _in_template(path)
        for key in texts:
            found.setdefault(key, feature)
    return found


def _in_template(path: Path) -> Iterator[Key]:
    environment: Any = Environment(
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, autoescape=True
    )
    for _, function, message in environment.extract_translations(path.read_text("utf-8")):
        if function == "ngettext" and isinstance(message, tuple):
            yield (str(message[0]), str(message[1]))
        elif isinstance(message, str):
            yield message
        elif isinstance(message, tuple) and isinstance(message[0], str):
            yield message[0]


def _in_python(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = _name_of(node.func)
        if name in _SAYING and len(node.args) > _SAYING[name]:
            yield from _constant(node.args[_SAYING[name]])
        elif name == "say_many" and len(node.args) > 2:
            forms = [text for part in node.args[1:3] for text in _constant(part)]
            if len(forms) == 2:
                yield (forms[0], forms[1])
        elif name == "__init__" and _is_error(path):
            yield from _constant(node.args[0]) if node.args else ()
            for keyword in node.keywords:
                if keyword.arg == "hint":
                    yield from _constant(keyword.value)


def _is_error(path: Path) -> bool:
    return "CloudError" in (text := path.read_text("utf-8")) or "cloud.foundation.errors" in text


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        # fmt.say("…") and self.say("…") take the text first.
        return "_" if function.attr == "say" else function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constant(node.body)
        yield from _constant(node.orelse)


def problems() -> list[str]:
    """Return what is wrong with the books, in words; nothing when all is said in all languages."""
    found: list[str] = []
    texts = said_texts()
    for language in LANGUAGES:
        known = _all_of(language)
        for key, feature in texts.items():
            where = f"{language}/{feature}.po"
            translated = known.get(key)
            if not translated or (isinstance(translated, tuple) and not all(translated)):
                found.append(f"{where}: not translated: {key!r}")
            elif wrong := _unfit(key, translated):
                found.append(f"{where}: {wrong}: {key!r}")
        found += [f"{language}: nobody says: {key!r}" for key in known if key not in texts]
    return found


def _unfit(key: Key, translated: str | tuple[str, ...]) -> str:
    wanted = _facts(key[-1] if isinstance(key, tuple) else key)
    forms = translated if isinstance(translated, tuple) else (translated,)
    for form in forms:
        if not isinstance(key, tuple) and _facts(form) != wanted:
            return "other facts than the text"
        if isinstance(key, tuple) and not _facts(form) <= wanted:
            return "a fact that the text has not"
    return ""


def _facts(text: str) -> set[str]:
    return {found[1] for found in _FACT.finditer(text) if found[1]}


def _all_of(language: str) -> dict[Key, str | tuple[str, ...]]:
    known: dict[Key, str | tuple[str, ...]] = {}
    for path in sorted((BOOKS / language).glob("*.po")):
        known |= Book(language, path.stem).read()
    return known


def write() -> None:
    """Bring every book up to what is said."""
    texts = said_texts()
    for language in LANGUAGES:
        known = _all_of(language)
        features: dict[str, dict[Key, str | tuple[str, ...]]] = {}
        for key, feature in texts.items():
            empty: str | tuple[str, ...] = ("", "") if isinstance(key, tuple) else ""
            features.setdefault(feature, {})[key] = known.get(key) or empty
        for path in (BOOKS / language).glob("*.po"):
            if path.stem not in features:
                path.unlink()
        for feature, chosen in features.items():
            Book(language, feature).write(chosen)


def main(words: list[str]) -> int:
    """Tell what is missing, or write it down."""
    if "--write" in words:
        write()
    found = problems()
    print("\n".join(found) or "Every text is said in every language.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
