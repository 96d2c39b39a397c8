"""Making one product say what the file says, and telling what that changes.

The preview does the same in a transaction that is then undone, so it promises nothing that the
application would not do.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing import links, product_texts, products, variants
from cloud.catalogue.editing.product_shapes import ProductFields, ProductTexts, VariantFields
from cloud.catalogue.exchange.columns import BOTTLE, RELATED, SHELVES, SKU
from cloud.catalogue.exchange.exporting import rows_of
from cloud.catalogue.exchange.sheet import BottleEntry, Entry, Finding
from cloud.catalogue.models import Category, Collection, Product, Tag, Variant
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.validation import in_words
from cloud.foundation.words import N_

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('products.slug.' || :slug, 0))")
_MODELS: dict[str, Any] = {"categories": Category, "collections": Collection, "tags": Tag}
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a product: "created", "changed", "same" or "refused", with the reasons."""

    kind: str
    findings: tuple[Finding, ...] = ()


class _Refused(Exception):
    def __init__(self, line: int, text: str, /, **facts: object) -> None:
        super().__init__(text)
        self.finding = Finding(line, "refused", text, facts)


async def apply_entry(
    session: AsyncSession, staff: SignedIn, entry: Entry, currency: str
) -> Verdict:
    """Write what an entry says but what it goes with; all of it, or nothing when refused.

    Two that apply one product at once do it one after the other; the second finds it done.
    """
    if entry.complaints:
        return Verdict("refused", tuple(entry.complaints))
    try:
        async with session.begin_nested():
            return await _apply(session, staff, entry, currency)
    except _Refused as refusal:
        return Verdict("refused", (refusal.finding,))
    except CloudError as error:
        said = Finding(entry.lines[0], "refused", f"{error.message} {error.hint}")
        return Verdict("refused", (said,))


async def relate_entry(
    session: AsyncSession, staff: SignedIn, slug: str, related: list[str]
) -> None:
    """Let a product go with others by slug; those that are not there are left out."""
    product_id = await session.scalar(select(Product.id).where(Product.slug == slug))
    if product_id is None:
        return
    found = await session.scalars(select(Product.id).where(Product.slug.in_(related)))
    await links.relate(session, staff, product_id, [one for one in found if one != product_id])


async def _apply(session: AsyncSession, staff: SignedIn, entry: Entry, currency: str) -> Verdict:
    line = entry.lines[0]
    await session.execute(_LOCK, {"slug": entry.slug})
    product = await session.scalar(
        select(Product)
        .where(Product.slug == entry.slug)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if product is not None and product.deleted_at is not None:
        raise _Refused(line, N_("It is out of sale; bring it back first."))
    before = await rows_of(session, [product], currency) if product else []
    product_id = await _write_product(session, staff, entry, product)
    for language, texts in entry.texts.items():
        await _write_texts(session, staff, product_id, language, texts)
    for bottle in entry.bottles:
        await _write_bottle(session, staff, product_id, bottle, currency)
    if product is None:
        one, many = (
            N_("%(slug)s is new, with one bottle."),
            N_("%(slug)s is new, with %(count)d bottles."),
        )
        words = one if len(entry.bottles) == 1 else many
        facts = {"slug": entry.slug, "count": len(entry.bottles)}
        return Verdict("created", (Finding(line, "created", words, facts),))
    written = await session.get_one(Product, product_id)
    after = await rows_of(session, [written], currency)
    findings = _differences(entry, before, after)
    return Verdict("changed" if findings else "same", findings)


async def _write_product(
    session: AsyncSession, staff: SignedIn, entry: Entry, product: Product | None
) -> int:
    line = entry.lines[0]
    shelves = {
        name: await _ids(session, name, entry.links[name], line)
        for name in SHELVES
        if name in entry.links
    }
    given = {"slug": entry.slug, **entry.facts, **shelves}
    if product is None:
        return await products.create(session, staff, _valid(ProductFields, given, line))
    found = await products.read(session, product.id)
    kept = {name: found[name] for name in ProductFields.model_fields}
    wish = _valid(ProductFields, kept | given, line)
    await products.change(session, staff, product.id, wish, seen=product.version)
    return product.id


async def _write_texts(
    session: AsyncSession,
    staff: SignedIn,
    product_id: int,
    language: str,
    texts: dict[str, str | None],
) -> None:
    found = await product_texts.read_texts(session, product_id, language)
    kept = {name: found[name] for name in ProductTexts.model_fields}
    wish = _valid(ProductTexts, kept | texts, 0)
    seen = found["version"]
    await product_texts.write_texts(session, staff, product_id, language, wish, seen=seen)


async def _write_bottle(
    session: AsyncSession, staff: SignedIn, product_id: int, bottle: BottleEntry, currency: str
) -> None:
    given = {"sku": bottle.sku, **bottle.facts}
    variant = await session.scalar(select(Variant).where(Variant.sku == bottle.sku))
    if variant is None:
        wish = _valid(VariantFields, given, bottle.line)
        await variants.create(session, staff, product_id, wish, currency)
        return
    if variant.product_id != product_id:
        raise _Refused(
            bottle.line, N_("The SKU %(sku)s is a bottle of another product."), sku=bottle.sku
        )
    kept = {name: getattr(variant, name) for name in VariantFields.model_fields}
    wish = _valid(VariantFields, kept | given, bottle.line)
    await variants.change(session, staff, variant.id, wish, seen=variant.version)


async def _ids(session: AsyncSession, name: str, slugs: list[str], line: int) -> list[int]:
    shelf = _MODELS[name]
    rows = await session.execute(select(shelf.slug, shelf.id).where(shelf.slug.in_(slugs)))
    found = {row.slug: row.id for row in rows}
    for slug in slugs:
        if slug not in found:
            raise _Refused(
                line, N_("“%(slug)s” is not among the %(kind)s."), slug=slug[:80], kind=name
            )
    return [found[slug] for slug in slugs]


def _valid(model: type[_Model], values: dict[str, Any], line: int) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "line"
        words = in_words(first)
        raise _Refused(line, N_("%(field)s: %(words)s"), field=where, words=words) from error


def _differences(
    entry: Entry, before: list[dict[str, str]], after: list[dict[str, str]]
) -> tuple[Finding, ...]:
    lines = {bottle.sku: bottle.line for bottle in entry.bottles}
    old = {row.get(SKU, ""): _bottle_cells(row) for row in before}
    findings = _changes(entry.lines[0], _product_cells(before[0]), _product_cells(after[0]))
    for row in after:
        sku = row.get(SKU, "")
        line = lines.get(sku, entry.lines[0])
        if sku not in old:
            findings.append(Finding(line, "changed", N_("%(sku)s is a new bottle."), {"sku": sku}))
        else:
            findings += _changes(line, old[sku], _bottle_cells(row))
    return tuple(findings)


def _product_cells(row: dict[str, str]) -> dict[str, str]:
    # What it goes with is written last, when every product is there.
    apart = {SKU, RELATED, *BOTTLE}
    return {column: cell for column, cell in row.items() if column not in apart}


def _bottle_cells(row: dict[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in row.items() if column in BOTTLE}


def _changes(line: int, was: dict[str, str], now: dict[str, str]) -> list[Finding]:
    return [
        _changed(line, column, was.get(column, ""), now.get(column, ""))
        for column in {**was, **now}
        if was.get(column, "") != now.get(column, "")
    ]


def _changed(line: int, column: str, was: str, now: str) -> Finding:
    facts = {"column": column, "was": _short(was), "now": _short(now)}
    return Finding(line, "changed", N_("%(column)s: “%(was)s” becomes “%(now)s”."), facts)


def _short(cell: str) -> str:
    return cell if len(cell) <= 60 else f"{cell[:57]}…"
