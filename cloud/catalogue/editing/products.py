"""Products: made, changed, duplicated, taken out of sale and brought back by staff."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from cloud.catalogue.editing.links import read_links, read_related, write_links
from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.editing.product_shapes import ProductFields
from cloud.catalogue.editing.refusals import saying
from cloud.catalogue.editing.snapshots import snapshot
from cloud.catalogue.errors import ProductUnknown, ShelfUnknown, SlugTaken
from cloud.catalogue.models import ImageTranslation, Product, ProductImage, ProductTranslation
from cloud.foundation import audit
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version

_LINKED = ("categories", "collections", "tags")
COLUMNS = tuple(name for name in ProductFields.model_fields if name not in _LINKED)
_SUBJECT = "products"


async def read(session: AsyncSession, product_id: int) -> dict[str, Any]:
    """Return all that staff see of a product but its bottles and pictures; ProductUnknown."""
    product = await session.get(Product, product_id)
    if product is None:
        raise ProductUnknown(product_id)
    languages = await session.scalars(
        select(ProductTranslation.language)
        .where(ProductTranslation.product_id == product_id)
        .order_by(ProductTranslation.language)
    )
    apart = ("id", "version", "deleted_at", "model_glb_key", "model_usdz_key", "ar_placement")
    return {
        **{name: getattr(product, name) for name in (*apart, *COLUMNS)},
        **await read_links(session, product_id),
        "related": await read_related(session, product_id),
        "languages": list(languages),
    }


async def create(session: AsyncSession, staff: SignedIn, wish: ProductFields) -> int:
    """Add a product and return its id; raises SlugTaken or ShelfUnknown."""
    product = Product(**_columns_of(wish), deleted_at=None)
    async with saying(session, _refusals(wish)):
        session.add(product)
    async with saying(session, _refusals(wish)):
        await write_links(session, product.id, _links_of(wish))
    after = await _audited(session, product)
    await audit.note(session, staff, "create", _SUBJECT, product.id, after=after)
    return product.id


async def change(
    session: AsyncSession, staff: SignedIn, product_id: int, wish: ProductFields, *, seen: int
) -> None:
    """Make a product say what staff wrote, if they saw its newest version.

    What is already so is not written, and its version does not rise. Raises ProductUnknown,
    ChangedMeanwhile, SlugTaken or ShelfUnknown.
    """
    product = await lock_product(session, product_id)
    before = await _audited(session, product)
    check_version(product.version, seen, before)
    async with saying(session, _refusals(wish)):
        for name, value in _columns_of(wish).items():
            setattr(product, name, value)
        links = _links_of(wish)
        if links != {name: before[name] for name in _LINKED}:
            await write_links(session, product_id, links)
            # Its shelves are part of it: who edits an older copy must learn of them.
            flag_modified(product, "name")
    after = await _audited(session, product)
    await audit.note(session, staff, "change", _SUBJECT, product_id, before=before, after=after)


async def publish(
    session: AsyncSession, staff: SignedIn, product_id: int, moment: datetime | None
) -> None:
    """Show a product from a moment on, or make it a draft again (None); raises ProductUnknown."""
    product = await lock_product(session, product_id)
    before = snapshot(product, ("published_at",))
    product.published_at = moment
    await session.flush()
    after = snapshot(product, ("published_at",))
    await audit.note(session, staff, "publish", _SUBJECT, product_id, before=before, after=after)


async def duplicate(session: AsyncSession, staff: SignedIn, product_id: int) -> int:
    """Make a draft that says the same, with pictures, shelves and 3D model, and return its id.

    Bottles are not copied: a SKU stands for one thing. Raises ProductUnknown.
    """
    found = await read(session, product_id)
    slug = await _free_slug(session, found["slug"])
    wish = ProductFields.model_validate(
        {name: found[name] for name in ProductFields.model_fields}
        | {"slug": slug, "published_at": None}
    )
    new_id = await create(session, staff, wish)
    made = await session.get_one(Product, new_id)
    for name in ("model_glb_key", "model_usdz_key", "ar_placement"):
        setattr(made, name, found[name])
    for image in await session.scalars(
        select(ProductImage).where(ProductImage.product_id == product_id)
    ):
        copied = ("url", "file_key", "alt", "width", "height", "position")
        facts = {name: getattr(image, name) for name in copied}
        copy = ProductImage(product_id=new_id, **facts)
        session.add(copy)
        await session.flush()
        await _copy_alts(session, image.id, copy.id)
    for text in await session.scalars(
        select(ProductTranslation).where(ProductTranslation.product_id == product_id)
    ):
        said = {name: getattr(text, name) for name in ProductTranslation.text_columns}
        session.add(ProductTranslation(product_id=new_id, language=text.language, **said))
    await session.flush()
    return new_id


async def _copy_alts(session: AsyncSession, image_id: int, copy_id: int) -> None:
    for text in await session.scalars(
        select(ImageTranslation).where(ImageTranslation.image_id == image_id)
    ):
        session.add(ImageTranslation(image_id=copy_id, language=text.language, alt=text.alt))


async def take_out(session: AsyncSession, staff: SignedIn, product_id: int, now: datetime) -> None:
    """Take a product out of sale for good; orders keep pointing to it. Again changes nothing."""
    await _set_deleted(session, staff, product_id, now, "remove")


async def bring_back(session: AsyncSession, staff: SignedIn, product_id: int) -> None:
    """Undo taking it out of sale; when it is shown is as it was. Again changes nothing."""
    await _set_deleted(session, staff, product_id, None, "restore")


async def _set_deleted(
    session: AsyncSession, staff: SignedIn, product_id: int, wanted: datetime | None, action: str
) -> None:
    product = await lock_product(session, product_id)
    if (product.deleted_at is None) == (wanted is None):
        return
    before = snapshot(product, ("deleted_at",))
    product.deleted_at = wanted
    await session.flush()
    after = snapshot(product, ("deleted_at",))
    await audit.note(session, staff, action, _SUBJECT, product_id, before=before, after=after)


async def _free_slug(session: AsyncSession, slug: str) -> str:
    taken = set(
        await session.scalars(select(Product.slug).where(Product.slug.startswith(slug[:70])))
    )
    number = 2
    while (wanted := f"{slug[:70].rstrip('-')}-{number}") in taken:
        number += 1
    return wanted


def _columns_of(wish: ProductFields) -> dict[str, Any]:
    columns = {name: getattr(wish, name) for name in COLUMNS}
    # A page shows its own name and tagline where nothing else is written.
    return columns | {name: columns[name] or None for name in ("meta_title", "meta_description")}


def _links_of(wish: ProductFields) -> dict[str, list[int]]:
    return {name: sorted(set(getattr(wish, name))) for name in _LINKED}


def _refusals(wish: ProductFields) -> dict[str, CloudError]:
    shelves = {f"fk_product_{name}": ShelfUnknown(name) for name in _LINKED}
    return {"uq_products_slug": SlugTaken(wish.slug), **shelves}


async def _audited(session: AsyncSession, product: Product) -> dict[str, Any]:
    return {**snapshot(product, COLUMNS), **await read_links(session, product.id)}
