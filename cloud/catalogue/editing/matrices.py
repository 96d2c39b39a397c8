"""All bottles of a product at once: read by their axes, proposed where missing, saved together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing import variants
from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.editing.matrix_axes import (
    Axes,
    Combination,
    millilitres,
    missing,
    propose_sku,
    sku_prefix,
)
from cloud.catalogue.editing.matrix_shapes import (
    AxesWish,
    Cell,
    CellChange,
    CellNew,
    Matrix,
    MatrixWish,
    OptionAxis,
    Proposal,
)
from cloud.catalogue.editing.product_shapes import VariantFields
from cloud.catalogue.editing.snapshots import snapshot
from cloud.catalogue.errors import ProductUnknown, SalePriceAbove, VariantNotFound
from cloud.catalogue.models import Product, Variant
from cloud.foundation.errors import CloudError, PreconditionFailed
from cloud.foundation.identity import SignedIn

# What a new bottle takes from one of its size.
_LIKE_ITS_SIZE = (
    "cost_minor",
    "length_mm",
    "width_mm",
    "height_mm",
    "lead_time_days",
    "safety_stock",
)
_SHOWN = ("id", "version", "sku", "name", "capacity_ul", "options", "price_minor", "is_active")


class MatrixChanged(PreconditionFailed):
    """Somebody else changed or made some of the bottles meanwhile; nothing was saved.

    `cells` are those as they are now.
    """

    code = "changed_meanwhile"

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__(
            "Somebody else changed this meanwhile.",
            hint="Look at what it says now, and save again if yours shall stand.",
        )
        self.cells = cells

    def wire_facts(self) -> Mapping[str, object]:
        """Return the bottles in question as they are now."""
        return {"cells": [cell.model_dump() for cell in self.cells]}


async def read_matrix(session: AsyncSession, product_id: int) -> Matrix:
    """Return a product's bottles by what they differ by; empty for no such product."""
    there = await variants.list_variants(session, product_id)
    axes = Axes.of(map(combination_of, there))
    return Matrix(
        sizes_ul=list(axes.sizes_ul),
        axes=[OptionAxis(name=name, values=list(values)) for name, values in axes.options],
        cells=[_cell(one) for one in there],
    )


async def propose(session: AsyncSession, product_id: int, wish: AxesWish) -> list[Proposal]:
    """Return the bottles that are missing once a product has these sizes and options too.

    Each has a free SKU; price and weight are those of a bottle of its size. Nothing is made.
    Raises ProductUnknown or MatrixTooLarge.
    """
    product = await session.get(Product, product_id)
    if product is None:
        raise ProductUnknown(product_id)
    there = await variants.list_variants(session, product_id)
    combinations = [combination_of(one) for one in there]
    axes = Axes.of(combinations).with_more(wished_axes(wish))
    prefix = sku_prefix(product.slug, [one.sku for one in there])
    taken = set(await session.scalars(select(Variant.sku).where(Variant.sku.startswith(prefix))))
    proposals: list[Proposal] = []
    for one in missing(axes, combinations):
        proposals.append(_proposal(one, there, propose_sku(prefix, one, taken)))
        taken.add(proposals[-1].sku)
    return proposals


async def save(
    session: AsyncSession, staff: SignedIn, product_id: int, wish: MatrixWish, currency: str
) -> dict[Combination, int]:
    """Change and make bottles, all or none; return the ids of those that were wished, by kind.

    New ones are priced in `currency`, the shop's. Raises ProductUnknown, VariantNotFound for a
    bottle of another product, MatrixChanged, SkuTaken, SizeTaken or SalePriceAbove; the `field` of
    a refusal names the bottle: "changed.0.sku".
    """
    await lock_product(session, product_id)
    there = {one.id: one for one in await variants.list_variants(session, product_id)}
    _check_unchanged(wish, there)
    done: dict[Combination, int] = {}
    for place, cell in enumerate(wish.changed):
        with _placed("changed", place):
            fields = _changed(there[cell.id], cell)
            await variants.change(session, staff, cell.id, fields, seen=cell.version)
        done[combination_of(there[cell.id])] = cell.id
    for place, new in enumerate(wish.made):
        with _placed("made", place):
            fields = _made(new, list(there.values()))
            made = await variants.create(session, staff, product_id, fields, currency)
        done[Combination.of(new.capacity_ul, new.options)] = made
    return done


def combination_of(variant: Variant) -> Combination:
    """Return what kind of bottle a bottle is."""
    return Combination.of(variant.capacity_ul, variant.options)


def wished_axes(wish: AxesWish) -> Axes:
    """Return a wish's axes; an axis said twice has the values of both."""
    axes = Axes(tuple(sorted(set(wish.sizes_ul))))
    for one in wish.axes:
        axes = axes.with_more(Axes((), ((one.name, tuple(one.values)),)))
    return axes


def _check_unchanged(wish: MatrixWish, there: Mapping[int, Variant]) -> None:
    for cell in wish.changed:
        if cell.id not in there:
            raise VariantNotFound(cell.id)
    kinds = {combination_of(one): one for one in there.values()}
    wanted = [Combination.of(new.capacity_ul, new.options) for new in wish.made]
    differing = [there[cell.id] for cell in wish.changed if there[cell.id].version != cell.version]
    differing += [kinds[one] for one in wanted if one in kinds]
    if differing:
        raise MatrixChanged([_cell(one) for one in differing])


def _changed(variant: Variant, cell: CellChange) -> VariantFields:
    said = cell.model_dump(include={"sku", "price_minor", "is_active"})
    if variant.sale_price_minor is not None and variant.sale_price_minor >= cell.price_minor:
        raise SalePriceAbove
    now = {name: getattr(variant, name) for name in (*variants.COLUMNS, "is_default")}
    return VariantFields.model_construct(**(now | said))


def _made(new: CellNew, there: Sequence[Variant]) -> VariantFields:
    alike = next((one for one in there if one.capacity_ul == new.capacity_ul), None)
    taken = snapshot(alike, _LIKE_ITS_SIZE) if alike else {}
    return VariantFields(**taken, **new.model_dump())


def _proposal(wanted: Combination, there: Sequence[Variant], sku: str) -> Proposal:
    alike = next((one for one in there if one.capacity_ul == wanted.capacity_ul), None)
    return Proposal(
        sku=sku,
        name=alike.name if alike else f"{millilitres(wanted.capacity_ul)} ml",
        capacity_ul=wanted.capacity_ul,
        options=dict(wanted.options),
        price_minor=alike.price_minor if alike else None,
        weight_g=alike.weight_g if alike else None,
    )


def _cell(variant: Variant) -> Cell:
    return Cell.model_validate(snapshot(variant, _SHOWN))


@contextmanager
def _placed(kind: str, place: int) -> Iterator[None]:
    """Say which bottle of a wish is refused."""
    try:
        yield
    except CloudError as error:
        error.field = f"{kind}.{place}.{error.field or 'sku'}"
        raise
