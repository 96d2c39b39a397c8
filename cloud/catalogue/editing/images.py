"""A product's gallery: uploaded, described, put in order, taken away."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.editing.picture_views import sizes_of
from cloud.catalogue.errors import ImageNotFound, ImagesDiffer, TooManyImages
from cloud.catalogue.models import ImageTranslation, ProductImage
from cloud.foundation import audit
from cloud.foundation.filing import Filing, sweep_soon
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.raster import clean
from cloud.foundation.versions import check_version

MAKE_SIZES = "catalogue.make_sizes"
MOST_IMAGES = 24
_SUBJECT = "product_images"


async def list_images(session: AsyncSession, product_id: int) -> list[dict[str, Any]]:
    """Return a product's pictures in order, with their smaller sizes and texts by language."""
    images = (
        await session.scalars(
            select(ProductImage)
            .where(ProductImage.product_id == product_id)
            .order_by(ProductImage.position)
        )
    ).all()
    texts: dict[int, dict[str, str | None]] = {}
    for text in await session.scalars(
        select(ImageTranslation).where(ImageTranslation.image_id.in_([one.id for one in images]))
    ):
        texts.setdefault(text.image_id, {})[text.language] = text.alt
    sizes = await sizes_of(session, [one.file_key for one in images if one.file_key])
    return [
        {
            "id": one.id,
            "url": one.url,
            "alt": one.alt,
            "width": one.width,
            "height": one.height,
            "position": one.position,
            "texts": texts.get(one.id, {}),
            "sizes": sizes.get(one.file_key or "", []),
        }
        for one in images
    ]


async def read_image(session: AsyncSession, image_id: int) -> dict[str, Any]:
    """Return a picture as `list_images` does, with `product_id` and `version` of its words.

    Raises ImageNotFound.
    """
    image = await _get(session, image_id)
    facts = {"product_id": image.product_id, "version": image.version}
    gallery = await list_images(session, image.product_id)
    return next({**one, **facts} for one in gallery if one["id"] == image_id)


async def add_image(
    session: AsyncSession,
    staff: SignedIn,
    filing: Filing,
    product_id: int,
    body: bytes,
    alt: str,
) -> int:
    """Put an uploaded picture at the end of a gallery and return its id; sizes follow by a job.

    Raises PictureRefused, ProductUnknown or TooManyImages.
    """
    picture = await asyncio.to_thread(clean, body)
    await lock_product(session, product_id)
    count = await session.scalar(select(func.count()).where(ProductImage.product_id == product_id))
    if count is None or count >= MOST_IMAGES:
        raise TooManyImages(MOST_IMAGES)
    stored = await filing.keep(
        session,
        picture.body,
        picture.media_type,
        picture.ending,
        width=picture.width,
        height=picture.height,
    )
    image = ProductImage(
        product_id=product_id,
        url=stored.url,
        file_key=stored.key,
        alt=alt,
        width=picture.width,
        height=picture.height,
        position=count,
    )
    session.add(image)
    await session.flush()
    await defer(session, MAKE_SIZES, queueing_lock=f"{MAKE_SIZES}:{stored.key}", key=stored.key)
    after = {"product_id": product_id, "alt": alt, "url": stored.url}
    await audit.note(session, staff, "create", _SUBJECT, image.id, after=after)
    return image.id


async def describe_image(
    session: AsyncSession,
    staff: SignedIn,
    image_id: int,
    alt: str,
    texts: Mapping[str, str | None],
    *,
    seen: int | None = None,
) -> None:
    """Say what a picture shows, in the shop's language and others.

    `seen` is the version of the words that the caller read, None for a program that overwrites
    knowingly. Raises ImageNotFound, ChangedMeanwhile.
    """
    image = await _get(session, image_id, for_update=True)
    owned = ImageTranslation.image_id == image_id
    said = (await session.scalars(select(ImageTranslation).where(owned))).all()
    before = {"alt": image.alt, "texts": {one.language: one.alt for one in said}}
    if seen is not None:
        check_version(image.version, seen, before)
    image.alt = alt
    image.version += 1
    await session.execute(delete(ImageTranslation).where(owned))
    kept = {language: text for language, text in texts.items() if text}
    session.add_all(
        ImageTranslation(image_id=image_id, language=language, alt=text)
        for language, text in kept.items()
    )
    after = {"alt": alt, "texts": kept}
    await audit.note(session, staff, "change", _SUBJECT, image_id, before=before, after=after)


async def order_images(
    session: AsyncSession, staff: SignedIn, product_id: int, ids: Sequence[int]
) -> None:
    """Put a gallery in the order of ids; raises ImagesDiffer unless each is named once."""
    await lock_product(session, product_id)
    images = {one.id: one for one in await _gallery(session, product_id)}
    if sorted(ids) != sorted(images):
        raise ImagesDiffer
    before = sorted(images, key=lambda image_id: images[image_id].position)
    for position, image_id in enumerate(ids):
        images[image_id].position = position
    await session.flush()
    await audit.note(
        session,
        staff,
        "reorder",
        "products",
        product_id,
        before={"images": before},
        after={"images": list(ids)},
    )


async def move_image(session: AsyncSession, staff: SignedIn, image_id: int, step: int) -> int:
    """Let a picture change places with the one before (-1) or after (+1); return its product.

    At the end of the row nothing happens. Raises ImageNotFound.
    """
    product_id = (await _get(session, image_id)).product_id
    await lock_product(session, product_id)
    ids = [one.id for one in await _gallery(session, product_id)]
    place = ids.index(image_id) if image_id in ids else -1
    if place >= 0 and 0 <= place + step < len(ids):
        ids.insert(place + step, ids.pop(place))
        await order_images(session, staff, product_id, ids)
    return product_id


async def remove_image(session: AsyncSession, staff: SignedIn, image_id: int) -> int:
    """Take a picture out of its gallery and return its product; its file goes with its last use.

    Raises ImageNotFound.
    """
    product_id = (await _get(session, image_id)).product_id
    await lock_product(session, product_id)
    image = await _get(session, image_id)
    before = {"product_id": product_id, "alt": image.alt, "url": image.url}
    await session.delete(image)
    await session.flush()
    for position, one in enumerate(await _gallery(session, product_id)):
        one.position = position
    await audit.note(session, staff, "remove", _SUBJECT, image_id, before=before)
    await sweep_soon(session)
    return product_id


async def _gallery(session: AsyncSession, product_id: int) -> Sequence[ProductImage]:
    found = await session.scalars(
        select(ProductImage)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _get(session: AsyncSession, image_id: int, *, for_update: bool = False) -> ProductImage:
    image = await session.get(
        ProductImage, image_id, populate_existing=True, with_for_update=for_update
    )
    if image is None:
        raise ImageNotFound(image_id)
    return image
