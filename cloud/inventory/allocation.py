"""From which places bottles are taken. Pure arithmetic."""

from collections.abc import Mapping, Sequence

# How many bottles of a variant, by (variant id, location id).
Allotment = dict[tuple[int, int], int]


def allocate(
    wanted: Mapping[int, int], free: Mapping[tuple[int, int], int], places: Sequence[int]
) -> Allotment | None:
    """Return from which place how many bottles of each variant come; None when there are too few.

    `wanted` is bottles by variant id, `free` what can be taken by (variant id, location id),
    `places` the location ids, the preferred first. One place that has everything is taken whole,
    so that one parcel leaves; otherwise each variant comes from the preferred places that have it.
    """
    for place in places:
        if all(free.get((variant, place), 0) >= count for variant, count in wanted.items()):
            return {(variant, place): count for variant, count in wanted.items()}
    taken: Allotment = {}
    for variant, count in wanted.items():
        left = count
        for place in places:
            share = min(left, max(0, free.get((variant, place), 0)))
            if share:
                taken[variant, place] = share
                left -= share
        if left:
            return None
    return taken
