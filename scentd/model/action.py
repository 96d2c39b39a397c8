"""What a rule does, step by step. Every kind carries a literal `kind`, as triggers do."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from scentd.model.condition import Condition


@dataclass(frozen=True, slots=True)
class SetDiffuser:
    """Asks one diffuser for a state; None leaves that part as it is.

    `for_s` switches it off again after that many seconds (the hub keeps the timer).
    """

    diffuser_id: str
    power: bool | None = None
    intensity_percent: int | None = None
    light: bool | None = None
    for_s: int | None = None
    kind: Literal["set_diffuser"] = "set_diffuser"


@dataclass(frozen=True, slots=True)
class ActivateScene:
    """Asks for every state of a scene."""

    scene_id: str
    kind: Literal["scene"] = "scene"


@dataclass(frozen=True, slots=True)
class StopEverything:
    """Switches every diffuser off."""

    kind: Literal["stop_all"] = "stop_all"


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits before the next action, 1..86,400 seconds."""

    seconds: int
    kind: Literal["wait"] = "wait"


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Waits until a condition holds, at most `timeout_s` seconds (1..86,400).

    When it does not hold by then, the next action follows if `go_on`, else the rule ends there.
    """

    condition: Condition
    timeout_s: int
    go_on: bool = True
    kind: Literal["wait_until"] = "wait_until"


@dataclass(frozen=True, slots=True)
class PublishMessage:
    """Publishes a message of the household's own to its broker (QoS 0, never retained)."""

    topic: str
    payload: str = ""
    kind: Literal["publish"] = "publish"


@dataclass(frozen=True, slots=True)
class Notify:
    """Tells the household something on its page."""

    text: str
    kind: Literal["notify"] = "notify"


@dataclass(frozen=True, slots=True)
class SwitchRule:
    """Switches another rule on or off."""

    rule_id: str
    enabled: bool
    kind: Literal["switch_rule"] = "switch_rule"


Action: TypeAlias = Annotated[
    SetDiffuser
    | ActivateScene
    | StopEverything
    | Wait
    | WaitUntil
    | PublishMessage
    | Notify
    | SwitchRule,
    Field(discriminator="kind"),
]
