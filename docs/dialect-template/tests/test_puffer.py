"""The Puffer dialect reads its recordings as written, and keeps every promise of the port."""

import json
from importlib.resources import files

from scentd_puffer.dialect import PufferDialect

from adapters.conformance.__main__ import main
from adapters.corpus.announced import Announced
from adapters.corpus.recording import as_recording, as_written


def test_samples_are_read_as_written_beside_them() -> None:
    body = json.loads(files("scentd_puffer").joinpath("samples.json").read_text())
    recording, dialect = as_recording(body), PufferDialect()
    found = Announced(dialect).hear(recording.announcements).diffusers

    for name, device in recording.devices.items():
        read = [[as_written(r) for r in dialect.decode(found[name], *m)] for m in device.messages]
        assert read == [message["readings"] for message in body["devices"][name]["messages"]]


def test_every_promise_is_kept() -> None:
    assert main(["puffer", "--size", "1000"]) == 0
