"""The forms of a page as a browser reads them: what they hold, and where they send it."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

SEEN = ("version", "edition", "seen")
"""The hidden fields by which a form says which state of a thing it was written on."""
_UNSENT = {"button", "submit", "reset", "image", "file"}


@dataclass(frozen=True)
class FormField:
    """One input: its `kind` is the input's type, `textarea` or `select`; `values` is what it sends.

    `options` are a select's values.
    """

    name: str
    kind: str
    values: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def is_typed(self) -> bool:
        """Whether people type into it or choose in it."""
        return self.kind not in ("hidden", "checkbox", "radio")


@dataclass(frozen=True)
class PageForm:
    """A form that posts: the path of its action, its fields in their order, its named buttons."""

    action: str
    fields: tuple[FormField, ...]
    buttons: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> str:
        return next(value for one in self.fields if one.name == name for value in one.values)

    @property
    def typed(self) -> list[FormField]:
        """The fields that people fill in."""
        return [one for one in self.fields if one.is_typed]

    @property
    def is_versioned(self) -> bool:
        """Whether it says which state of the thing it was written on."""
        return any(one.name in SEEN for one in self.fields)

    def to(self, name: str, value: str) -> "PageForm":
        """Return the form with another value in one field."""
        fields = (replace(one, values=(value,)) if one.name == name else one for one in self.fields)
        return replace(self, fields=tuple(fields))

    def sent(self) -> dict[str, list[str]]:
        """Return what a browser sends, its first button pressed."""
        found: dict[str, list[str]] = {}
        for one in self.fields:
            found.setdefault(one.name, []).extend(one.values)
        for name, value in self.buttons[:1]:
            found.setdefault(name, []).append(value)
        return {name: values for name, values in found.items() if values}


def forms_of(page: str, address: str) -> list[PageForm]:
    """Return the forms of the page at an address that post to the same host."""
    reader = _Reader()
    reader.feed(page)
    return [
        PageForm(
            urlsplit(urljoin(address, one.action)).path,
            tuple(FormField(f.name, f.kind, tuple(f.values), tuple(f.options)) for f in one.fields),
            tuple(one.buttons),
        )
        for one in reader.forms
        if one.method == "post"
    ]


def links_of(page: str, address: str) -> list[str]:
    """Return the paths that a page links to without a query, each once, in their order."""
    reader = _Reader()
    reader.feed(page)
    found = (urlsplit(urljoin(address, one)) for one in reader.links)
    return list(dict.fromkeys(one.path for one in found if not one.query))


@dataclass
class _Field:
    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class _Form:
    id: str
    action: str
    method: str
    fields: list[_Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.links: list[str] = []
        self._open: _Form | None = None
        self._field: _Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        match tag:
            case "a" if "href" in said:
                self.links.append(said["href"])
            case "form":
                method = said.get("method", "get").lower()
                self._open = _Form(said.get("id", ""), said.get("action", ""), method)
                self.forms.append(self._open)
            case "input" | "textarea" | "select" | "button":
                self._take(tag, said)
            case "option" if self._field:
                self._field.options.append(said.get("value", ""))
                if "selected" in said:
                    self._field.values = [said.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._field and self._field.kind == "textarea":
            self._field.values[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag in ("textarea", "select") and self._field:
            if self._field.kind == "textarea":
                self._field.values[0] = self._field.values[0].removeprefix("\n")
            elif not self._field.values:
                self._field.values = self._field.options[:1]
            self._field = None

    def _take(self, tag: str, said: dict[str, str]) -> None:
        owner = self._owner(said)
        if owner is None or not said.get("name") or "disabled" in said:
            return
        if tag == "button":
            owner.buttons.append((said["name"], said.get("value", "")))
            return
        kind = said.get("type", "text") if tag == "input" else tag
        if kind in _UNSENT:
            return
        one = _Field(said["name"], kind)
        owner.fields.append(one)
        if tag != "input":
            self._field = one
            one.values = [""] if tag == "textarea" else []
        elif kind not in ("checkbox", "radio"):
            one.values = [said.get("value", "")]
        elif "checked" in said:
            one.values = [said.get("value", "on")]

    def _owner(self, said: dict[str, str]) -> _Form | None:
        if "form" not in said:
            return self._open
        return next((one for one in self.forms if one.id == said["form"]), None)
