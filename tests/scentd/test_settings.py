import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from scentd.settings import HubSettings, SettingsInvalid, read_settings

_EXAMPLE = Path(__file__).parents[2] / "config" / "hub.example.toml"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        read_settings(path)
    return [str(problem) for problem in caught.value.problems]


def test_without_a_file_every_key_has_a_default() -> None:
    assert read_settings(None) == HubSettings()


def test_a_typo_in_a_key_is_told_with_its_line_and_the_likely_word(tmp_path: Path) -> None:
    path = write(tmp_path, 'log_level = "INFO"\n\n[mqtt]\nhots = "broker.local"\n')

    (told,) = problems_of(path)

    assert told.startswith(f"{path}:4: mqtt.hots: no such key")
    assert "Did you mean “host”?" in told


def test_a_value_out_of_range_is_told_with_its_meaning_and_default(tmp_path: Path) -> None:
    path = write(tmp_path, "[api]\nport = 99999\n")

    (told,) = problems_of(path)

    assert told.startswith(f"{path}:2: api.port: ")
    assert "99999" in told
    assert "Default: 8480" in told


def test_text_without_quotes_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "[mqtt]\nhost = broker\n")

    (told,) = problems_of(path)

    assert told.startswith(f"{path}:2: (syntax): ")
    assert "host = broker" in told


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "[sync]\ncloud_url = 7\n[api]\nprot = 1\n[mqtt]\nport = 0\n")

    lines = [int(told.removeprefix(f"{path}:").split(":")[0]) for told in problems_of(path)]

    assert lines == [2, 4, 6]


def test_a_zone_nobody_knows_is_refused(tmp_path: Path) -> None:
    (told,) = problems_of(write(tmp_path, 'zone = "Europe/Atlantis"\n'))

    assert "Europe/Berlin" in told


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_is_no_text_or_not_there_is_told_in_words(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "hub.toml"
    if content is not None:
        path.write_bytes(content)

    (told,) = problems_of(path)

    assert "hint:" in told


def test_the_example_file_is_accepted_and_names_every_key() -> None:
    text = _EXAMPLE.read_text(encoding="utf-8")

    settings = read_settings(_EXAMPLE)

    assert settings == HubSettings()
    missing = [
        key for key in _keys(HubSettings) if not re.search(rf"^# {key} =", text, re.MULTILINE)
    ]
    assert missing == []


def test_every_key_says_its_unit_and_its_reason() -> None:
    unsaid = [
        f"{model.__name__}.{name}"
        for model in _models(HubSettings)
        for name, field in model.model_fields.items()
        if not field.description and not _is_model(field.annotation)
    ]

    assert unsaid == []


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    inner = [f.annotation for f in model.model_fields.values() if _is_model(f.annotation)]
    return [model, *(found for one in inner for found in _models(one))]


def _keys(model: type[BaseModel]) -> list[str]:
    return [
        name
        for one in _models(model)
        for name, field in one.model_fields.items()
        if not _is_model(field.annotation)
    ]
