"""Products: the list, the editor, and what is done to a whole product."""

from typing import Any, Literal

from fastapi import Request
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.listing import Choice, Column, Listing
from cloud.admin.lists import show_list
from cloud.admin.product_editor import show_product
from cloud.admin.product_forms import product_form
from cloud.catalogue.editing import links, products
from cloud.catalogue.editing.listing import ProductStatus, has_status
from cloud.catalogue.editing.product_shapes import ProductFields
from cloud.catalogue.models import Product, Variant
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.inventory.models import StockLevel

HOME = "/admin/products"
_BOTTLES = (
    select(func.count())
    .where(Variant.product_id == Product.id)
    .correlate(Product)
    .scalar_subquery()
)
_STOCK = (
    select(func.coalesce(func.sum(StockLevel.on_hand), 0))
    .join(Variant, Variant.id == StockLevel.variant_id)
    .where(Variant.product_id == Product.id)
    .correlate(Product)
    .scalar_subquery()
)
_SKUS = (
    select(func.string_agg(Variant.sku, " "))
    .where(Variant.product_id == Product.id)
    .correlate(Product)
    .scalar_subquery()
)
LISTING = Listing(
    "products",
    select(
        Product.id,
        Product.name,
        Product.slug,
        Product.family,
        Product.published_at,
        Product.deleted_at,
        Product.position,
        Product.updated_at,
        _BOTTLES.label("bottles"),
        _STOCK.label("stock"),
        _SKUS.label("skus"),
    ),
    Product.id,
    (
        Column("name", N_("Product"), Product.name, link="/admin/products/{id}"),
        Column("state", N_("State")),
        Column("skus", N_("SKUs")),
        Column("stock", N_("On hand"), _STOCK, is_number=True),
        Column("position", N_("Place"), Product.position, is_number=True),
        Column("published_at", N_("On sale from")),
        Column("updated_at", N_("Changed"), Product.updated_at),
    ),
    order="position",
    searched=(Product.name, Product.slug, func.coalesce(_SKUS, "")),
    choices=(
        Choice(
            "status",
            N_("State"),
            {
                "live": (N_("On sale"), lambda now: has_status(ProductStatus.LIVE, now)),
                "draft": (N_("Drafts"), lambda now: has_status(ProductStatus.DRAFT, now)),
                "scheduled": (
                    N_("Scheduled"),
                    lambda now: has_status(ProductStatus.SCHEDULED, now),
                ),
                "out": (N_("Out of sale"), lambda now: has_status(ProductStatus.OUT, now)),
            },
        ),
        Choice(
            "flag",
            N_("Flag"),
            {
                "featured": (N_("Featured"), lambda _now: Product.is_featured),
                "best": (N_("Best seller"), lambda _now: Product.is_best_seller),
                "new": (N_("New"), lambda _now: Product.is_new),
                "empty": (N_("No stock"), lambda _now: _STOCK == 0),
            },
        ),
    ),
)


def product_pages(office: BackOffice) -> list[APIRouter]:
    """Return the pages of whole products."""
    return [_list_and_new(office), _editor(office), _acts(office)]


def _list_and_new(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=HOME, include_in_schema=False)
    trail = {"title": N_("New product"), "trail": [(HOME, N_("Products"))]}

    @router.get("")
    async def listing(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.PRODUCTS_VIEW)
    ) -> Response:
        """Return the products."""
        context: dict[str, object] = {
            "title": N_("Products"),
            "empty": (N_("No product yet"), N_("Make the first one, or import a file.")),
        }
        if staff.may(permits.PRODUCTS_CHANGE):
            context["new"] = (f"{HOME}/new", N_("New product"))
        return await show_list(office, request, pages, LISTING, context, template="products")

    @router.get("/new")
    async def blank(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> Response:
        """Return the form of a new product."""
        async with office.database.unit_of_work() as session:
            form = await product_form(session)
        defaults = {name: one.default for name, one in ProductFields.model_fields.items()}
        values = {name: defaults[name] for name in _PREFILLED}
        paper = form.blank(await desk_of(office), **values)
        return await answer(request, pages, paper, "", {**trail})

    @router.post("/new")
    async def create(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> Response:
        """Add a product."""
        made: list[int] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            made.append(await products.create(session, staff, parsed(ProductFields, values)))

        async with office.database.unit_of_work() as session:
            form = await product_form(session)
        paper = await attempt(office, request, form, work)
        onward = f"{HOME}/{made[-1]}?done=created" if made and paper is None else ""
        return await answer(request, pages, paper, onward, {**trail})

    return router


_PREFILLED = (
    "intensity",
    "position",
    "tax_kind",
    "colour_primary",
    "colour_secondary",
    "colour_accent",
)


def _editor(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=HOME, include_in_schema=False)

    @router.get("/{product_id}")
    async def editor(
        request: Request,
        pages: Pages,
        product_id: RowId,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> Response:
        """Return a product's page."""
        return await show_product(office, request, pages, product_id)

    @router.post("/{product_id}")
    async def change(
        request: Request,
        pages: Pages,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Save a product."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            wish = parsed(ProductFields, values)
            await products.change(session, staff, product_id, wish, seen=seen)

        async with office.database.unit_of_work() as session:
            form = await product_form(session)
        paper = await attempt(office, request, form, work)
        if paper is None:
            return RedirectResponse(f"{HOME}/{product_id}?done=saved", 303)
        return await show_product(office, request, pages, product_id, paper=paper)

    @router.post("/{product_id}/related")
    async def relate(
        request: Request,
        pages: Pages,
        product_id: RowId,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Add a product to those that go with this one, or take one away."""
        form = await request.form()
        slug, gone = str(form.get("slug", "")).strip()[:100], str(form.get("gone", ""))
        try:
            async with office.database.unit_of_work() as session:
                related = await links.read_related(session, product_id)
                slugs = [slug.replace("\0", "")] if slug else []
                await links.relate_also(
                    session,
                    staff,
                    product_id,
                    added=await links.ids_of_slugs(session, slugs),
                    gone=[one for one in related if str(one) == gone],
                )
        except CloudError as error:
            return await show_product(office, request, pages, product_id, error=error)
        return RedirectResponse(f"{HOME}/{product_id}#related", 303)

    return router


def _acts(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{HOME}/{{product_id}}", include_in_schema=False)

    @router.post("/duplicate")
    async def duplicate(
        product_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_CHANGE)
    ) -> Response:
        """Make a draft that says the same."""
        async with office.database.unit_of_work() as session:
            new_id = await products.duplicate(session, staff, product_id)
        return RedirectResponse(f"{HOME}/{new_id}?done=created", 303)

    @router.post("/show/{when}")
    async def publish(
        product_id: RowId,
        when: Literal["now", "never"],
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Response:
        """Put a product on sale now, or make it a draft again."""
        moment = office.clock.now() if when == "now" else None
        async with office.database.unit_of_work() as session:
            await products.publish(session, staff, product_id, moment)
        return RedirectResponse(f"{HOME}/{product_id}?done=saved", 303)

    @router.post("/take-out")
    async def take_out(
        product_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_DELETE)
    ) -> Response:
        """Take a product out of sale."""
        async with office.database.unit_of_work() as session:
            await products.take_out(session, staff, product_id, office.clock.now())
        return RedirectResponse(f"{HOME}/{product_id}?done=removed", 303)

    @router.post("/restore")
    async def restore(
        product_id: RowId, staff: SignedIn = allowed(permits.PRODUCTS_DELETE)
    ) -> Response:
        """Bring a product back."""
        async with office.database.unit_of_work() as session:
            await products.bring_back(session, staff, product_id)
        return RedirectResponse(f"{HOME}/{product_id}?done=restored", 303)

    return router
