"""Messages on file, each with what it must be read as; every file says where its facts are from.

adapters/corpus/recording.py says how a file is written; `scentd capture` writes such files.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from adapters.corpus.announced import Announced
from adapters.corpus.recording import as_written, payload_of
from adapters.registry import load_dialects

FILES = sorted(Path(__file__).with_name("messages").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_messages_on_file_are_read_as_written_beside_them(file: Path) -> None:
    record = json.loads(file.read_text())
    dialect = load_dialects()[record["dialect"]]
    announced = Announced(dialect).hear(
        (m["topic"], payload_of(m)) for m in record["announcements"]
    )

    assert announced.diffusers.keys() == record["devices"].keys()
    for name, device in record["devices"].items():
        diffuser = announced.diffusers[name]
        if device["profile"] is not None:
            diffuser = dialect.with_profile(diffuser, device["profile"])
        read = [
            [as_written(r) for r in dialect.decode(diffuser, m["topic"], payload_of(m))]
            for m in device["messages"]
        ]
        assert read == [message["readings"] for message in device["messages"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_says_where_its_facts_are_from_and_of_when(file: Path) -> None:
    record = json.loads(file.read_text())

    assert len(record["origin"]) > 20
    assert date.fromisoformat(record["date"])
