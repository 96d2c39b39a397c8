"""The file of a recording: what a device announced and said, and what was read in it.

`origin` says which program or document the messages are from, and which version; `date` when they
were recorded or written down; `dialect` who reads them, "" when nobody does; `announcements` stand
in their order. Each device found has its `profile` (null where none is chosen) and its `messages`
with their `readings`; a part of a reading that says nothing is left out. `unread` are messages that
no device of ours explains. A payload is text, or `{"hex": …}` where it is none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scentd.model.readings import Reading
from scentd.ports import AdapterError


class Message(NamedTuple):
    """One message of a recording."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Recorded:
    """One device of a recording: the profile it was given, and what it said."""

    profile: str | None
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Recording:
    """One file; `devices` by their id."""

    origin: str
    date: str
    dialect: str
    announcements: tuple[Message, ...] = ()
    devices: Mapping[str, Recorded] = field(default_factory=dict)
    unread: tuple[Message, ...] = ()

    def messages(self) -> Iterator[Message]:
        """Give every message, announcements first."""
        yield from self.announcements
        for device in self.devices.values():
            yield from device.messages
        yield from self.unread


class RecordingUnreadable(AdapterError):
    """A file is no recording."""

    code = "recording_unreadable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is no recording: {reason}.",
            "Record one with `scentd capture`, or compare it with docs/dialects.md.",
        )
        self.path = path


def read_recording(path: Path) -> Recording:
    """Read a file; raises RecordingUnreadable."""
    try:
        return as_recording(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RecordingUnreadable(path, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordingUnreadable(path, f"{type(error).__name__} {error}") from error


def as_recording(body: Mapping[str, Any]) -> Recording:
    """Give the recording of a file's content; raises what a wrong content leads to."""
    return Recording(
        origin=body["origin"],
        date=body["date"],
        dialect=body["dialect"],
        announcements=_messages(body["announcements"]),
        devices={
            name: Recorded(device["profile"], _messages(device["messages"]))
            for name, device in body["devices"].items()
        },
        unread=_messages(body.get("unread", [])),
    )


def payload_of(message: Mapping[str, Any]) -> bytes:
    """Give the bytes of a payload as written in a file."""
    written = message["payload"]
    return bytes.fromhex(written["hex"]) if isinstance(written, dict) else written.encode()


def written_payload(payload: bytes) -> object:
    """Give bytes as a file holds them."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return {"hex": payload.hex()}


def as_written(reading: Reading) -> list[Any]:
    """Give a reading as a file holds it."""
    parts = {name: value for name, value in asdict(reading).items() if value is not None}
    return [type(reading).__name__, parts]


def as_body(recording: Recording, readings: Mapping[str, list[list[Any]]]) -> dict[str, Any]:
    """Give the content of a file; `readings` has, for each device, those of each message."""
    body: dict[str, Any] = {
        "origin": recording.origin,
        "date": recording.date,
        "dialect": recording.dialect,
        "announcements": [_written(message) for message in recording.announcements],
        "devices": {
            name: {
                "profile": device.profile,
                "messages": [
                    _written(message) | {"readings": read}
                    for message, read in zip(device.messages, readings[name], strict=True)
                ],
            }
            for name, device in recording.devices.items()
        },
    }
    if recording.unread:
        body["unread"] = [_written(message) for message in recording.unread]
    return body


def _messages(written: list[Mapping[str, Any]]) -> tuple[Message, ...]:
    return tuple(Message(message["topic"], payload_of(message)) for message in written)


def _written(message: Message) -> dict[str, Any]:
    return {"topic": message.topic, "payload": written_payload(message.payload)}
