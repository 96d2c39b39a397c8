"""Every dialect of ours keeps every promise, on the recordings that lie beside its tests."""

import json
from pathlib import Path

import pytest

from adapters.conformance.__main__ import main
from adapters.registry import load_dialects

FILES = sorted((Path(__file__).parents[1] / "diffusers" / "messages").glob("*.json"))


def files_of(name: str) -> list[str]:
    return [str(file) for file in FILES if json.loads(file.read_text())["dialect"] == name]


@pytest.mark.parametrize("name", sorted(load_dialects()))
def test_a_dialect_of_ours_keeps_every_promise(name: str, capsys, is_long_run: bool) -> None:
    code = main([name, *files_of(name), "--size", "20000" if is_long_run else "400"])

    said = capsys.readouterr().out
    assert code == 0, said
    assert "Every promise is kept." in said


def test_what_cannot_be_examined_is_told_with_the_next_step(tmp_path, capsys) -> None:
    nothing = tmp_path / "nothing.json"
    nothing.write_text("{}")

    assert main(["native", str(nothing)]) == 2
    assert main(["absent"]) == 2
    assert main(["native", str(tmp_path / "missing.json")]) == 2

    said = capsys.readouterr().out
    assert "nothing.json is no recording" in said
    assert "scentd capture" in said
    assert "there are native" in said
    assert "No such file" in said


def test_without_samples_a_promise_is_broken_and_the_seed_told(capsys) -> None:
    assert main(["native", "--seed", "12", "--size", "10"]) == 1

    said = capsys.readouterr().out
    assert "BROKEN" in said
    assert "--seed 12" in said
