"""Background work: what waits, what runs, what failed and why, and what comes round."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import desk
from cloud.foundation.jobs.desk import JobState
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import MOST_ID, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_

_HOME = "/admin/jobs"
_PAGE = 50
_STATES = {
    JobState.FAILED: N_("Failed"),
    JobState.WAITING: N_("Waiting"),
    JobState.DOING: N_("Running"),
    JobState.CANCELLED: N_("Cancelled"),
    JobState.SUCCEEDED: N_("Done"),
}
_DONE = {
    "retried": N_("The job is tried again now."),
    "cancelled": N_("The job is out of the queue."),
}
_MAY_CHANGE: SignedIn = allowed(permits.JOBS_CHANGE)


def job_pages(office: BackOffice) -> APIRouter:
    """Return the pages of background work."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request,
        pages: Pages,
        state: Annotated[str, Query(max_length=20)] = "",
        before: Annotated[int, Query(ge=1, le=MOST_ID)] = MOST_ID,
        done: Annotated[str, Query(max_length=20)] = "",
        _staff: SignedIn = allowed(permits.JOBS_VIEW),
    ) -> Response:
        """Return the jobs of one state, the newest first, and what comes round."""
        chosen = JobState(state) if state in set(JobState) else JobState.FAILED
        return await _show(office, request, pages, chosen, before, done=done)

    @router.post("/{job_id}/retry")
    async def retry(
        request: Request, pages: Pages, job_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Have a job tried again, or done now."""
        try:
            async with office.database.unit_of_work() as session:
                await desk.retry_job(session, staff, job_id)
        except CloudError as error:
            return await _show(office, request, pages, JobState.FAILED, MOST_ID, error=error)
        return RedirectResponse(f"{_HOME}?done=retried", 303)

    @router.post("/{job_id}/cancel")
    async def cancel(
        request: Request, pages: Pages, job_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Take a job out of the queue."""
        try:
            async with office.database.unit_of_work() as session:
                await desk.cancel_job(session, staff, job_id)
        except CloudError as error:
            return await _show(office, request, pages, JobState.FAILED, MOST_ID, error=error)
        return RedirectResponse(f"{_HOME}?done=cancelled", 303)

    return router


async def _show(
    office: BackOffice,
    request: Request,
    pages: Templates,
    state: JobState,
    before: int,
    *,
    done: str = "",
    error: CloudError | None = None,
) -> Response:
    async with office.database.reading() as connection:
        jobs = await desk.list_jobs(connection, state, before=before, limit=_PAGE + 1)
        counts = await desk.count_jobs(connection)
        periodic = await desk.list_periodic(connection)
    context = {
        "jobs": jobs[:_PAGE],
        "next": jobs[_PAGE - 1].id if len(jobs) > _PAGE else None,
        "states": [
            (one, words, f"{desk.COUNTED_TO}+" if counts[one] >= desk.COUNTED_TO else counts[one])
            for one, words in _STATES.items()
        ],
        "state": state,
        "periodic": periodic,
        "done": _DONE.get(done, ""),
    }
    return await show(request, pages, "jobs", context, error=error)
