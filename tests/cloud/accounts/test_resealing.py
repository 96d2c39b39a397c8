"""Keys that seal tokens change, and nothing is lost."""

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from cloud.foundation.resealing import reseal
from cloud.foundation.sealing import Sealer
from cloud.records import SEALED_COLUMNS
from tests.fakes.oidc.visits import come_in

pytestmark = pytest.mark.needs_postgres


async def test_tokens_are_sealed_anew_and_the_old_key_can_go(client, parts, settings):
    await come_in(client)
    newest = Fernet.generate_key().decode()
    both = Sealer([newest, *settings.sealing_keys])

    first = await reseal(parts.database, both, SEALED_COLUMNS)
    again = await reseal(parts.database, both, SEALED_COLUMNS)

    assert (first["identities"], again["identities"]) == (3, 0)
    async with parts.database.reading() as connection:
        kept = await connection.scalar(text("SELECT refresh_token FROM identities"))
    assert Sealer([newest]).open(kept) == "refresh-of-subject-1"
