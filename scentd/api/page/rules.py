"""Rules: what happens by itself, a plain form for each, and why it did or did not run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from scentd.api.names import titles
from scentd.api.page.ruleform import EMPTY_ACTION, fits_form, logic_json, read_form, to_fields
from scentd.api.page.rulewords import RuleWords
from scentd.api.page.visit import Page, Visit
from scentd.api.rules import keep_rule
from scentd.api.schedules import new_id
from scentd.automation.attributes import AVAILABILITY, BUTTON, REPORTED
from scentd.automation.errors import RuleInvalid
from scentd.automation.reading import write_rule
from scentd.model.rule import AutomationRule, RuleMode

TRACES_SHOWN = 20
DOINGS = ("on", "off", "set", "wait", "stop_all", "publish")
_NEW: Mapping[str, Any] = {
    "name": "",
    "enabled": True,
    "trigger": {"kind": "time_of_day", "at": "", "days": [0, 1, 2, 3, 4, 5, 6]},
    "conditions": [],
    "actions": [],
    "mode": "single",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list: said in a sentence, and when it last ran."""

    rule: AutomationRule
    sentence: str
    last_ran_at: datetime | None


async def show_rules(visit: Visit) -> web.Response:
    """Show every rule."""
    words = RuleWords(visit.formats, visit.house.activity.names)
    rules = visit.house.rules
    rows = [RuleRow(rule, words.rule(rule), rules.last_ran_at(rule.id)) for rule in rules.all()]
    return visit.page(
        "rules.html",
        {
            "rows": rows,
            "broken": rules.broken,
        },
        at="rules",
    )


async def show_new(visit: Visit) -> web.Response:
    """Show the form of a new rule."""
    return await _form(visit, None, _NEW)


async def show_rule(visit: Visit) -> web.Response:
    """Show a rule: its form and its last firings."""
    rule = _rule(visit)
    return await _form(visit, rule, write_rule(rule))


async def add(visit: Visit) -> web.Response:
    """Keep a new rule."""
    return await _save(visit, None, new_id())


async def save(visit: Visit) -> web.Response:
    """Keep a changed rule."""
    rule = _rule(visit)
    return await _save(visit, rule, rule.id)


async def toggle(visit: Visit) -> web.Response:
    """Switch a rule on or off."""
    on = visit.form.get("enabled") == "on"
    await visit.house.rules.save(replace(_rule(visit), enabled=on))
    return visit.done("/rules", "rule_saved")


async def delete(visit: Visit) -> web.Response:
    """Forget a rule."""
    await visit.house.rules.delete(_rule(visit).id)
    return visit.done("/rules", "rule_deleted")


async def _save(visit: Visit, known: AutomationRule | None, rule_id: str) -> web.Response:
    written = read_form(visit.form)
    try:
        await keep_rule(visit.house, written, rule_id)
    except RuleInvalid as error:
        return await _form(visit, known, written, HTTPStatus.UNPROCESSABLE_ENTITY, error)
    return visit.done("/rules", "rule_saved")


async def _form(
    visit: Visit,
    rule: AutomationRule | None,
    written: Mapping[str, Any] | str,
    status: HTTPStatus = HTTPStatus.OK,
    problem: RuleInvalid | None = None,
) -> web.Response:
    house = visit.house
    traces = await house.rules.traces(rule.id) if rule else ()
    return visit.page(
        "rule.html",
        {
            "rule": rule,
            "problem": problem,
            "traces": traces[:TRACES_SHOWN],
            "diffusers": titles(house.diffusers.all()),
            "percents": sorted(
                {step for one in house.diffusers.all() for step in one.capabilities.steps}
            ),
            "trigger_attributes": (*REPORTED, AVAILABILITY, BUTTON),
            "state_attributes": (*REPORTED, AVAILABILITY),
            "doings": DOINGS,
            "modes": tuple(RuleMode),
            **_filled(visit, written),
        },
        at="rules",
        status=status,
    )


def _filled(visit: Visit, written: Mapping[str, Any] | str) -> dict[str, object]:
    """Give the form's fields; JSON that could not be read stays in its field as it was typed."""
    if isinstance(written, str) or visit.form.get("edit") == "json":
        fits, fields = False, to_fields(_NEW)
        head = {"name": visit.form.get("name", ""), "enabled": "enabled" in visit.form}
        text = visit.form.get("json", "")
    else:
        fits = fits_form(written)
        fields = to_fields(written if fits else _NEW)
        head = {key: written[key] for key in ("name", "enabled", "mode")}
        text = logic_json(written)
    rows = fields["actions"]
    return {
        "head": {"mode": "single", **head},
        "fields": {**fields, "actions": [*rows, EMPTY_ACTION]},
        "json_text": text,
        "as_json": not fits,
        "jsoned": json.dumps,
    }


def _rule(visit: Visit) -> AutomationRule:
    return visit.house.rules.get(visit.request.match_info["rule_id"])


_ONE = "/rules/{rule_id}"

PAGES: tuple[Page, ...] = (
    Page("GET", "/rules", show_rules),
    Page("GET", "/rules/new", show_new),
    Page("POST", "/rules/new", add),
    Page("GET", _ONE, show_rule),
    Page("POST", _ONE, save),
    Page("POST", f"{_ONE}/enabled", toggle),
    Page("POST", f"{_ONE}/delete", delete),
)
