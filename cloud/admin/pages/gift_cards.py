"""Gift cards: list, issue, history, block, correct."""

from typing import Any, Literal

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of
from cloud.admin.forms import VERSION, Desk, Form, FormWrong, Paper
from cloud.admin.lists import show_list
from cloud.admin.selling_desks import (
    CORRECTION_FIELDS,
    GIFT_CARD_FIELDS,
    GIFT_CARDS,
    RECIPIENT_FIELDS,
)
from cloud.discounts import service
from cloud.discounts.editing import gift_cards as editing
from cloud.discounts.service import Issued
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.gifts import service as gifts
from cloud.gifts.errors import GiftNotFound
from cloud.gifts.states import GiftView

_HOME = "/admin/gift-cards"
_TRAIL = (_HOME, N_("Gift cards"))
_MAY_VIEW: SignedIn = allowed(permits.GIFT_CARDS_VIEW)
_MAY_ISSUE: SignedIn = allowed(permits.GIFT_CARDS_ISSUE)
_MAY_CHANGE: SignedIn = allowed(permits.GIFT_CARDS_CHANGE)
_ISSUE, _CORRECT = Form(GIFT_CARD_FIELDS), Form(CORRECTION_FIELDS)
_READDRESS = Form(RECIPIENT_FIELDS)


def gift_card_pages(office: BackOffice) -> APIRouter:
    """Return the pages of gift cards."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_issuing(office))
    router.include_router(_one(office))
    return router


def _issuing(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_HOME)
    context: dict[str, object] = {
        "title": N_("Issue a gift card"),
        "trail": [_TRAIL],
        "submit": N_("Issue it and show the code"),
    }

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the list."""
        empty = (N_("No gift cards yet"), N_("A gift card pays at checkout until it is empty."))
        shown: dict[str, object] = {"title": N_("Gift cards"), "empty": empty}
        if staff.may(permits.GIFT_CARDS_ISSUE):
            shown["new"] = (f"{_HOME}/new", N_("Issue a gift card"))
        return await show_list(office, request, pages, GIFT_CARDS, shown)

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_ISSUE) -> Response:
        """Return the form for a new one."""
        return await answer(request, pages, _ISSUE.blank(await desk_of(office)), "", context)

    @router.post("/new")
    async def issue(request: Request, pages: Pages, staff: SignedIn = _MAY_ISSUE) -> Response:
        """Issue one and show its code, which is shown this once."""
        desk, now = await desk_of(office), office.clock.now()
        made: list[Issued] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            amount = Money(_above_nothing(values.pop("amount_minor")), desk.currency)
            if values["expires_at"] is not None and values["expires_at"] <= now:
                raise FormWrong({"expires_at": N_("This is over already.")})
            made.append(await editing.issue(session, staff, amount, now, **values))

        paper = await attempt(office, request, _ISSUE, work, desk=desk)
        if paper is not None:
            return await answer(request, pages, paper, "", context)
        return await show(request, pages, "gift_card_code", {"issued": made[-1]})

    return router


def _one(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{_HOME}/{{card_id}}")

    @router.get("")
    async def one(
        request: Request, pages: Pages, card_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return a card with its history."""
        return await _card(office, request, pages, card_id)

    @router.post("/send")
    async def send(card_id: RowId, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Send a sold card now, again or for the first time."""
        async with office.database.unit_of_work() as session:
            await gifts.send_again(session, staff, card_id, office.clock.now())
        return RedirectResponse(f"{_HOME}/{card_id}?done=saved", 303)

    @router.post("/recipient")
    async def readdress(
        request: Request, pages: Pages, card_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Change where a sold card goes, before it went."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            email, seen = values["recipient_email"], values.get(VERSION, 0)
            await gifts.change_recipient(session, staff, card_id, email, seen=seen)

        desk = await desk_of(office)
        paper = await attempt(office, request, _READDRESS, work, desk=desk)
        if paper is None:
            return RedirectResponse(f"{_HOME}/{card_id}?done=saved", 303)
        return await _card(office, request, pages, card_id, address=paper)

    @router.post("/{act}")
    async def block(
        card_id: RowId, act: Literal["block", "unblock"], staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Block a card, or let it pay again."""
        async with office.database.unit_of_work() as session:
            now = office.clock.now()
            await editing.set_blocked(session, staff, card_id, now, blocked=act == "block")
        return RedirectResponse(f"{_HOME}/{card_id}?done=saved", 303)

    @router.post("")
    async def correct(
        request: Request, pages: Pages, card_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Add to or take from a card."""
        desk = await _desk_of_card(office, card_id)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            amount = _above_nothing(values["amount_minor"])
            delta = amount if values["direction"] == "add" else -amount
            now = office.clock.now()
            await editing.correct(session, staff, card_id, delta, values["note"], now)

        paper = await attempt(office, request, _CORRECT, work, desk=desk)
        if paper is None:
            return RedirectResponse(f"{_HOME}/{card_id}?done=saved", 303)
        return await _card(office, request, pages, card_id, paper)

    return router


async def _card(
    office: BackOffice,
    request: Request,
    pages: Templates,
    card_id: int,
    paper: Paper | None = None,
    *,
    address: Paper | None = None,
) -> Response:
    desk = await _desk_of_card(office, card_id)
    async with office.database.unit_of_work() as session:
        card = await service.get_card(session, card_id)
        entries = await service.history(session, card_id)
        sold = await _sold(session, card_id)
    context = {
        "trail": [_TRAIL],
        "card": card,
        "entries": entries,
        "sold": sold,
        "paper": paper or _CORRECT.blank(desk),
        "address": address or _address(sold, desk),
    }
    wrong = paper or address
    return await show(request, pages, "gift_card", context, error=wrong.error if wrong else None)


async def _sold(session: AsyncSession, card_id: int) -> GiftView | None:
    try:
        return await gifts.view_card(session, card_id)
    except GiftNotFound:
        return None


def _address(sold: GiftView | None, desk: Desk) -> Paper | None:
    """Return the form of where a sold card goes; None for a card that staff issued."""
    if sold is None:
        return None
    return _READDRESS.of({"recipient_email": sold.recipient_email}, sold.version, desk)


async def _desk_of_card(office: BackOffice, card_id: int) -> Desk:
    """Return the shop's zone and the card's own currency."""
    desk = await desk_of(office)
    async with office.database.unit_of_work() as session:
        card = await service.get_card(session, card_id)
    return Desk(desk.zone, card.currency)


def _above_nothing(amount_minor: int) -> int:
    if not 0 < amount_minor < 2**53:
        raise FormWrong({"amount_minor": N_("Write an amount above nothing.")})
    return amount_minor
