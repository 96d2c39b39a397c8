"""The parts of a product that have pages of their own: bottles and texts in other languages."""

from typing import Annotated, Any

from fastapi import Path, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import answer, attempt, desk_of, parsed, theirs_as
from cloud.admin.pages.products import HOME
from cloud.admin.product_editor import show_product
from cloud.admin.product_forms import TEXTS_FORM, VARIANT_FORM, variant_meant, variant_shown
from cloud.catalogue.editing import product_texts, products, variants
from cloud.catalogue.editing.product_shapes import ProductTexts, VariantFields, VariantOut
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_

Language = Annotated[str, Path(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]


def product_part_pages(office: BackOffice) -> list[APIRouter]:
    """Return the pages of bottles and texts."""
    return [_new_bottle(office), _bottle(office), _texts(office)]


def _new_bottle(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{HOME}/{{product_id}}/variants/new", include_in_schema=False)

    @router.get("")
    async def blank(
        request: Request,
        pages: Pages,
        product_id: RowId,
        _staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Return the form of a new bottle."""
        async with office.database.unit_of_work() as session:
            name = (await products.read(session, product_id))["name"]
        paper = VARIANT_FORM.blank(await desk_of(office), is_active=True)
        return await answer(request, pages, paper, "", _context(product_id, name, "New bottle"))

    @router.post("")
    async def create(
        request: Request,
        pages: Pages,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Add a bottle."""
        desk = await desk_of(office)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(VariantFields, variant_meant(values))
            await variants.create(session, staff, product_id, wish, desk.currency)

        paper = await attempt(office, request, VARIANT_FORM, work, desk=desk)
        onward = f"{HOME}/{product_id}?done=created#bottles"
        return await answer(request, pages, paper, onward, _context(product_id, "", "New bottle"))

    return router


def _bottle(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/products/variants/{variant_id}", include_in_schema=False)

    @router.get("")
    async def one(
        request: Request,
        pages: Pages,
        variant_id: RowId,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> Response:
        """Return the form of a bottle."""
        async with office.database.unit_of_work() as session:
            variant = await variants.read_variant(session, variant_id)
            name = (await products.read(session, variant.product_id))["name"]
        facts = VariantOut.model_validate(variant).model_dump()
        paper = VARIANT_FORM.of(variant_shown(facts), variant.version, await desk_of(office))
        context = _context(variant.product_id, name, variant.sku)
        context["remove"] = (
            f"/admin/products/variants/{variant_id}/remove",
            N_("Remove the bottle"),
        )
        return await answer(request, pages, paper, "", context)

    @router.post("")
    async def change(
        request: Request,
        pages: Pages,
        variant_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Save a bottle."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            wish = parsed(VariantFields, variant_meant(values))
            with theirs_as(variant_shown):
                await variants.change(session, staff, variant_id, wish, seen=seen)

        paper = await attempt(office, request, VARIANT_FORM, work)
        async with office.database.unit_of_work() as session:
            variant = await variants.read_variant(session, variant_id)
        onward = f"{HOME}/{variant.product_id}?done=saved#bottles"
        context = _context(variant.product_id, "", variant.sku)
        return await answer(request, pages, paper, onward, context)

    @router.post("/remove")
    async def remove(
        request: Request,
        pages: Pages,
        variant_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Remove a bottle that nobody ever had."""
        async with office.database.unit_of_work() as session:
            product_id = (await variants.read_variant(session, variant_id)).product_id
        try:
            async with office.database.unit_of_work() as session:
                await variants.remove(session, staff, variant_id)
        except CloudError as error:
            return await show_product(office, request, pages, product_id, error=error)
        return RedirectResponse(f"{HOME}/{product_id}?done=removed#bottles", 303)

    return router


def _texts(office: BackOffice) -> APIRouter:
    path = f"{HOME}/{{product_id}}/texts/{{language}}"
    router = APIRouter(prefix=path, include_in_schema=False)

    @router.get("")
    async def read(
        request: Request,
        pages: Pages,
        product_id: RowId,
        language: Language,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> Response:
        """Return the form of a product's texts in a language."""
        async with office.database.unit_of_work() as session:
            name = (await products.read(session, product_id))["name"]
            found = await product_texts.read_texts(session, product_id, language)
        paper = TEXTS_FORM.of(found, found["version"], await desk_of(office))
        return await answer(request, pages, paper, "", _context(product_id, name, language))

    @router.post("")
    async def write(
        request: Request,
        pages: Pages,
        product_id: RowId,
        language: Language,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Save them."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            wish = parsed(ProductTexts, values)
            await product_texts.write_texts(session, staff, product_id, language, wish, seen=seen)

        paper = await attempt(office, request, TEXTS_FORM, work)
        onward = f"{HOME}/{product_id}?done=saved#languages"
        return await answer(request, pages, paper, onward, _context(product_id, "", language))

    return router


def _context(product_id: int, name: str, title: str) -> dict[str, object]:
    trail = [(HOME, N_("Products")), (f"{HOME}/{product_id}", name or N_("The product"))]
    return {"title": title, "trail": trail}
