"""All bottles of a product on one page: what they differ by, and each with price and stock."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import attempt, desk_of, parsed
from cloud.admin.forms import Desk, Paper
from cloud.admin.matrix_form import (
    Sheet,
    Slot,
    edits,
    sheet_form,
    sheet_values,
    typed_axes,
)
from cloud.admin.matrix_saving import save_edits
from cloud.admin.pages.products import HOME
from cloud.catalogue.editing import matrices, products
from cloud.catalogue.editing.matrix_axes import Axes, Combination, millilitres
from cloud.catalogue.editing.matrix_shapes import AxesWish
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.inventory.models import FIRST_LOCATION, StockLevel


def product_matrix_pages(office: BackOffice) -> APIRouter:
    """Return the page of the matrix."""
    router = APIRouter(prefix=f"{HOME}/{{product_id}}/matrix", include_in_schema=False)

    @router.get("")
    async def matrix(
        request: Request,
        pages: Pages,
        product_id: RowId,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> Response:
        """Return the bottles that are there, and those that could be."""
        sheet = await _sheet(office, product_id, Axes())
        paper = sheet_form(sheet).blank(await desk_of(office), **sheet_values(sheet))
        return await _page(office, request, pages, product_id, sheet, paper)

    @router.post("")
    async def save(
        request: Request,
        pages: Pages,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Save all that was changed, or show the matrix with more sizes and options."""
        data = {name: str(value) for name, value in (await request.form()).items()}
        try:
            sheet = await _sheet(office, product_id, typed_axes(data))
        except CloudError as error:
            sheet = await _sheet(office, product_id, Axes())
            paper = _kept(sheet, data, await desk_of(office))
            return await _page(
                office, request, pages, product_id, sheet, replace(paper, error=error)
            )
        if "propose" in data:
            paper = _kept(sheet, data, await desk_of(office))
            return await _page(office, request, pages, product_id, sheet, paper)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            await save_edits(
                session, staff, product_id, edits(sheet, values, _seen(data)), currency
            )

        currency = (await desk_of(office)).currency
        paper_or_done = await attempt(office, request, sheet_form(sheet), work)
        if paper_or_done is None:
            return RedirectResponse(f"{HOME}/{product_id}/matrix?done=saved", 303)
        sheet = await _sheet(office, product_id, typed_axes(data))
        return await _page(office, request, pages, product_id, sheet, paper_or_done)

    return router


async def _sheet(office: BackOffice, product_id: int, more: Axes) -> Sheet:
    """Return the matrix with more sizes and options; those that they bring are to be made."""
    async with office.database.unit_of_work() as session:
        matrix = await matrices.read_matrix(session, product_id)
        wish = parsed(
            AxesWish,
            {
                "sizes_ul": list(more.sizes_ul),
                "axes": [{"name": name, "values": values} for name, values in more.options],
            },
        )
        proposals = await matrices.propose(session, product_id, wish)
        ids = [cell.id for cell in matrix.cells]
        levels = await session.scalars(
            select(StockLevel).where(
                StockLevel.variant_id.in_(ids), StockLevel.location_id == FIRST_LOCATION
            )
        )
        on_hand = {level.variant_id: level.on_hand for level in levels}
    slots = [
        Slot(Combination.of(cell.capacity_ul, cell.options), cell, on_hand=on_hand.get(cell.id, 0))
        for cell in matrix.cells
    ]
    axes = Axes.of(slot.kind for slot in slots)
    usual = set(axes.combinations())
    for one in proposals:
        kind = Combination.of(one.capacity_ul, one.options)
        slots.append(Slot(kind, proposal=one, is_wanted=kind not in usual))
    return Sheet(axes.with_more(more), {slot.kind: slot for slot in slots})


def _kept(sheet: Sheet, data: Mapping[str, str], desk: Desk) -> Paper:
    """Return the form of a sheet with what was typed into the cells that were there before."""
    form = sheet_form(sheet)
    paper = form.blank(desk, **sheet_values(sheet))
    typed = form.sent(data, {})
    before = {name.removeprefix("sku.") for name in data if name.startswith("sku.")}
    kept = {name: text for name, text in typed.items() if name.rpartition(".")[2] in before}
    return replace(paper, typed={**paper.typed, **kept})


def _seen(data: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix("seen."): text for name, text in data.items() if name.startswith("seen.")
    }


async def _page(
    office: BackOffice,
    request: Request,
    pages: Templates,
    product_id: int,
    sheet: Sheet,
    paper: Paper,
) -> Response:
    async with office.database.unit_of_work() as session:
        name = (await products.read(session, product_id))["name"]
    context: dict[str, object] = {
        "title": N_("All bottles"),
        "trail": [(HOME, N_("Products")), (f"{HOME}/{product_id}", name)],
        "sheet": sheet,
        "paper": paper,
        "millilitres": millilitres,
    }
    return await show(request, pages, "matrix", context, error=paper.error)
