"""The household's rules: at hand at once, kept as shared documents."""

import logging
import sqlite3
from collections.abc import Callable, Container
from dataclasses import replace
from datetime import datetime

from scentd.automation.documents import from_fields, to_fields
from scentd.automation.errors import RuleInvalid, RuleUnknown
from scentd.automation.reading import check_rule
from scentd.automation.settings import AutomationSettings
from scentd.automation.trace import TraceLog
from scentd.clock import Clock
from scentd.model.rule import AutomationRule, RuleTrace
from scentd.store import rules as rows
from scentd.store.database import Database

_log = logging.getLogger(__name__)


class RuleBook:
    """Hold every rule and what became of it.

    `diffusers` and `scenes` give the ids known now; without `scenes` any may be.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        diffusers: Callable[[], Container[str]],
        settings: AutomationSettings = AutomationSettings(),
        *,
        scenes: Callable[[], Container[str] | None] = lambda: None,
    ) -> None:
        self._database = database
        self._diffusers = diffusers
        self._scenes = scenes
        self._rules: dict[str, AutomationRule] = {}
        self._broken: dict[str, RuleInvalid] = {}
        self._listeners: tuple[Callable[[], None], ...] = ()
        self.trace_log = TraceLog(database, clock, settings.traces_kept)

    @property
    def broken(self) -> dict[str, RuleInvalid]:
        """Rules that came from elsewhere and cannot be used here, by id, with the reason."""
        return dict(self._broken)

    async def load(self) -> None:
        """Read all rules anew; one that cannot be read is set aside alone (see `broken`)."""
        await self.trace_log.load()
        await self.reload()

    async def reload(self) -> None:
        """Read the rules anew, after they were edited elsewhere."""
        found = await self._database.read(rows.read_rules)
        self._rules, self._broken = {}, {}
        for rule_id, fields in found.items():
            try:
                self._rules[rule_id] = from_fields(rule_id, fields)
            except RuleInvalid as error:
                _log.warning("rule %s is not used: %s", rule_id, error.message)
                self._broken[rule_id] = error
        self._tell()

    def all(self) -> tuple[AutomationRule, ...]:
        """Give every rule, by name and then by id."""
        return tuple(sorted(self._rules.values(), key=lambda r: (r.name.casefold(), r.id)))

    def get(self, rule_id: str) -> AutomationRule:
        """Give one rule; raises RuleUnknown."""
        try:
            return self._rules[rule_id]
        except KeyError:
            raise RuleUnknown(rule_id) from None

    async def save(self, rule: AutomationRule) -> AutomationRule:
        """Keep a new or changed rule durably and tell the cloud; raises RuleInvalid.

        Switching it on or off is let through whatever was taken away meanwhile.
        """
        known = self._rules.get(rule.id)
        if known is None or replace(known, enabled=rule.enabled) != rule:
            check_rule(rule, self._diffusers(), self._scenes())
        fields = to_fields(rule)

        def work(connection: sqlite3.Connection) -> None:
            rows.keep_rule(connection, rule.id, fields)

        await self._database.write(work)
        self._rules[rule.id] = rule
        self._broken.pop(rule.id, None)
        self._tell()
        return rule

    async def delete(self, rule_id: str) -> None:
        """Forget a rule and its traces, here and in the account; raises RuleUnknown."""
        if rule_id not in self._rules and rule_id not in self._broken:
            raise RuleUnknown(rule_id)
        await self._database.write(lambda c: rows.forget_rule(c, rule_id))
        self._rules.pop(rule_id, None)
        self._broken.pop(rule_id, None)
        self.trace_log.forget(rule_id)
        self._tell()

    async def traces(self, rule_id: str) -> tuple[RuleTrace, ...]:
        """Give the last firings of a rule, also those that did nothing, newest first."""
        return await self.trace_log.traces(rule_id)

    async def latest(self) -> dict[str, RuleTrace]:
        """Give the last firing of each rule, also one that did nothing, by the rule's id."""
        return await self.trace_log.latest()

    def last_ran_at(self, rule_id: str) -> datetime | None:
        """Give when the rule last ran its actions; None when it never did."""
        return self.trace_log.ran_at(rule_id)

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a rule was added, changed or deleted; the answer ends it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(known for known in self._listeners if known is not listener)

        return end

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
