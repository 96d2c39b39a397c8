"""Automation rules: see them, change them, and why they did or did not run."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, TypedDict

from pydantic import Field

from scentd.api.access import Scope
from scentd.api.house import House
from scentd.api.routes import Call, Route, View, route
from scentd.api.rulewords import RuleWords
from scentd.api.schedules import new_id
from scentd.api.traces import DryRunView, TraceView, view_dry_run, view_trace
from scentd.api.tracewords import TraceWords
from scentd.automation.reading import read_rule
from scentd.automation.text import read_text, write_text
from scentd.model.rule import AutomationRule


class DryRunBody(View):
    """Which rule to try, over how long."""

    rule: dict[str, Any] | None = None
    """The rule as it would be kept; null to try the kept one of `rule_id`."""
    rule_id: str | None = None
    """The kept rule to try, or the one this would replace."""
    days: int = Field(default=30, ge=1, le=366)
    """Days until now."""


class RuleStatusView(View):
    """How a rule stands."""

    last_triggered: datetime | None
    """When it last ran its actions, UTC; null when it never did."""
    is_stopped: bool
    """Whether it is stopped for a while because it closed a loop."""
    held_because: str | None
    """Why no time of day fires at the moment; null when all is well."""


class RuleTextView(View):
    """A rule as text."""

    text: str
    """YAML with the fields name, enabled, trigger, conditions, actions and mode."""


async def list_rules(call: Call[None]) -> list[AutomationRule]:
    """Give every rule."""
    return list(call.house.rules.all())


async def get_rule(call: Call[None]) -> AutomationRule:
    """Give one rule."""
    return call.house.rules.get(call.path["rule_id"])


async def add_rule(call: Call[dict[str, Any]]) -> AutomationRule:
    """Keep a new rule; an id in the body is replaced by a fresh one."""
    return await keep_rule(call.house, call.asked, new_id())


async def replace_rule(call: Call[dict[str, Any]]) -> AutomationRule:
    """Keep a rule under the id of the address, new or in place of the old one."""
    return await keep_rule(call.house, call.asked, call.path["rule_id"])


async def delete_rule(call: Call[None]) -> None:
    """Forget a rule."""
    await call.house.rules.delete(call.house.rules.get(call.path["rule_id"]).id)


async def rule_traces(call: Call[None]) -> list[TraceView]:
    """Give the last firings of a rule, the newest first: what set it off and how it went."""
    rule = call.house.rules.get(call.path["rule_id"])
    say = _trace_words(call, rule)
    return [view_trace(trace, say) for trace in await call.house.rules.traces(rule.id)]


async def dry_run(call: Call[DryRunBody]) -> DryRunView:
    """Tell what a rule, kept or not, would have done in the last days, and why not more.

    Nothing is done. It is judged by what the hub recorded: devices, readings on topics that a
    kept rule names, members, levels and events; not what people say.
    """
    asked, house = call.asked, call.house
    rule_id = asked.rule_id or "unsaved"
    if asked.rule is None:
        rule = house.rules.get(rule_id)
    else:
        rule = read_rule(asked.rule, **known(house), rule_id=rule_id)
    found = await house.automations.dry_run(rule, asked.days)
    return view_dry_run(found, _trace_words(call, rule))


def _trace_words(call: Call[Any], rule: AutomationRule) -> TraceWords:
    names = call.house.activity.names
    words = RuleWords(call.formats, names, call.house.roster)
    return TraceWords(call.formats, names, words, call.now, rule)


async def rule_as_yaml(call: Call[None]) -> RuleTextView:
    """Give a rule as YAML text."""
    return RuleTextView(text=write_text(call.house.rules.get(call.path["rule_id"])))


async def add_yaml(call: Call[RuleTextView]) -> AutomationRule:
    """Keep a new rule from YAML text; what cannot be used is refused with its line."""
    return await keep_text(call.house, call.asked.text, new_id())


async def replace_yaml(call: Call[RuleTextView]) -> AutomationRule:
    """Keep a rule from YAML text under the id of the address."""
    return await keep_text(call.house, call.asked.text, call.path["rule_id"])


async def rule_status(call: Call[None]) -> RuleStatusView:
    """Give how a rule stands: when it last ran, and whether it is held."""
    house = call.house
    rule = house.rules.get(call.path["rule_id"])
    return RuleStatusView(
        last_triggered=house.rules.last_ran_at(rule.id),
        is_stopped=house.automations.is_stopped(rule.id),
        held_because=call.words("rules.held") if house.automations.held_because else None,
    )


async def run_rule(call: Call[None]) -> None:
    """Do at once what a rule does, whatever its conditions; the trace tells how it went."""
    call.house.automations.run_now(call.house.rules.get(call.path["rule_id"]))


async def keep_rule(house: House, raw: object, rule_id: str) -> AutomationRule:
    """Read, check and keep a rule; raises RuleInvalid."""
    return await house.rules.save(read_rule(raw, **known(house), rule_id=rule_id))


async def keep_text(house: House, text: str, rule_id: str) -> AutomationRule:
    """Read, check and keep a rule written as YAML; raises RuleTextInvalid."""
    return await house.rules.save(read_text(text, **known(house), rule_id=rule_id))


class Known(TypedDict):
    """What a rule may name here."""

    diffusers: frozenset[str]
    scenes: frozenset[str]


def known(house: House) -> Known:
    """Give the ids a rule may name."""
    return Known(
        diffusers=frozenset(one.id for one in house.diffusers.all()),
        scenes=frozenset(one.id for one in house.scenes.all()),
    )


_ALL = "/api/v1/rules"
_ONE = "/api/v1/rules/{rule_id}"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, list_rules, answers=list[AutomationRule]),
    route(
        "POST",
        _ALL,
        Scope.CONFIGURE,
        add_rule,
        asks=dict[str, Any],
        answers=AutomationRule,
        status=HTTPStatus.CREATED,
        schema=AutomationRule,
    ),
    route("GET", _ONE, Scope.READ, get_rule, answers=AutomationRule),
    route(
        "PUT",
        _ONE,
        Scope.CONFIGURE,
        replace_rule,
        asks=dict[str, Any],
        answers=AutomationRule,
        schema=AutomationRule,
    ),
    route("DELETE", _ONE, Scope.CONFIGURE, delete_rule, status=HTTPStatus.NO_CONTENT),
    route("POST", f"{_ALL}/dry-run", Scope.CONFIGURE, dry_run, asks=DryRunBody, answers=DryRunView),
    route(
        "POST",
        f"{_ALL}/yaml",
        Scope.CONFIGURE,
        add_yaml,
        asks=RuleTextView,
        answers=AutomationRule,
        status=HTTPStatus.CREATED,
    ),
    route("GET", f"{_ONE}/yaml", Scope.READ, rule_as_yaml, answers=RuleTextView),
    route(
        "PUT",
        f"{_ONE}/yaml",
        Scope.CONFIGURE,
        replace_yaml,
        asks=RuleTextView,
        answers=AutomationRule,
    ),
    route("GET", f"{_ONE}/status", Scope.READ, rule_status, answers=RuleStatusView),
    route("POST", f"{_ONE}/run", Scope.CONTROL, run_rule, status=HTTPStatus.NO_CONTENT),
    route("GET", f"{_ONE}/traces", Scope.READ, rule_traces, answers=list[TraceView]),
)
