"""What categories, collections and tags look like to staff: their lists and their fields."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from cloud.admin.forms import Field, Kind
from cloud.admin.listing import Choice, Column, Listing
from cloud.catalogue.editing import shelves
from cloud.catalogue.editing.shelf_shapes import CategoryFields, CollectionFields, TagFields
from cloud.catalogue.models import (
    Collection,
    Tag,
    product_collections,
    product_tags,
)
from cloud.foundation.words import N_

_SLUG_HINT = N_("A part of the address: small letters, digits and hyphens.")
_NAME = Field("name", N_("Name"), attributes={"maxlength": "120"})
_SLUG = Field("slug", N_("Address"), hint=_SLUG_HINT, attributes={"maxlength": "80"})
_DESCRIPTION = Field("description", N_("Description"), Kind.AREA, required=False, empty="")
_POSITION = Field("position", N_("Place in the order"), Kind.NUMBER, attributes={"min": "0"})


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of one kind need to know.

    `listing` None: it is shown as a tree. `translated` are the fields that each language has.
    `titles` are those of the list, of a new one, and the words of the button that removes one.
    """

    kind: shelves.ShelfKind[Any]
    wish: type[CategoryFields] | type[CollectionFields] | type[TagFields]
    listing: Listing | None
    fields: tuple[Field, ...]
    translated: tuple[Field, ...]
    titles: tuple[str, str, str]
    empty: str


def _products_of(table: Any, column: str, owner: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's expressions
    counted = select(func.count()).where(table.c[column] == owner)
    return counted.correlate(owner.class_).scalar_subquery()


_IN_TAG = _products_of(product_tags, "tag_id", Tag.id)
_IN_COLLECTION = _products_of(product_collections, "collection_id", Collection.id)

TAGS = Desk(
    kind=shelves.TAGS,
    wish=TagFields,
    listing=Listing(
        "tags",
        select(Tag.id, Tag.name, Tag.slug, _IN_TAG.label("products")),
        Tag.id,
        (
            Column("name", N_("Tag"), Tag.name, link="/admin/tags/{id}"),
            Column("slug", N_("Address"), Tag.slug),
            Column("products", N_("Products"), _IN_TAG, is_number=True),
        ),
        order="name",
        searched=(Tag.name, Tag.slug),
    ),
    fields=(_NAME, _SLUG),
    translated=(_NAME,),
    titles=(N_("Tags"), N_("New tag"), N_("Remove the tag")),
    empty=N_("Tags are free words that customers search and narrow by."),
)
COLLECTIONS = Desk(
    kind=shelves.COLLECTIONS,
    wish=CollectionFields,
    listing=Listing(
        "collections",
        select(
            Collection.id,
            Collection.name,
            Collection.slug,
            Collection.is_active,
            Collection.is_featured,
            Collection.starts_at,
            Collection.ends_at,
            Collection.position,
            _IN_COLLECTION.label("products"),
        ),
        Collection.id,
        (
            Column("name", N_("Collection"), Collection.name, link="/admin/collections/{id}"),
            Column("is_active", N_("Active")),
            Column("is_featured", N_("Featured")),
            Column("starts_at", N_("Shown from")),
            Column("ends_at", N_("Shown until")),
            Column("position", N_("Place"), Collection.position, is_number=True),
            Column("products", N_("Products"), _IN_COLLECTION, is_number=True),
        ),
        order="position",
        searched=(Collection.name, Collection.slug),
        choices=(
            Choice(
                "state",
                N_("State"),
                {
                    "shown": (
                        N_("Shown now"),
                        lambda now: (
                            Collection.is_active
                            & func.coalesce(Collection.starts_at <= now, True)
                            & func.coalesce(Collection.ends_at > now, True)
                        ),
                    ),
                    "coming": (
                        N_("Coming"),
                        lambda now: Collection.is_active & (Collection.starts_at > now),
                    ),
                    "over": (N_("Over"), lambda now: Collection.ends_at <= now),
                    "off": (N_("Switched off"), lambda _now: ~Collection.is_active),
                },
            ),
        ),
    ),
    fields=(
        _NAME,
        _SLUG,
        _DESCRIPTION,
        Field("is_active", N_("Active"), Kind.FLAG),
        Field("is_featured", N_("Featured on the start page"), Kind.FLAG),
        Field("starts_at", N_("Shown from"), Kind.MOMENT, required=False),
        Field("ends_at", N_("Shown until"), Kind.MOMENT, required=False),
        _POSITION,
    ),
    translated=(_NAME, _DESCRIPTION),
    titles=(N_("Collections"), N_("New collection"), N_("Remove the collection")),
    empty=N_("Collections are hand-picked sets, shown for a time."),
)
CATEGORIES = Desk(
    kind=shelves.CATEGORIES,
    wish=CategoryFields,
    listing=None,
    fields=(
        _NAME,
        _SLUG,
        Field("parent_id", N_("Under"), Kind.CHOICE, required=False),
        _POSITION,
        _DESCRIPTION,
    ),
    translated=(_NAME, _DESCRIPTION),
    titles=(N_("Categories"), N_("New category"), N_("Remove the category")),
    empty=N_("Categories are the shop's own order: a tree of places to look in."),
)
