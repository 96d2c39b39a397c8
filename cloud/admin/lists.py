"""Showing a declared list, and sending all of it as CSV."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from cloud.admin.back_office import BackOffice, show
from cloud.admin.listing import PAGE, Listing, Look, Sheet, statement, written_mark
from cloud.admin.views import lasting, views_for
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Templates
from cloud.foundation.web.signed_in import who_is_asking

_CSV_PAGE = 500
# A spreadsheet would take what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def show_list(
    office: BackOffice,
    request: Request,
    pages: Templates,
    listing: Listing,
    context: Mapping[str, object],
    *,
    template: str = "list",
    error: CloudError | None = None,
) -> Response:
    """Return the page of a list, or its CSV for `?format=csv`; the template finds `sheet`.

    `context` must have `title`; `new` (address, words) offers a way to add one, `empty` (title,
    words) is said when there is nothing at all. `error` is what a step on the page ran into.
    """
    look = Look.read(listing, request.query_params)
    if request.query_params.get("format") == "csv":
        return _csv(office, listing, look)
    async with office.database.reading() as connection:
        found = await connection.execute(statement(listing, look, office.clock.now(), PAGE + 1))
        rows = found.mappings().all()
        staff = await who_is_asking(request)
        views = await views_for(connection, staff.user_id, listing.name) if staff else []
    more = written_mark(rows[PAGE - 1]) if len(rows) > PAGE else None
    sheet = Sheet(listing, look, rows[:PAGE], more)
    seen = {"sheet": sheet, "views": views, "query": lasting(request.url.query), **context}
    return await show(request, pages, template, seen, error=error)


def _csv(office: BackOffice, listing: Listing, look: Look) -> Response:
    name = f'attachment; filename="{listing.name}.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return StreamingResponse(
        _lines(office, listing, look, office.clock.now()), 200, headers, "text/csv; charset=utf-8"
    )


async def _lines(
    office: BackOffice, listing: Listing, look: Look, now: datetime
) -> AsyncIterator[str]:
    names = [column.name for column in listing.columns]
    yield csv_line(names)
    after: str | None = ""
    while after is not None:
        page = Look(look.words, look.chosen, look.order, after)
        async with office.database.reading() as connection:
            found = await connection.execute(statement(listing, page, now, _CSV_PAGE))
            rows = found.mappings().all()
        yield "".join(csv_line([row[name] for name in names]) for row in rows)
        after = written_mark(rows[-1]) if len(rows) == _CSV_PAGE else None


def csv_line(cells: Sequence[object]) -> str:
    """Return a line of CSV in which nothing is taken for a formula."""
    line = io.StringIO()
    csv.writer(line).writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    is_dangerous = isinstance(value, str) and text.startswith(_FORMULA)
    return f"'{text}" if is_dangerous else text
