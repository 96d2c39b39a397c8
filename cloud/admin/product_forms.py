"""The fields of a product, a bottle, a text and a picture on the staff's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.admin.forms import Field, Form, FormWrong, Kind
from cloud.catalogue.editing import shelves, trees
from cloud.catalogue.editing.matrix_axes import microlitres, millilitres
from cloud.catalogue.families import ScentFamily
from cloud.catalogue.tax_kinds import TaxKind
from cloud.foundation.words import N_

_WORDS_HINT = N_("Separate them with commas.")
_FAMILIES = tuple((one.value, one.value.capitalize()) for one in ScentFamily)
_TAXES = (
    (TaxKind.STANDARD.value, N_("Standard rate")),
    (TaxKind.REDUCED.value, N_("Reduced rate")),
    (TaxKind.ZERO.value, N_("No tax")),
)


def _line(name: str, title: str, longest: int, **more: Any) -> Field:
    return Field(name, title, attributes={"maxlength": str(longest)}, **more)


def _words(name: str, title: str) -> Field:
    return Field(name, title, Kind.WORDS, hint=_WORDS_HINT, required=False)


_NAME = _line("name", N_("Name"), 120)
_TAGLINE = _line("tagline", N_("Tagline"), 200, required=False, empty="")
_DESCRIPTION = Field(
    "description",
    N_("Description"),
    Kind.AREA,
    hint=N_("Leave an empty line between paragraphs."),
    required=False,
    empty="",
    attributes={"rows": "8", "maxlength": "20000"},
)
_META_TITLE = _line(
    "meta_title",
    N_("Title for search engines"),
    200,
    hint=N_("Empty: the name. About 60 letters are shown."),
    required=False,
)
_META_DESCRIPTION = Field(
    "meta_description",
    N_("Description for search engines"),
    Kind.AREA,
    hint=N_("Empty: the tagline. About 155 letters are shown."),
    required=False,
    attributes={"rows": "3", "maxlength": "400"},
)
_TEXTS = (_NAME, _TAGLINE, _DESCRIPTION, _META_TITLE, _META_DESCRIPTION)

# The sections of the editor: heading and the fields below it.
SECTIONS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        N_("What it says"),
        (
            _NAME,
            _line("slug", N_("Address"), 80, hint=N_("Small letters, digits and hyphens.")),
            _TAGLINE,
            _DESCRIPTION,
        ),
    ),
    (
        N_("When it is shown"),
        (
            Field(
                "published_at",
                N_("On sale from"),
                Kind.MOMENT,
                hint=N_("Empty: a draft. A coming moment: it appears by itself."),
                required=False,
            ),
            Field("is_featured", N_("Featured on the start page"), Kind.FLAG),
            Field("is_best_seller", N_("Best seller"), Kind.FLAG),
            Field("is_new", N_("New"), Kind.FLAG),
            Field("position", N_("Place in the shop"), Kind.NUMBER, attributes={"min": "0"}),
        ),
    ),
    (
        N_("Where it stands"),
        (
            Field("categories", N_("Categories"), Kind.MANY),
            Field("collections", N_("Collections"), Kind.MANY),
            Field("tags", N_("Tags"), Kind.MANY),
        ),
    ),
    (
        N_("How it smells and looks"),
        (
            Field("family", N_("Family"), Kind.CHOICE, options=_FAMILIES),
            Field(
                "intensity",
                N_("Intensity"),
                Kind.NUMBER,
                hint=N_("1, a breath, to 5, fills a hall."),
                attributes={"min": "1", "max": "5"},
            ),
            _words("notes_top", N_("Top notes")),
            _words("notes_heart", N_("Heart notes")),
            _words("notes_base", N_("Base notes")),
            _words("moods", N_("Moods")),
            _words("rooms", N_("Rooms")),
            _words("aliases", N_("Other names people search for")),
            Field("colour_primary", N_("First colour"), Kind.COLOUR),
            Field("colour_secondary", N_("Second colour"), Kind.COLOUR),
            Field("colour_accent", N_("Accent colour"), Kind.COLOUR),
            _line("pet_note", N_("About pets"), 400, required=False, empty=""),
            _line("child_note", N_("About children"), 400, required=False, empty=""),
        ),
    ),
    (
        N_("Tax and search engines"),
        (
            Field("tax_kind", N_("Tax"), Kind.CHOICE, options=_TAXES),
            _META_TITLE,
            _META_DESCRIPTION,
        ),
    ),
)
TEXTS_FORM = Form(tuple(replace(one, required=False, empty=None) for one in _TEXTS))
VARIANT_FORM = Form(
    (
        _line("sku", N_("SKU"), 40, hint=N_("Capital letters, digits and hyphens.")),
        _line("name", N_("Name of the size"), 60, hint=N_("For example 50 ml.")),
        _line("capacity_ml", N_("Oil in millilitres"), 10),
        Field(
            "options",
            N_("Told apart by"),
            Kind.WORDS,
            hint=N_("Beside its size, as axis: value. For example glass: amber."),
            required=False,
        ),
        Field("price_minor", N_("Price"), Kind.MONEY),
        Field("sale_price_minor", N_("Sale price"), Kind.MONEY, required=False),
        Field("sale_starts_at", N_("Sale from"), Kind.MOMENT, required=False),
        Field(
            "sale_ends_at",
            N_("Sale until"),
            Kind.MOMENT,
            hint=N_("It ends by itself at that moment."),
            required=False,
        ),
        Field("cost_minor", N_("What one costs us"), Kind.MONEY, required=False),
        Field("weight_g", N_("Packed weight in grams"), Kind.NUMBER, attributes={"min": "1"}),
        Field("length_mm", N_("Length in mm"), Kind.NUMBER, required=False),
        Field("width_mm", N_("Width in mm"), Kind.NUMBER, required=False),
        Field("height_mm", N_("Height in mm"), Kind.NUMBER, required=False),
        _line("barcode", N_("Barcode"), 14, hint=N_("8 or 12 to 14 digits."), required=False),
        Field("lead_time_days", N_("Days until it is delivered"), Kind.NUMBER, required=False),
        Field("safety_stock", N_("Never fewer than"), Kind.NUMBER, required=False),
        Field("is_default", N_("The one shown first"), Kind.FLAG),
        Field("is_active", N_("On sale"), Kind.FLAG),
    )
)


async def product_form(session: AsyncSession) -> Form:
    """Return the fields of a product, with today's categories, collections and tags to choose."""
    options: dict[str, Sequence[tuple[str, str]]] = {
        "categories": [
            (str(one.id), "\u2003" * one.depth + one.name) for one in await trees.read_tree(session)
        ]
    }
    kinds: tuple[shelves.ShelfKind[Any], ...] = (shelves.COLLECTIONS, shelves.TAGS)
    for kind in kinds:
        found = await shelves.list_all(session, kind)
        options[kind.subject] = [(str(one["id"]), one["name"]) for one in found]
    return Form(
        tuple(
            replace(one, options=options[one.name]) if one.name in options else one
            for _heading, fields in SECTIONS
            for one in fields
        )
    )


def image_form(languages: Sequence[str]) -> Form:
    """Return the fields of a picture: what it shows, in each language."""
    alt = _line("alt", N_("What the picture shows"), 400)
    others = [
        replace(alt, name=f"alt.{language}", required=False, apart=language)
        for language in languages
    ]
    return Form((alt, *others))


def image_shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a picture shows, by the names of its form."""
    return {
        "alt": facts["alt"],
        **{f"alt.{language}": text for language, text in facts["texts"].items()},
    }


def variant_shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bottle's facts as its form shows them."""
    return {
        **facts,
        "capacity_ml": millilitres(facts["capacity_ul"]),
        "options": [f"{axis}: {value}" for axis, value in facts["options"].items()],
    }


def variant_meant(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a bottle's form says as its facts; an option without a colon is its own axis.

    Raises FormWrong for a size that is none.
    """
    size = microlitres(values["capacity_ml"])
    if size is None:
        raise FormWrong({"capacity_ml": N_("Write a size like 50 or 7.5.")})
    facts = {name: value for name, value in values.items() if name != "capacity_ml"}
    parts = [word.partition(":") for word in values["options"]]
    options = {axis.strip(): value.strip() or axis.strip() for axis, _colon, value in parts}
    return {**facts, "capacity_ul": size, "options": options}
