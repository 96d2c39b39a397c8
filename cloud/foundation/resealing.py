"""Sealing what is stored with the newest key, so that an old one can be taken away."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.foundation.sealing import Sealer

_BATCH = 200


async def reseal(
    database: Database, sealer: Sealer, columns: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Seal anew what has an older seal; return how many values, by table.

    `columns` are the sealed columns of each table, which has an `id`; they may hold NULL. Each
    batch is stored by itself and its rows are locked, so the shop goes on meanwhile; a second run
    changes nothing. Raises SealBroken for a seal of a key that is not known.
    """
    return {
        table: sum([await _reseal_column(database, sealer, table, name) for name in names])
        for table, names in columns.items()
    }


async def _reseal_column(database: Database, sealer: Sealer, table: str, name: str) -> int:
    # Both names are ours, out of the code.
    batch = text(
        f"SELECT id, {name} FROM {table} WHERE id > :after AND {name} IS NOT NULL "
        f"ORDER BY id LIMIT {_BATCH} FOR UPDATE"
    )
    store = text(f"UPDATE {table} SET {name} = :sealed WHERE id = :id")
    after = count = 0
    while True:
        async with database.unit_of_work() as session:
            rows = (await session.execute(batch, {"after": after})).all()
            for row_id, sealed in rows:
                fresh = sealer.reseal(sealed)
                if fresh is not None:
                    await session.execute(store, {"sealed": fresh, "id": row_id})
                    count += 1
        if not rows:
            return count
        after = rows[-1][0]
