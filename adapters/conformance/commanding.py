"""The promises about commands: what is sent for a wish."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

from adapters.conformance.verdict import Broken, Trial, Verdict
from adapters.values import message_faults
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser, Mode
from scentd.ports import NEVER, DiffuserDialect, Publish

_WHEN = (NEVER, datetime(2026, 11, 28, tzinfo=UTC))
_SOURCE = Source(Origin.MANUAL, "conformance")


def commanding(trial: Trial) -> Verdict:
    """Wish all sorts of things of each device."""
    promise = "encode sends on valid topics, never retained, and raises nothing"
    chance = trial.chance(promise)
    dialect, tries = trial.subject.dialect, 0
    for diffuser in _models(trial):
        for wish in _wishes(diffuser, chance, trial.size // 10):
            tries += 1
            if (fault := _sending(dialect, diffuser, wish)) is not None:
                return Verdict(
                    promise, tries, Broken(f"{fault}, for {_said(wish)}", None, diffuser.id)
                )
    return Verdict(promise, tries)


def wishing_nothing(trial: Trial) -> Verdict:
    """Wish nothing."""
    promise = "encode sends nothing for an empty wish"
    for diffuser in _models(trial):
        if sent := _sent(trial.subject.dialect, diffuser):
            return Verdict(promise, 1, Broken(f"it sends {sent[0]!r:.100}", None, diffuser.id))
    return Verdict(promise, len(_models(trial)))


def stepping(trial: Trial) -> Verdict:
    """Wish each percent, and look whether the nearest native step is sent."""
    promise = "encode sends the nearest native step"
    tries = 0
    for diffuser in _models(trial):
        for percent, power in product(range(1, 101), (None, True)):
            nearest = diffuser.capabilities.nearest_step(percent)
            sent = _sent(trial.subject.dialect, diffuser, power=power, intensity_percent=percent)
            step = _sent(trial.subject.dialect, diffuser, power=power, intensity_percent=nearest)
            tries += 1
            if sent != step and diffuser.capabilities.steps:
                words = f"{percent} % is sent otherwise than its nearest step, {nearest} %"
                return Verdict(promise, tries, Broken(words, None, diffuser.id))
    return Verdict(promise, tries)


def switching_off(trial: Trial) -> Verdict:
    """Wish off together with everything else, and look whether something switches it on."""
    promise = "encode never sends what switches on along with what switches off"
    tries = 0
    for diffuser in _models(trial):
        dialect = trial.subject.dialect
        on, off = (_sent(dialect, diffuser, power=power) for power in (True, False))
        switches_on = set(on) - set(off)
        for percent in (None, *diffuser.capabilities.steps):
            tries += 1
            sent = _sent(dialect, diffuser, power=False, intensity_percent=percent)
            if switches_on & set(sent) or (off and not sent):
                words = f"off at {percent} % sends {sent!r:.160}"
                return Verdict(promise, tries, Broken(words, None, diffuser.id))
    return Verdict(promise, tries)


def _models(trial: Trial) -> tuple[Diffuser, ...]:
    """Give each device as found, and as every profile it may be given."""
    dialect = trial.subject.dialect
    found = tuple(trial.subject.diffusers.values())
    chosen = (
        dialect.with_profile(diffuser, profile.key)
        for diffuser in found[:4]
        for profile in dialect.profiles(diffuser)
    )
    return (*found, *chosen)


def _wishes(diffuser: Diffuser, chance: random.Random, count: int) -> Iterator[Wish]:
    can = diffuser.capabilities
    choices: dict[str, tuple[Any, ...]] = {
        "power": (True, False),
        "intensity_percent": (0, 1, 33, 50, 99, 100),
        "mode": tuple(Mode),
        "light": (True, False),
        "light_percent": (1, 50, 100),
        "light_rgb": ("000000", "ff8000", "ffffff"),
        "light_effect": (*can.light_effects, "no such effect"),
        "timer_s": (0, 1, 90, 3_600, 86_400),
        "slot_no": (1, can.slots, can.slots + 1),
        "sku": ("CEDBER-50",),
        "identify": (True,),
        "refresh": (True,),
    }
    for name, values in choices.items():
        for value in values:
            yield Wish(diffuser.id, _SOURCE, **{name: value})
    for _ in range(count):
        names = chance.sample(tuple(choices), chance.randrange(2, 6))
        yield Wish(diffuser.id, _SOURCE, **{name: chance.choice(choices[name]) for name in names})


def _sending(dialect: DiffuserDialect, diffuser: Diffuser, wish: Wish) -> str | None:
    for expires_at in _WHEN:
        try:
            sent: object = dialect.encode(
                diffuser, wish, command_id="c0ffee", expires_at=expires_at
            )
        except Exception as error:  # noqa: BLE001 - an examined dialect may raise anything
            return f"encode raises {type(error).__name__} {error}"
        if not isinstance(sent, tuple):
            return f"encode answers {sent!r:.60}, which is no tuple"
        for message in sent:
            if (fault := next(message_faults(message), None)) is not None:
                return fault
    return None


def _sent(dialect: DiffuserDialect, diffuser: Diffuser, **parts: Any) -> tuple[Publish, ...]:
    wish = Wish(diffuser.id, _SOURCE, **parts)
    return dialect.encode(diffuser, wish, command_id="c0ffee", expires_at=NEVER)


def _said(wish: Wish) -> str:
    parts = {name: getattr(wish, name) for name in wish.__slots__}
    asked = {name: value for name, value in parts.items() if value not in (None, False)}
    del asked["diffuser_id"], asked["source"]
    return f"the wish {asked}"
