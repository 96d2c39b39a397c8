"""Products and their bottles over HTTP, for staff and their programs."""

from typing import Annotated

from fastapi import Path, Query

from cloud.catalogue.editing import links, product_texts, products, variants
from cloud.catalogue.editing.listing import ProductRow, ProductStatus, list_products
from cloud.catalogue.editing.product_shapes import (
    ProductChange,
    ProductFields,
    ProductOut,
    ProductTextsChange,
    ProductTextsOut,
    Related,
    VariantChange,
    VariantFields,
    VariantOut,
)
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.service import read_site

Language = Annotated[str, Path(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
_LINE = r"^[^\x00]*$"


def product_routes() -> list[APIRouter]:
    """Return the routes of products, their texts, what they go with, and their bottles."""
    return [_product_routes(), _ending_routes(), _text_routes(), _variant_routes()]


def _product_routes() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/products", tags=["catalogue, staff"])

    @router.get("")
    async def list_all(
        session: Session,
        clock: RequestClock,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
        words: Annotated[
            str,
            Query(max_length=100, pattern=_LINE, description="Of name, slug, SKU; or a barcode."),
        ] = "",
        status: ProductStatus | None = None,
        after: Annotated[int, Query(ge=0, lt=2**63, description="Only ids above this.")] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[ProductRow]:
        """Return products by id; for the next page pass the last id as `after`."""
        return await list_products(
            session, clock.now(), words=words, status=status, after=after, limit=limit
        )

    @router.post("", status_code=201)
    async def create(
        session: Session, wish: ProductFields, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> ProductOut:
        """Add a product; without `published_at` it is a draft."""
        product_id = await products.create(session, staff, wish)
        return ProductOut.model_validate(await products.read(session, product_id))

    @router.get("/{product_id}")
    async def read(
        session: Session, product_id: RowId, _staff: SignedIn = allowed(permits.PRODUCTS_VIEW)
    ) -> ProductOut:
        """Return a product, with the version to send back with a change."""
        return ProductOut.model_validate(await products.read(session, product_id))

    @router.put("/{product_id}")
    async def change(
        session: Session,
        product_id: RowId,
        wish: ProductChange,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> ProductOut:
        """Make a product say what is sent; 412 when somebody else changed it meanwhile."""
        await products.change(session, staff, product_id, wish, seen=wish.version)
        return ProductOut.model_validate(await products.read(session, product_id))

    return router


def _ending_routes() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff/products/{product_id}", tags=["catalogue, staff"])

    @router.delete("", status_code=204)
    async def take_out(
        session: Session,
        clock: RequestClock,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_DELETE),
    ) -> None:
        """Take a product out of sale; its orders stay, and it can be brought back."""
        await products.take_out(session, staff, product_id, clock.now())

    @router.post("/restore", status_code=204)
    async def bring_back(
        session: Session, product_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_DELETE)
    ) -> None:
        """Bring a product back that was taken out of sale."""
        await products.bring_back(session, staff, product_id)

    @router.post("/duplicate", status_code=201)
    async def duplicate(
        session: Session, product_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> ProductOut:
        """Make a draft that says the same, without bottles."""
        new_id = await products.duplicate(session, staff, product_id)
        return ProductOut.model_validate(await products.read(session, new_id))

    @router.put("/related", status_code=204)
    async def relate(
        session: Session,
        product_id: RowId,
        wanted: Related,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> None:
        """Let a product go with exactly these, in both directions."""
        await links.relate(session, staff, product_id, wanted.ids)

    return router


def _text_routes() -> APIRouter:
    path = "/api/v1/staff/products/{product_id}/texts/{language}"
    router = APIRouter(prefix=path, tags=["catalogue, staff"])

    @router.get("")
    async def read(
        session: Session,
        product_id: RowId,
        language: Language,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> ProductTextsOut:
        """Return a product's texts in a language; version 0 when it has none."""
        found = await product_texts.read_texts(session, product_id, language)
        return ProductTextsOut.model_validate(found)

    @router.put("")
    async def write(
        session: Session,
        product_id: RowId,
        language: Language,
        wish: ProductTextsChange,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> ProductTextsOut:
        """Say a product in a language; without any text the language is taken away."""
        await product_texts.write_texts(
            session, staff, product_id, language, wish, seen=wish.version
        )
        found = await product_texts.read_texts(session, product_id, language)
        return ProductTextsOut.model_validate(found)

    return router


def _variant_routes() -> APIRouter:
    router = APIRouter(prefix="/api/v1/staff", tags=["catalogue, staff"])

    @router.get("/products/{product_id}/variants")
    async def list_all(
        session: Session, product_id: RowId, _staff: SignedIn = allowed(permits.PRODUCTS_VIEW)
    ) -> list[VariantOut]:
        """Return a product's bottles, smallest first; empty for no such product."""
        found = await variants.list_variants(session, product_id)
        return [VariantOut.model_validate(one) for one in found]

    @router.post("/products/{product_id}/variants", status_code=201)
    async def create(
        session: Session,
        product_id: RowId,
        wish: VariantFields,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> VariantOut:
        """Add a bottle, priced in the shop's currency; the first one is the default."""
        currency = (await read_site(session)).currency
        variant_id = await variants.create(session, staff, product_id, wish, currency)
        return VariantOut.model_validate(await variants.read_variant(session, variant_id))

    @router.put("/variants/{variant_id}")
    async def change(
        session: Session,
        variant_id: RowId,
        wish: VariantChange,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> VariantOut:
        """Make a bottle say what is sent; 412 when somebody else changed it meanwhile."""
        await variants.change(session, staff, variant_id, wish, seen=wish.version)
        return VariantOut.model_validate(await variants.read_variant(session, variant_id))

    @router.delete("/variants/{variant_id}", status_code=204)
    async def remove(
        session: Session, variant_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> None:
        """Remove a bottle that was never sold, counted or put in a cart; else switch it off."""
        await variants.remove(session, staff, variant_id)

    return router
