"""Orders that staff prepare for a customer: the list, the form, one draft and what is next."""

from typing import Annotated, Any

from fastapi import Form as FormField
from fastapi import Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts import repository as accounts
from cloud.accounts.service.addresses import default_address
from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.draft_desks import ADDRESS, DRAFTS, STATES, draft_form, draft_wish, flat_draft
from cloud.admin.forms import Form
from cloud.admin.history import entries_of
from cloud.admin.lists import show_list
from cloud.drafts import service as drafts
from cloud.drafts.routes import DraftNumber
from cloud.drafts.schemas import DraftChange, DraftFields, DraftView, NewDraft
from cloud.drafts.states import LIVING, DraftState
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.locale import known_locale
from cloud.foundation.secrets import mint_token
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.pricing.quotes import Quote
from cloud.site.service import read_site

_HOME = "/admin/drafts"
_TRAIL = [("/admin/orders", N_("Orders")), (_HOME, N_("Drafts"))]
_NEW = N_("Prepare an order for a customer")
_MAY_VIEW: SignedIn = allowed(permits.ORDERS_VIEW)
_MAY_MAKE: SignedIn = allowed(permits.ORDERS_CREATE)
_DONE = {
    "saved": N_("It is saved."),
    "created": N_("It is created."),
    "sent": N_("The mail with the way to order and pay is on its way."),
    "cancelled": N_("The draft is cancelled, and its link says so."),
}
_FIELDS = set(DraftFields.model_fields)
Version = Annotated[int, FormField(ge=1, lt=2**63)]


def draft_pages(office: BackOffice) -> APIRouter:
    """Return the pages of drafts."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    _new(router, office)
    _changing(router, office)
    _one(router, office)
    return router


def _new(router: APIRouter, office: BackOffice) -> None:
    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the drafts."""
        context: dict[str, object] = {
            "title": N_("Drafts"),
            "trail": _TRAIL[:1],
            "empty": (N_("Nothing is being prepared"), N_("Prepare an order and send it on.")),
            "states": STATES,
        }
        if staff.may(permits.ORDERS_CREATE):
            context["new"] = (f"{_HOME}/new", _NEW)
        return await show_list(office, request, pages, DRAFTS, context, template="drafts")

    @router.get("/new")
    async def blank(
        request: Request,
        pages: Pages,
        email: Annotated[str, Query(max_length=254)] = "",
        like: Annotated[str, Query(max_length=40, pattern=r"^(D-[0-9]+)?$")] = "",
        staff: SignedIn = _MAY_MAKE,
    ) -> Response:
        """Return the form, with what is known of the customer, or as another draft has it."""
        form, languages = await _form(office)
        usual = {"language": languages[0], "country": "DE", "keep_days": 7}
        async with office.database.unit_of_work() as session:
            known = await _known(office, session, staff, email.strip(), like)
        paper = form.blank(await desk_of(office), **{**usual, **known})
        return await answer(
            request, pages, paper, "", _new_context(mint_token()), template="draft_form"
        )

    @router.post("/new")
    async def make(request: Request, pages: Pages, staff: SignedIn = _MAY_MAKE) -> Response:
        """Write a draft; the same form once more leads to the same draft."""
        form_key = str((await request.form()).get("form_key", ""))
        made: list[DraftView] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            new = parsed(NewDraft, {**draft_wish(values), "form_key": form_key or None})
            made.append(await drafts.make_draft(session, staff, new, office.clock.now()))

        form, _languages = await _form(office)
        paper = await attempt(office, request, form, work)
        onward = f"{_HOME}/{made[-1].number}?done=created" if paper is None else ""
        context = _new_context(form_key)
        return await answer(request, pages, paper, onward, context, template="draft_form")


def _changing(router: APIRouter, office: BackOffice) -> None:
    @router.get("/{number}/change")
    async def form(
        request: Request, pages: Pages, number: DraftNumber, _staff: SignedIn = _MAY_MAKE
    ) -> Response:
        """Return the form of a draft."""
        async with office.database.unit_of_work() as session:
            draft = await drafts.get_draft(session, number, office.clock.now())
        form, _languages = await _form(office)
        paper = form.of(_typed(draft), draft.version, await desk_of(office))
        return await answer(
            request, pages, paper, "", _change_context(number), template="draft_form"
        )

    @router.post("/{number}/change")
    async def change(
        request: Request, pages: Pages, number: DraftNumber, staff: SignedIn = _MAY_MAKE
    ) -> Response:
        """Store a changed draft."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(DraftChange, draft_wish(values))
            try:
                await drafts.change_draft(session, staff, number, wish, office.clock.now())
            except ChangedMeanwhile as error:
                raise ChangedMeanwhile(error.version, flat_draft(error.current)) from error

        form, _languages = await _form(office)
        paper = await attempt(office, request, form, work)
        onward = f"{_HOME}/{number}?done=saved"
        return await answer(
            request, pages, paper, onward, _change_context(number), template="draft_form"
        )


def _one(router: APIRouter, office: BackOffice) -> None:
    @router.get("/{number}")
    async def one(
        request: Request, pages: Pages, number: DraftNumber, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one draft, as it is priced today."""
        return await _show(office, request, pages, number)

    @router.post("/{number}/send")
    async def send(
        request: Request,
        pages: Pages,
        number: DraftNumber,
        version: Version,
        staff: SignedIn = _MAY_MAKE,
    ) -> Response:
        """Mail the customer the way to order and pay."""
        try:
            async with office.database.unit_of_work() as session:
                await drafts.send_draft(session, staff, number, version, office.clock.now())
        except CloudError as error:
            return await _show(office, request, pages, number, error=error)
        return RedirectResponse(f"{_HOME}/{number}?done=sent", 303)

    @router.post("/{number}/cancel")
    async def cancel(
        request: Request,
        pages: Pages,
        number: DraftNumber,
        version: Version,
        staff: SignedIn = _MAY_MAKE,
    ) -> Response:
        """Give the draft up."""
        try:
            async with office.database.unit_of_work() as session:
                await drafts.cancel_draft(session, staff, number, version, office.clock.now())
        except CloudError as error:
            return await _show(office, request, pages, number, error=error)
        return RedirectResponse(f"{_HOME}/{number}?done=cancelled", 303)


async def _show(
    office: BackOffice,
    request: Request,
    pages: Templates,
    number: str,
    *,
    error: CloudError | None = None,
) -> Response:
    now = office.clock.now()
    quote: Quote | None = None
    problem: CloudError | None = None
    async with office.database.unit_of_work() as session:
        draft = await drafts.get_draft(session, number, now)
        history = await entries_of(session, "drafts", number)
        if draft.state in LIVING:
            try:
                quote = await drafts.quote_draft(session, draft, now)
            except CloudError as refusal:
                problem = refusal
    context = {
        "draft": draft,
        "quote": quote,
        "problem": problem,
        "history": history,
        "states": STATES,
        "is_living": draft.state in LIVING,
        "link": office.links.offer(number) if draft.state is DraftState.SENT else "",
        "done": _DONE.get(request.query_params.get("done", ""), ""),
    }
    return await show(request, pages, "draft", context, error=error)


async def _known(
    office: BackOffice, session: AsyncSession, staff: SignedIn, email: str, like: str
) -> dict[str, Any]:
    """Return what the form may begin with; only what the member of staff may look at anyway."""
    if like and staff.may(permits.ORDERS_VIEW):
        return _typed(await drafts.get_draft(session, like, office.clock.now()))
    if not (email and staff.may(permits.CUSTOMERS_VIEW)):
        return {"email": email}
    user = await accounts.find_user_by_email(session, email)
    place = await default_address(session, user.id) if user else None
    known = {name: getattr(place, name) for name in ADDRESS} if place else {}
    language = {"language": user.language} if user and user.language else {}
    return {"email": email, **known, **language}


def _typed(draft: DraftView) -> dict[str, Any]:
    said = draft.model_dump(mode="json", include=_FIELDS)
    return flat_draft({**said, "bottles": draft.bottles})


async def _form(office: BackOffice) -> tuple[Form, tuple[str, ...]]:
    languages = (await office.site.facts()).languages
    async with office.database.unit_of_work() as session:
        methods = (await read_site(session)).shipping_methods
    named = [(one, known_locale(one).get_display_name(one) or one) for one in languages]
    return draft_form(named, [(one.code, one.name) for one in methods]), languages


def _new_context(form_key: str) -> dict[str, object]:
    return {"title": _NEW, "trail": _TRAIL, "form_key": form_key}


def _change_context(number: str) -> dict[str, object]:
    trail = [*_TRAIL, (f"{_HOME}/{number}", number)]
    return {"title": N_("Change the draft"), "trail": trail}
