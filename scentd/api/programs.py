"""The household's rules and scenes as page and API speak to them.

Each protocol is fulfilled by one part that the daemon builds; none of them is imported here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from scentd.automation.dryrun import DryRun
from scentd.model.errors import ScentdError
from scentd.model.rule import AutomationRule, RuleTrace
from scentd.model.scene import Scene


class Rules(Protocol):
    """The automation rules."""

    @property
    def broken(self) -> Mapping[str, ScentdError]:
        """Rules that came from elsewhere and cannot be used here, by id, with the reason."""
        ...

    def all(self) -> Sequence[AutomationRule]:
        """Give every rule in a stable order."""
        ...

    def get(self, rule_id: str) -> AutomationRule:
        """Give one rule; raises an error of code `rule_unknown`."""
        ...

    async def save(self, rule: AutomationRule) -> AutomationRule:
        """Keep a new or changed rule."""
        ...

    async def delete(self, rule_id: str) -> None:
        """Forget a rule."""
        ...

    def last_ran_at(self, rule_id: str) -> datetime | None:
        """Give when it last ran its actions; None when it never did."""
        ...

    async def traces(self, rule_id: str) -> Sequence[RuleTrace]:
        """Give the last firings, the newest first."""
        ...

    async def latest(self) -> Mapping[str, RuleTrace]:
        """Give the last firing of each rule, by the rule's id."""
        ...

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a rule changed; the answer ends it."""
        ...


class Scenes(Protocol):
    """The named sets of states."""

    @property
    def broken(self) -> Mapping[str, ScentdError]:
        """Scenes that came from elsewhere and cannot be used here, by id, with the reason."""
        ...

    def all(self) -> Sequence[Scene]:
        """Give every scene in a stable order."""
        ...

    def get(self, scene_id: str) -> Scene:
        """Give one scene; raises an error of code `scene_unknown`."""
        ...

    async def save(self, scene: Scene) -> Scene:
        """Keep a new or changed scene."""
        ...

    async def delete(self, scene_id: str) -> None:
        """Forget a scene."""
        ...


class Automations(Protocol):
    """The rules at work."""

    @property
    def held_because(self) -> str | None:
        """Why no time of day fires at the moment, in plain words; None when all is well."""
        ...

    def is_stopped(self, rule_id: str) -> bool:
        """Say whether a rule is stopped for a while because it closed a loop."""
        ...

    def run_now(self, rule: AutomationRule) -> None:
        """Do at once what a rule does, whatever its conditions."""
        ...

    async def dry_run(self, rule: AutomationRule, days: int) -> DryRun:
        """Tell what a rule would have done in the last `days`."""
        ...

    def hear_phrase(self, text: str, language: str = "", room: str = "") -> Sequence[str]:
        """Fire the rules that wait for a sentence; their ids. "" for what is not known."""
        ...
