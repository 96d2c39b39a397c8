from pathlib import Path

import pytest

from scentd.store.database import Database
from scentd.store.errors import StoreUnusable


async def test_a_place_where_no_file_can_be_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    database = Database(tmp_path / "file" / "hub.db")

    with pytest.raises(StoreUnusable) as caught:
        await database.open()

    assert "store.path" in caught.value.hint
    await database.close()
