"""Taking a form that staff sent: read it, do the work, or show the same paper with what is wrong.

A conflict is no loss: when somebody else saved the thing meanwhile, the paper keeps what was
typed, shows beside each differing field what it says now, and carries the new version, so that
saving once more overwrites knowingly.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.forms import VERSION, Desk, Field, Form, FormWrong, Kind, Paper
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.validation import in_words
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Templates
from cloud.foundation.words import N_

Work = Callable[[AsyncSession, dict[str, Any]], Awaitable[object]]
# A form that says nothing but that it was sent.
_NOTHING = Form(())
_Model = TypeVar("_Model", bound=BaseModel)


async def desk_of(office: BackOffice) -> Desk:
    """Return the shop's time zone and currency."""
    facts = await office.site.facts()
    return Desk(facts.time_zone, facts.currency)


async def attempt(
    office: BackOffice, request: Request, form: Form, work: Work, *, desk: Desk | None = None
) -> Paper | None:
    """Do `work(session, values)` with what a form says, in one unit of work; None when it is done.

    `values` has each field's value and, for a thing that is there, `version`. Otherwise the paper
    to show again. `work` may raise any CloudError; one with a `field` marks that field.
    """
    data = await request.form()
    desk = desk or await desk_of(office)
    typed = form.sent(data, _lists(data, form))
    version = _version(data)
    paper = Paper(form, desk, typed, version)
    try:
        values = form.read(typed, desk)
        async with office.database.unit_of_work() as session:
            await work(session, {**values, VERSION: version} if version is not None else values)
    except FormWrong as error:
        return replace(paper, problems=error.problems, error=error)
    except ChangedMeanwhile as error:
        return _with_theirs(paper, error)
    except CloudError as error:
        marked = {error.field: f"{error.message} {error.hint}"} if error.field else {}
        return replace(paper, problems=marked, error=error)
    return None


async def take_away(
    office: BackOffice, request: Request, work: Work, shown: Callable[[Desk], Paper]
) -> Paper | None:
    """Do `work` that deletes a thing; None when it is gone, else its paper with the reason.

    `shown` writes the paper of the thing as it is.
    """
    paper = await attempt(office, request, _NOTHING, work)
    return None if paper is None else replace(shown(paper.desk), error=paper.error)


@contextmanager
def theirs_as(written: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Iterator[None]:
    """Let a conflict say what is stored now by the names of the form: `written` makes it so."""
    try:
        yield
    except ChangedMeanwhile as error:
        raise ChangedMeanwhile(error.version, written(error.current)) from error


def parsed(model: type[_Model], values: dict[str, Any]) -> _Model:
    """Return a service's input from a form's values; raises FormWrong with words per field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise FormWrong(
            {str(one["loc"][0]) if one["loc"] else "": in_words(one) for one in error.errors()}
        ) from error


async def answer(
    request: Request,
    pages: Templates,
    paper: Paper | None,
    onward: str,
    context: dict[str, object],
    *,
    template: str = "form",
) -> Response:
    """Return the way onward when the work is done (`paper` None), else the form again."""
    if paper is None:
        return RedirectResponse(onward, 303)
    return await show(request, pages, template, {**context, "paper": paper}, error=paper.error)


def _with_theirs(paper: Paper, error: ChangedMeanwhile) -> Paper:
    known = [one for one in paper.form.fields if one.name in error.current]
    now = paper.form.typed({one.name: error.current[one.name] for one in known}, paper.desk)
    theirs = {
        one.name: _read_out(one, now[one.name])
        for one in known
        if _plain(paper.typed[one.name]) != _plain(now[one.name])
    }
    return replace(paper, version=error.version, theirs=theirs, error=error)


def _plain(typed: object) -> object:
    return typed.replace("\r\n", "\n").strip() if isinstance(typed, str) else typed


def _read_out(one: Field, typed: object) -> str:
    words = dict(one.options)
    if one.kind is Kind.FLAG:
        return N_("yes") if typed else N_("no")
    if isinstance(typed, list):
        return ", ".join(str(words.get(value, value)).strip() for value in typed)
    text = str(typed)
    if one.kind is Kind.CHOICE:
        return words.get(text, text).strip()
    return text.replace("T", " ") if one.kind is Kind.MOMENT else text


def _lists(data: FormData, form: Form) -> dict[str, list[str]]:
    return {
        one.name: [str(value) for value in data.getlist(one.name)]
        for one in form.fields
        if one.kind is Kind.MANY
    }


def _version(data: FormData) -> int | None:
    text = data.get(VERSION)
    if text is None:
        return None
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise VersionUnreadable
    return int(text)


class VersionUnreadable(Invalid):
    """The form's hidden version is none; no page of ours makes such a form."""

    code = "version_unreadable"

    def __init__(self) -> None:
        super().__init__("This form is broken.", hint="Reload the page.", field=VERSION)
