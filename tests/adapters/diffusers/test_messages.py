"""Messages on file, each with what it must be read as; every file says where its facts are from."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from adapters.registry import load_dialects
from scentd.model.readings import Found

FILES = sorted(Path(__file__).with_name("messages").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_messages_on_file_are_read_as_written_beside_them(file: Path) -> None:
    record = json.loads(file.read_text())
    dialect = load_dialects()[record["dialect"]]
    announcement = record["announcement"]
    (found,) = dialect.discover(announcement["topic"], announcement["payload"].encode())
    assert isinstance(found, Found)
    diffuser = dialect.with_profile(found.diffuser, record["profile"])

    read = [
        [
            [type(reading).__name__, asdict(reading)]
            for reading in dialect.decode(diffuser, message["topic"], message["payload"].encode())
        ]
        for message in record["messages"]
    ]

    assert read == [message["readings"] for message in record["messages"]]
    assert record["origin"]
