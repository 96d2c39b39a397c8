"""One question to a dialect, and what is wrong with the answer; None when nothing is.

Nothing is caught but what an examined dialect may do wrong, and that is anything.
"""

from collections.abc import Callable, Mapping

from pydantic import TypeAdapter, ValidationError

from adapters.values import (
    diffuser_faults,
    discovery_faults,
    message_faults,
    profile_faults,
    reading_faults,
    topic_faults,
)
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser, Mode
from scentd.model.readings import Found
from scentd.ports import NEVER, DiffuserDialect, Malformed

STORED: TypeAdapter[Diffuser] = TypeAdapter(Diffuser)
"""As the hub keeps a device from one start to the next."""
_SOURCE = Source(Origin.MANUAL, "conformance")
_WISHES = (
    Wish("any", _SOURCE, power=True, intensity_percent=50),
    Wish("any", _SOURCE, power=False, light=True, timer_s=60, mode=Mode.INTERVAL, slot_no=1),
    Wish("any", _SOURCE, light_percent=40, light_rgb="ff8000", identify=True, refresh=True),
)


def discovering(dialect: DiffuserDialect, topic: str, payload: bytes) -> str | None:
    """Judge what discover answers, and whether what it found can be used."""
    return _announcement(dialect, "discover", lambda: dialect.discover(topic, payload))


def assembling(dialect: DiffuserDialect, group: str, pieces: Mapping[str, bytes]) -> str | None:
    """Judge what assemble answers."""
    return _announcement(dialect, "assemble", lambda: dialect.assemble(group, pieces))


def decoding(
    dialect: DiffuserDialect, diffuser: Diffuser, topic: str, payload: bytes
) -> str | None:
    """Judge what decode answers."""
    try:
        readings: object = dialect.decode(diffuser, topic, payload)
    except Malformed:
        return None
    except Exception as error:  # noqa: BLE001 - an examined dialect may raise anything
        return f"decode raises {_told(error)}"
    if not isinstance(readings, tuple):
        return f"decode answers {readings!r:.60}, which is no tuple"
    for reading in readings:
        for fault in reading_faults(reading, diffuser):
            return fault
    return None


def using(dialect: DiffuserDialect, diffuser: Diffuser) -> str | None:
    """Judge whether a device that was found can be listened to, kept and given a profile."""
    try:
        return (
            _topics(dialect, diffuser)
            or _keeping(diffuser)
            or _choosing(dialect, diffuser, needs=diffuser.needs_profile)
            or _commanding(dialect, diffuser)
        )
    except Exception as error:  # noqa: BLE001 - an examined dialect may raise anything
        return f"a device it found cannot be used: {_told(error)}"


def _announcement(dialect: DiffuserDialect, what: str, ask: Callable[[], object]) -> str | None:
    try:
        discoveries = ask()
    except Malformed:
        return None
    except Exception as error:  # noqa: BLE001 - an examined dialect may raise anything
        return f"{what} raises {_told(error)}"
    if not isinstance(discoveries, tuple):
        return f"{what} answers {discoveries!r:.60}, which is no tuple"
    for discovery in discoveries:
        for fault in discovery_faults(discovery, dialect.name):
            return fault
        if isinstance(discovery, Found) and (useless := using(dialect, discovery.diffuser)):
            return useless
    return None


def _topics(dialect: DiffuserDialect, diffuser: Diffuser) -> str | None:
    topics, commands = dialect.topics(diffuser), dialect.command_topics(diffuser)
    if not topics:
        return "a device it found reports on no topic"
    for topic in (*topics, *commands):
        for fault in topic_faults(topic, "a topic of a device it found"):
            return fault
    if len(set(topics)) != len(topics):
        return f"topics names one twice: {topics!r:.80}"
    return None


def _keeping(diffuser: Diffuser) -> str | None:
    try:
        kept = STORED.validate_json(STORED.dump_json(diffuser))
    except ValidationError as error:
        return f"a device it found cannot be kept: {error.errors()[0]['msg']}"
    return None if kept == diffuser else "a device it found comes back changed when it was kept"


def _choosing(dialect: DiffuserDialect, diffuser: Diffuser, *, needs: bool) -> str | None:
    profiles = dialect.profiles(diffuser)
    if needs and not profiles:
        return "a device needs a profile, but there are none to choose from"
    for profile in profiles:
        for fault in profile_faults(profile):
            return f"profile {profile.key}: {fault}"
        chosen = dialect.with_profile(diffuser, profile.key)
        for fault in diffuser_faults(chosen, dialect.name):
            return f"with profile {profile.key}: {fault}"
        if chosen.id != diffuser.id or chosen.needs_profile:
            return f"with profile {profile.key} it is another device, or still needs one"
    try:
        dialect.with_profile(diffuser, "no such profile")
    except KeyError:
        return None
    return "with_profile takes a profile that does not exist"


def _commanding(dialect: DiffuserDialect, diffuser: Diffuser) -> str | None:
    for wish in _WISHES:
        sent = dialect.encode(diffuser, wish, command_id="c0ffee", expires_at=NEVER)
        for message in sent:
            for fault in message_faults(message):
                return f"a device it found, told to {wish}: {fault}"
    return None


def _told(error: Exception) -> str:
    return f"{type(error).__name__} {str(error)[:100]}".strip()
