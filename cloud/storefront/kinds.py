"""Choosing a bottle by what bottles differ by: size and options, one group of choices for each.

A form sends `size` (microlitres) and `option.<axis>` for each option; `variant_of` finds the bottle
they name. Which choices do not go together is marked when the page is made, and kept up to date by
`pick.js` where scripts run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Variant
from cloud.foundation.errors import NotFound

SIZE = "size"
OPTION = "option."
_MOST_UL = 100_000_000


class KindNotSold(NotFound):
    """The chosen size and options do not go together."""

    code = "kind_not_sold"

    def __init__(self) -> None:
        super().__init__(
            "This combination is not sold.", hint="Go back and choose another size or option."
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an axis; `fits` tells whether it can be bought with all else as chosen."""

    value: str
    words: str
    is_chosen: bool
    fits: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One axis: `field` is its name in the form, `title` its name for people; empty for sizes."""

    field: str
    title: str
    choices: Sequence[Choice]


def groups_of(variants: Sequence[Mapping[str, Any]], chosen_id: int | None) -> list[Group]:
    """Return the groups of choices of a product; none when its bottles differ by size alone.

    `variants` are those of `product_view`. With nothing chosen, the first one stands for it.
    """
    if not any(one["options"] for one in variants):
        return []
    axes = list(dict.fromkeys(axis for one in variants for axis in one["options"]))
    chosen = next((one for one in variants if one["id"] == chosen_id), variants[0])
    fields = [SIZE, *(OPTION + axis for axis in axes)]
    return [_group(field, variants, _picks(chosen, fields), fields) for field in fields]


def kinds_of(variants: Sequence[Mapping[str, Any]], groups: Sequence[Group]) -> list[list[str]]:
    """Return each bottle's values, in the order of the groups: what a script compares."""
    fields = [group.field for group in groups]
    return [list(_picks(one, fields).values()) for one in variants]


async def variant_of(
    session: AsyncSession, product_id: int | None, sent: Mapping[str, Any]
) -> int | None:
    """Return the bottle that a form's choices name; None when it has none. Raises KindNotSold."""
    size = str(sent.get(SIZE, ""))
    if product_id is None or not size:
        return None
    if not (size.isascii() and size.isdigit() and 0 < int(size[:12]) <= _MOST_UL):
        raise KindNotSold
    options = {
        name.removeprefix(OPTION): str(value)
        for name, value in sent.items()
        if name.startswith(OPTION) and value
    }
    if any("\0" in text for pair in options.items() for text in pair):
        raise KindNotSold
    found = await session.scalar(
        select(Variant.id).where(
            Variant.product_id == product_id,
            Variant.capacity_ul == int(size),
            Variant.options == options,
            Variant.is_active,
        )
    )
    if found is None:
        raise KindNotSold
    return found


def _group(
    field: str,
    variants: Sequence[Mapping[str, Any]],
    chosen: Mapping[str, str],
    fields: Sequence[str],
) -> Group:
    words = {_picks(one, [field])[field]: _words(one, field) for one in variants}
    there = [_picks(one, fields) for one in variants if one["in_stock"]]
    choices = [
        Choice(value, said, value == chosen[field], {**chosen, field: value} in there)
        for value, said in words.items()
    ]
    return Group(field, field.removeprefix(OPTION) if field != SIZE else "", choices)


def _picks(variant: Mapping[str, Any], fields: Sequence[str]) -> dict[str, str]:
    return {
        field: str(variant["capacity_ul"])
        if field == SIZE
        else variant["options"].get(field.removeprefix(OPTION), "")
        for field in fields
    }


def _words(variant: Mapping[str, Any], field: str) -> str:
    if field == SIZE:
        return str(variant["name"])
    return str(variant["options"].get(field.removeprefix(OPTION), ""))
