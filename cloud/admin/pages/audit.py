"""What staff did, found by person, thing and day, and all of it as CSV."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from cloud.admin.back_office import BackOffice, show
from cloud.admin.history import Entry, Question, entries
from cloud.admin.lists import csv_line
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.late_routes import APIRouter

_PAGE = 50
_CSV_PAGE = 500
_FIELDS = ("person", "subject", "id", "since", "until")
_COLUMNS = ("id", "at", "person", "token", "action", "subject", "subject_id", "before", "after")


def audit_pages(office: BackOffice) -> APIRouter:
    """Return the page of the audit and its CSV."""
    router = APIRouter(prefix="/admin/audit", include_in_schema=False)

    @router.get("")
    async def audit(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.AUDIT_VIEW)
    ) -> Response:
        """Return the entries that match, newest first."""
        typed = _typed(request.query_params)
        asked = _question(typed, (await office.site.facts()).time_zone)
        before = _mark(request.query_params.get("before", ""))
        async with office.database.unit_of_work() as session:
            found = await entries(session, asked, before=before, limit=_PAGE + 1)
        query = urlencode({name: value for name, value in typed.items() if value})
        context = {
            "entries": found[:_PAGE],
            "next": found[_PAGE - 1].id if len(found) > _PAGE else None,
            "typed": typed,
            "query": query,
            "subjects": sorted({one.subject for one in permits.ALL} | {"tokens", "notifications"}),
        }
        return await show(request, pages, "audit", context)

    @router.get("/export.csv")
    async def export(
        request: Request, _staff: SignedIn = allowed(permits.AUDIT_EXPORT)
    ) -> Response:
        """Return all entries that match as CSV, newest first."""
        asked = _question(_typed(request.query_params), (await office.site.facts()).time_zone)
        headers = {
            "Content-Disposition": 'attachment; filename="audit.csv"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(_lines(office, asked), 200, headers, "text/csv; charset=utf-8")

    return router


async def _lines(office: BackOffice, asked: Question) -> AsyncIterator[str]:
    yield csv_line(_COLUMNS)
    before: int | None = None
    while True:
        async with office.database.unit_of_work() as session:
            found = await entries(session, asked, before=before, limit=_CSV_PAGE)
        yield "".join(_line(one) for one in found)
        if len(found) < _CSV_PAGE:
            return
        before = found[-1].id


def _line(one: Entry) -> str:
    old = "; ".join(f"{d.name}: {d.before}" for d in one.differences if d.before is not None)
    new = "; ".join(f"{d.name}: {d.after}" for d in one.differences if d.after is not None)
    return csv_line(
        (one.id, one.at, one.actor, one.token_id, one.action, one.subject, one.subject_id, old, new)
    )


def _typed(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query.get(name, "").replace("\0", "").strip()[:100] for name in _FIELDS}


def _question(typed: Mapping[str, str], zone: str) -> Question:
    since, until = _day(typed["since"]), _day(typed["until"])
    return Question(
        person=typed["person"],
        subject=typed["subject"],
        subject_id=typed["id"],
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
    )


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    # Midnight next door must be a moment that both we and the database can hold.
    return day if date(1970, 1, 1) <= day <= date(9000, 1, 1) else None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _mark(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
