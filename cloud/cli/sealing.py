"""Changing the key that seals the secrets of others."""

import asyncio

import typer

from cloud.composition import build_parts
from cloud.foundation.clock import SystemClock
from cloud.foundation.resealing import reseal as reseal_all
from cloud.records import SEALED_COLUMNS
from cloud.settings import load_settings


def reseal() -> None:
    """Seal what is stored with the first of SCENT_TOKEN_KEYS; then the others may be taken away."""
    for table, count in asyncio.run(_reseal()).items():
        typer.echo(f"{table}: {count} sealed anew")


async def _reseal() -> dict[str, int]:
    parts = build_parts(load_settings(), SystemClock(), name="scent-cloud-reseal")
    try:
        return await reseal_all(parts.database, parts.sealer, SEALED_COLUMNS)
    finally:
        await parts.database.close()
