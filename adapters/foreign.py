"""A dialect of another package, held so that whatever it does stops nothing else.

What it answers wrongly is left out, what it raises is told in words and counted as a message that
cannot be read. So what comes through has the types and ranges that the port promises.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.values import (
    Faults,
    diffuser_faults,
    discovery_faults,
    filter_faults,
    message_faults,
    profile_faults,
    reading_faults,
    topic_faults,
)
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Discovery, Reading
from scentd.ports import AdapterError, DiffuserDialect, Malformed, Profile, Publish

_log = logging.getLogger(__name__)


class DialectUnusable(AdapterError):
    """A package offers a dialect that cannot be loaded, or that does not keep to the port."""

    code = "dialect_unusable"

    def __init__(self, name: str, package: str, reason: str) -> None:
        super().__init__(
            f"The dialect “{name}” of the package {package} cannot be used: {reason}.",
            "Update that package, or remove it; everything else goes on without it.",
        )
        self.name = name
        self.package = package
        self.reason = reason


class ForeignDialect(DiffuserDialect):
    """The dialect of a package; `trouble` is what it last did wrong, None when nothing yet."""

    def __init__(self, inner: DiffuserDialect, name: str, package: str) -> None:
        self._inner: Any = inner  # nobody has checked what it answers
        self._name = name
        self._package = package
        self.trouble: DialectUnusable | None = None

    @property
    def name(self) -> str:
        """Give the name it had when it was loaded."""
        return self._name

    def discovery_filters(self) -> tuple[str, ...]:
        """Give those of its filters that are some."""
        given = self._try(lambda: self._inner.discovery_filters(), "discovery_filters")  # noqa: PLW0108
        return self._sound(given, "discovery_filters", filter_faults)

    def discovery_asks(self) -> tuple[Publish, ...]:
        """Give what it asks on topics that are some."""
        given = self._try(lambda: self._inner.discovery_asks(), "discovery_asks")  # noqa: PLW0108
        return self._sound(given, "discovery_asks", message_faults)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Read an announcement; raises Malformed, also where the dialect fails."""
        found = self._read(topic, lambda: self._inner.discover(topic, payload))
        return self._sound(found, "discover", self._discovery_faults)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Read the parts of an announcement; raises Malformed, also where the dialect fails."""
        found = self._read(group, lambda: self._inner.assemble(group, pieces))
        return self._sound(found, "assemble", self._discovery_faults)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give those of its topics that are some."""
        return self._topics("topics", lambda: self._inner.topics(diffuser))

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give those of its topics that are some."""
        return self._topics("command_topics", lambda: self._inner.command_topics(diffuser))

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report; raises Malformed, also where the dialect fails."""
        readings = self._read(topic, lambda: self._inner.decode(diffuser, topic, payload))
        return self._sound(readings, "decode", lambda one: reading_faults(one, diffuser))

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        """Write a wish; () where the dialect fails."""

        def encode() -> object:
            return self._inner.encode(diffuser, wish, command_id=command_id, expires_at=expires_at)

        return self._sound(self._try(encode, "encode"), "encode", message_faults)

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        """Give its models; () where the dialect fails."""
        given = self._try(lambda: self._inner.profiles(diffuser), "profiles")
        return self._sound(given, "profiles", profile_faults)

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the device as that model; raises KeyError, also where the dialect fails."""
        try:
            chosen: object = self._inner.with_profile(diffuser, profile_key)
        except KeyError:
            raise
        except Exception as error:
            self._note("with_profile", error)
            raise KeyError(profile_key) from error
        fault = next(diffuser_faults(chosen, self._name), None)
        if fault is None and isinstance(chosen, Diffuser) and chosen.id == diffuser.id:
            return chosen
        self._note("with_profile", fault or "it answers another device")
        raise KeyError(profile_key)

    def _discovery_faults(self, discovery: object) -> Faults:
        return discovery_faults(discovery, self._name)

    def _topics(self, what: str, ask: Callable[[], object]) -> tuple[str, ...]:
        return self._sound(self._try(ask, what), what, lambda one: topic_faults(one, "a topic"))

    def _read(self, topic: str, ask: Callable[[], object]) -> object:
        try:
            return ask()
        except Malformed:
            raise
        except Exception as error:
            self._note(f"a message on {topic}", error)
            raise Malformed(topic, f"the dialect {self._name} failed on it") from error

    def _try(self, ask: Callable[[], object], what: str) -> object:
        # `ask` looks the method up, too: a dialect may lack it.
        try:
            return ask()
        except Exception as error:  # noqa: BLE001 - somebody else's code may fail in any way
            self._note(what, error)
            return ()

    def _sound(
        self, given: object, what: str, faults: Callable[[object], Faults]
    ) -> tuple[Any, ...]:
        """Give those of the answers that have no fault."""
        if not isinstance(given, tuple):
            self._note(what, f"it answers {type(given).__name__} instead of a tuple")
            return ()
        return tuple(one for one in given if self._is_sound(one, what, faults))

    def _is_sound(self, one: object, what: str, faults: Callable[[object], Faults]) -> bool:
        try:
            fault: Exception | str | None = next(faults(one), None)
        except Exception as error:  # noqa: BLE001 - what it answers may fail when it is looked at
            fault = error
        if fault is not None:
            self._note(what, fault)
        return fault is None

    def _note(self, what: str, reason: Exception | str) -> None:
        if isinstance(reason, Exception):
            reason = f"{type(reason).__name__} {reason}".strip()
        before = self.trouble
        self.trouble = DialectUnusable(self._name, self._package, f"{what}: {reason}")
        if before is None or before.reason != self.trouble.reason:
            _log.warning("%s %s", self.trouble.message, self.trouble.hint)
