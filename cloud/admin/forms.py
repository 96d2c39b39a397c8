"""A form for staff, declared: what its fields are, what was typed, and what it means.

Say what the fields are (`Form`), show them with `Form.blank` or `Form.of`, and take what was sent
with `cloud.admin.desk.attempt`, which answers None or the same paper with its problems: nothing
that was typed is lost. The template `admin/form.html` (macro `staff.fields`) shows a `Paper`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.words import N_

VERSION = "version"
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_AMOUNT = re.compile(r"[0-9]{1,15}([.,][0-9]{1,4})?")


class Kind(StrEnum):
    """How a field is typed in, and what it means to a service."""

    TEXT = "text"  # str
    AREA = "area"  # str, many lines
    NUMBER = "number"  # int
    MONEY = "money"  # int, minor units
    MOMENT = "moment"  # aware datetime; typed in the shop's zone, to the minute
    FLAG = "flag"  # bool
    CHOICE = "choice"  # str, one of the options
    MANY = "many"  # list[str], any of the options
    WORDS = "words"  # list[str], typed with commas
    COLOUR = "colour"  # str, #rrggbb


@dataclass(frozen=True, slots=True)
class Field:
    """One input: `name` is the service's word for it, `title` and `hint` are marked with N_.

    An empty optional field means `empty`. `options` are (value, words) pairs of CHOICE and MANY.
    `attributes` go into the tag as they are ({"maxlength": "70"}). `apart` is said behind the
    title of a field that stands there several times (a language). Fields of one `group` that follow
    one another are folded away under its title (marked with N_) until one of them holds something;
    they are optional.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    required: bool = True
    empty: object = None
    options: Sequence[tuple[str, str]] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    apart: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What typed texts depend on: the shop's time zone (IANA) and a currency (ISO 4217)."""

    zone: str
    currency: str


class FormWrong(Invalid):
    """Some fields cannot be read; `problems` says what is wrong with which, marked with N_."""

    code = "form_wrong"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(
            N_("Some fields need another look."),
            hint=N_("They are marked below; nothing was stored."),
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Paper:
    """A form as it is shown.

    `typed` is what each field holds (a text, a bool, a list of texts), `problems` what is wrong
    with a field, `theirs` what somebody else stored meanwhile in the fields that differ, `error`
    what was refused as a whole. `version` goes along in the form; None: the thing is new.
    """

    form: "Form"
    desk: Desk
    typed: Mapping[str, Any]
    version: int | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    error: CloudError | None = None

    def groups(self) -> list[tuple[str, list[str], bool]]:
        """Return the groups in their order: title, names of the fields, whether to show them."""
        return [
            (title, names, not title or any(map(self._stands_out, names)))
            for title, members in groupby(self.form.fields, key=lambda one: one.group)
            for names in [[one.name for one in members]]
        ]

    def _stands_out(self, name: str) -> bool:
        return (
            name in self.problems
            or name in self.theirs
            or self.typed[name] not in ("", "0", False, [])
        )


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, in their order."""

    fields: tuple[Field, ...]

    def __getitem__(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    def blank(self, desk: Desk, **values: object) -> Paper:
        """Return the form for a new thing, with some values filled in."""
        return Paper(self, desk, self.typed(values, desk))

    def of(self, values: Mapping[str, Any], version: int, desk: Desk) -> Paper:
        """Return the form of a thing that is there."""
        return Paper(self, desk, self.typed(values, desk), version)

    def typed(self, values: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
        """Return what the fields show for a service's values."""
        return {one.name: _shown(one, values.get(one.name), desk) for one in self.fields}

    def sent(self, data: Mapping[str, Any], many: Mapping[str, list[str]]) -> dict[str, Any]:
        """Return what was typed into each field: `data` by name, `many` all values of a name."""
        return {
            one.name: many.get(one.name, [])
            if one.kind is Kind.MANY
            else one.name in data
            if one.kind is Kind.FLAG
            else str(data.get(one.name, "")).replace("\0", "")
            for one in self.fields
        }

    def read(self, typed: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
        """Return the service's values of what was typed; raises FormWrong with all problems."""
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for one in self.fields:
            try:
                values[one.name] = _read(one, typed[one.name], desk)
            except ValueError as error:
                problems[one.name] = str(error)
        if problems:
            raise FormWrong(problems)
        return values


def grouped(title: str, *fields: Field) -> tuple[Field, ...]:
    """Return fields as one group, its title marked with N_."""
    return tuple(replace(one, group=title) for one in fields)


def _shown(one: Field, value: Any, desk: Desk) -> Any:  # noqa: ANN401 - each kind has its own type
    match one.kind:
        case Kind.FLAG:
            return bool(value)
        case Kind.MANY:
            return [str(each) for each in value or ()]
        case Kind.WORDS:
            return ", ".join(value or ())
    if value is None:
        return ""
    match one.kind:
        case Kind.MONEY:
            major = Money(value, desk.currency).major
            return f"{major:.{exponent_of(desk.currency)}f}"
        case Kind.MOMENT:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            return moment.astimezone(ZoneInfo(desk.zone)).strftime("%Y-%m-%dT%H:%M")
        case _:
            # A browser sends the lines of a text area with CRLF.
            return str(value).replace("\r\n", "\n")


def _read(one: Field, typed: Any, desk: Desk) -> Any:  # noqa: ANN401 - each kind has its own type
    if one.kind is Kind.FLAG:
        return typed
    if one.kind is Kind.MANY:
        return [value for value, _words in one.options if value in typed]
    text = typed.replace("\r\n", "\n").strip()
    if one.kind is Kind.WORDS:
        return list(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))
    if not text:
        if one.required:
            raise ValueError(N_("This is needed."))
        return one.empty
    match one.kind:
        case Kind.NUMBER:
            return _number(text)
        case Kind.MONEY:
            return _amount(text, desk.currency)
        case Kind.MOMENT:
            return _moment(text, desk.zone)
        case Kind.CHOICE if text not in (value for value, _words in one.options):
            raise ValueError(N_("Choose one of the options."))
        case _:
            return text


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(N_("Write a whole number."))
    return int(text)


def _amount(text: str, currency: str) -> int:
    if not _AMOUNT.fullmatch(text):
        raise ValueError(N_("Write an amount like 12.50."))
    try:
        return Money.parse(text.replace(",", "."), currency).minor
    except ValueError as error:
        raise ValueError(N_("The currency has fewer decimals than that.")) from error


def _moment(text: str, zone: str) -> datetime:
    try:
        typed = datetime.fromisoformat(text)
        aware = typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(zone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(N_("Write a day and a time.")) from error
