"""Everything a household may set, from one optional TOML file; only daemon and cli read it.

Each package declares its own slice beside its code. A file that cannot be used is refused whole,
with every problem's file, line, key and fix; the daemon never starts on half a file.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from adapters.home_assistant.settings import HomeAssistantSettings
from scentd.api.settings import ApiSettings
from scentd.automation.settings import AutomationSettings
from scentd.cartridges.settings import CartridgeSettings
from scentd.devices.settings import DeviceSettings
from scentd.model.errors import ScentdError
from scentd.mqtt.settings import MqttSettings
from scentd.presence.settings import PresenceSettings
from scentd.schedules.settings import ScheduleSettings
from scentd.store.settings import StoreSettings
from scentd.sync.settings import SyncSettings


def _zone_of_this_machine() -> str:
    """Give the zone /etc/localtime points to; UTC when that says nothing."""
    _, found, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    return name if found and name in available_timezones() else "UTC"


class HubSettings(BaseModel):
    """The whole hub. Every key has a default: an empty file, or none, is a working hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    demo: bool = Field(
        default=False,
        description="Shows the demo badge on every page. Off: a real home is never a demo.",
    )
    zone: str = Field(
        default_factory=_zone_of_this_machine,
        description=(
            "IANA zone of the household's wall times until the page says otherwise. This "
            "machine's own: a hub stands in the home it serves."
        ),
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="The least severe log line written. INFO: a day fits a screen or two.",
    )
    store: StoreSettings = StoreSettings()
    mqtt: MqttSettings = MqttSettings()
    devices: DeviceSettings = DeviceSettings()
    cartridges: CartridgeSettings = CartridgeSettings()
    schedules: ScheduleSettings = ScheduleSettings()
    automation: AutomationSettings = AutomationSettings()
    presence: PresenceSettings = PresenceSettings()
    home_assistant: HomeAssistantSettings = HomeAssistantSettings()
    sync: SyncSettings = SyncSettings()
    api: ApiSettings = ApiSettings()

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("is no zone; write it like Europe/Berlin")
        return zone


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One thing wrong in the file: where it stands (line 0: nowhere in it) and how to mend it."""

    path: Path
    line: int
    key: str
    message: str
    hint: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.key}: {self.message}\n  hint: {self.hint}"


class SettingsInvalid(ScentdError):
    """The settings file cannot be used; `problems` has at least one entry, in file order."""

    code = "settings_invalid"

    def __init__(self, problems: tuple[SettingsProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)), "Mend the lines above and start again.")
        self.problems = problems


def read_settings(path: Path | None) -> HubSettings:
    """Give the settings of that file, all defaults for None; raises SettingsInvalid."""
    if path is None:
        return HubSettings()
    text = _read_text(path)
    try:
        return HubSettings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid((_syntax_problem(path, text, error),)) from error
    except ValidationError as error:
        problems = [_value_problem(path, text, **detail) for detail in _details(error)]
        raise SettingsInvalid(tuple(sorted(problems, key=lambda p: p.line))) from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problem = SettingsProblem(
            path, 0, "(file)", f"cannot be read: {error.strerror}", "Check the path and its mode."
        )
        raise SettingsInvalid((problem,)) from error
    except UnicodeDecodeError as error:
        problem = SettingsProblem(path, 0, "(file)", "is not UTF-8 text", "Save it as UTF-8.")
        raise SettingsInvalid((problem,)) from error


def _syntax_problem(path: Path, text: str, error: tomllib.TOMLDecodeError) -> SettingsProblem:
    found = re.search(r"at line (\d+)", str(error))
    line = int(found.group(1)) if found else len(text.splitlines())
    said = text.splitlines()[line - 1].strip() if text.splitlines() else ""
    reason = re.sub(r"\s*\(at .*\)$", "", str(error))
    hint = f'Look at “{said}”: a line reads  key = value , text stands in "quotes".'
    return SettingsProblem(path, line, "(syntax)", reason[0].lower() + reason[1:], hint)


class _Detail(TypedDict):
    keys: tuple[str, ...]
    kind: str
    said: str
    found: object


def _details(error: ValidationError) -> Iterator[_Detail]:
    for detail in error.errors():
        keys = tuple(str(part) for part in detail["loc"])
        yield _Detail(keys=keys, kind=detail["type"], said=detail["msg"], found=detail["input"])


def _value_problem(
    path: Path, text: str, *, keys: tuple[str, ...], kind: str, said: str, found: object
) -> SettingsProblem:
    line = next((number for number, at in _keys_by_line(text) if at == keys), 0)
    if not line:
        line = next((n for n, at in _keys_by_line(text) if at == keys[: len(at)]), 0)
    if kind == "extra_forbidden":
        return SettingsProblem(path, line, ".".join(keys), "no such key", _did_you_mean(keys))
    hint = _describe(keys) or "Remove the line to use the default."
    message = f"{said[0].lower()}{said[1:]} (found {found!r})"
    return SettingsProblem(path, line, ".".join(keys), message, hint)


def _keys_by_line(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            table = tuple(part.strip().strip("\"'") for part in found.group(1).split("."))
            yield number, table
        elif found := re.match(r"\s*([\w.\-\"']+)\s*=", line):
            names = tuple(part.strip("\"'") for part in found.group(1).split("."))
            yield number, table + names


def _slice_of(keys: tuple[str, ...]) -> type[BaseModel] | None:
    model: type[BaseModel] = HubSettings
    for key in keys:
        field = model.model_fields.get(key)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return None
        model = inner
    return model


def _did_you_mean(keys: tuple[str, ...]) -> str:
    model = _slice_of(keys[:-1]) or HubSettings
    close = difflib.get_close_matches(keys[-1], list(model.model_fields), n=1)
    if close:
        return f"Did you mean “{close[0]}”?"
    return f"Keys known here: {', '.join(model.model_fields)}."


def _describe(keys: tuple[str, ...]) -> str:
    model = _slice_of(keys[:-1])
    field = model.model_fields.get(keys[-1]) if model else None
    if field is None or field.description is None:
        return ""
    return f"{field.description} Default: {field.get_default(call_default_factory=True)!r}."
