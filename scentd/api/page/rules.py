"""Rules: what happens by itself, a form and a text for each, why it did or did not run, and what
it would have done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from scentd.api.names import titles
from scentd.api.page import timeline
from scentd.api.page.ruleform import NEW, fits_form, read_form, shown
from scentd.api.page.ruleparts import ACTIONS, CONDITIONS, TRIGGERS, Field
from scentd.api.page.visit import Page, Visit
from scentd.api.rules import known
from scentd.api.rulewords import RuleWords
from scentd.api.schedules import new_id
from scentd.api.tracewords import TraceWords
from scentd.automation.attributes import AVAILABILITY, BUTTON, REPORTED
from scentd.automation.dryrun import DryRun
from scentd.automation.errors import RuleInvalid
from scentd.automation.reading import read_rule, write_rule
from scentd.automation.text import read_text, write_text
from scentd.automation.units import NAMES as UNITS
from scentd.model.presence import HOME_ZONE_ID
from scentd.model.rule import AutomationRule, RuleMode, RuleTrace, Verdict
from scentd.model.trigger import SensorReading, VoiceCommand

TRACES_SHOWN = 20
DRY_RUN_DAYS = 30
TONES = {
    Verdict.RAN.value: "good",
    Verdict.FAILED.value: "bad",
    Verdict.LOOP_STOPPED.value: "bad",
    Verdict.MISSED.value: "warn",
}
_SUBMITS_THAT_ONLY_SHOW = ("add", "remove", "refresh")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list: said in a sentence, when it last ran, and how it last went."""

    rule: AutomationRule
    sentence: str
    last_ran_at: datetime | None
    last: RuleTrace | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """What the form offers to choose from; `focus` is the id of what to go on with."""

    diffusers: Mapping[str, str]
    scenes: Mapping[str, str]
    rules: Mapping[str, str]
    members: Mapping[str, str]
    zones: Mapping[str, str]
    units: Mapping[str, str]
    attributes: Mapping[str, str]
    percents: Sequence[int]
    focus: str
    triggers: Mapping[str, tuple[Field, ...]]
    conditions: Mapping[str, tuple[Field, ...]]
    actions: Mapping[str, tuple[Field, ...]]

    @staticmethod
    def shown(field: Field, value: object) -> str:
        """Give what stands in a field."""
        return shown(field, value)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being edited: the parts of the form, or with `text` the text in place of them."""

    written: Mapping[str, Any]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What else the page shows: what is wrong, what a dry run found, where to go on."""

    problem: RuleInvalid | None = None
    trial: DryRun | None = None
    tried: AutomationRule | None = None
    unheard: str = ""
    focus: str = ""

    @property
    def status(self) -> HTTPStatus:
        """The status it is answered with."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.problem else HTTPStatus.OK


async def show_rules(visit: Visit) -> web.Response:
    """Show every rule, and the scenes they call."""
    house = visit.house
    words = _words(visit)
    latest = await house.rules.latest()
    rows = [
        RuleRow(
            rule,
            words.rule(rule),
            house.rules.last_ran_at(rule.id),
            latest.get(rule.id),
            house.automations.is_stopped(rule.id),
        )
        for rule in house.rules.all()
    ]
    return visit.page(
        "rules.html",
        {
            "rows": rows,
            "tones": TONES,
            "is_held": house.automations.held_because is not None,
            "say": TraceWords(visit.formats, house.activity.names, words, visit.now),
            "scenes": house.scenes.all(),
            "scene_words": words.scene,
            "broken": visit.broken({**house.rules.broken, **house.scenes.broken}),
        },
        at="rules",
    )


async def show_new(visit: Visit) -> web.Response:
    """Show the form of a new rule."""
    return await _show(visit, None, Draft(NEW))


async def show_rule(visit: Visit) -> web.Response:
    """Show a rule: its form and its last firings."""
    rule = _rule(visit)
    return await _show(visit, rule, _draft_of(rule))


async def add(visit: Visit) -> web.Response:
    """Take the form of a new rule."""
    return await _take(visit, None, new_id())


async def save(visit: Visit) -> web.Response:
    """Take the form of a rule."""
    rule = _rule(visit)
    return await _take(visit, rule, rule.id)


async def toggle(visit: Visit) -> web.Response:
    """Switch a rule on or off."""
    on = visit.form.get("enabled") == "on"
    await visit.house.rules.save(replace(_rule(visit), enabled=on))
    return visit.done("/rules", "rule_saved")


async def run_now(visit: Visit) -> web.Response:
    """Do at once what a rule does."""
    rule = _rule(visit)
    visit.house.automations.run_now(rule)
    return visit.done(f"/rules/{rule.id}", "rule_ran")


async def delete(visit: Visit) -> web.Response:
    """Forget a rule."""
    await visit.house.rules.delete(_rule(visit).id)
    return visit.done("/rules", "rule_deleted")


async def _take(visit: Visit, rule: AutomationRule | None, rule_id: str) -> web.Response:
    form = visit.form
    is_text = form.get("edit") == "text"
    draft = Draft(NEW, form.get("text", "")) if is_text else Draft(read_form(form))
    if any(name in form for name in _SUBMITS_THAT_ONLY_SHOW):
        return await _show(visit, rule, draft, Result(focus=_focus(form, draft.written)))
    try:
        read = _read(visit, draft, rule_id)
        if "dry" in form:
            trial = await visit.house.automations.dry_run(read, DRY_RUN_DAYS)
            result = Result(trial=trial, tried=read, unheard=_unheard(visit, read), focus="trial")
            return await _show(visit, rule, draft, result)
        if form.get("as") == "text":
            return await _show(visit, rule, Draft(NEW, write_text(read)), Result(focus="text"))
        if form.get("as") == "form":
            return await _show(visit, rule, _draft_of(read), Result(focus="t.kind"))
        await visit.house.rules.save(read)
    except RuleInvalid as error:
        return await _show(visit, rule, draft, Result(problem=error))
    return visit.done("/rules", "rule_saved")


def _draft_of(rule: AutomationRule) -> Draft:
    """Give a rule to be edited: as text where a form would bend it."""
    written = write_rule(rule)
    return Draft(written) if fits_form(written) else Draft(NEW, write_text(rule))


def _read(visit: Visit, draft: Draft, rule_id: str) -> AutomationRule:
    """Read what was typed; a rule to be tried or turned need not have a name yet."""
    names = known(visit.house)
    if draft.text is not None:
        return read_text(draft.text, **names, rule_id=rule_id)
    written = dict(draft.written)
    if not written["name"] and {"dry", "as"} & set(visit.form):
        written["name"] = visit.words("rules.new")
    return read_rule(written, **names, rule_id=rule_id)


def _unheard(visit: Visit, rule: AutomationRule) -> str:
    """Say what of a rule's trigger no record can tell."""
    if isinstance(rule.trigger, VoiceCommand):
        return visit.words("trial.no_voice")
    if isinstance(rule.trigger, SensorReading):
        topic = rule.trigger.topic
        if not any(topic == getattr(one.trigger, "topic", "") for one in visit.house.rules.all()):
            return visit.words("trial.no_topic", topic=topic)
    return ""


def _focus(form: Mapping[str, str], written: Mapping[str, Any]) -> str:
    """Name what to go on with: the row just added, the button after one was removed."""
    if "refresh" in form:
        return form["refresh"]
    if "remove" in form:
        return f"add.{form['remove'].rpartition('.')[0]}"
    path = form.get("add", "")
    rows: Any = written["actions"] if path == "a" else written["conditions"]
    for step in path.split(".")[1:]:
        rows = rows[int(step)] if step.isdecimal() else rows.get(step, [])
    return f"{path}.{len(rows) - 1}.kind"


async def _show(
    visit: Visit, rule: AutomationRule | None, draft: Draft, result: Result = Result()
) -> web.Response:
    house = visit.house
    traces = await house.rules.traces(rule.id) if rule else ()
    words = _words(visit)
    trial = result.trial
    return visit.page(
        "rule.html",
        {
            "rule": rule,
            "sentence": words.rule(rule) if rule else "",
            "stopped": rule is not None and house.automations.is_stopped(rule.id),
            "written": draft.written,
            "as_text": draft.text is not None,
            "text": draft.text,
            "problem": result.problem and visit.refusal(result.problem),
            "trial": trial,
            "unheard": result.unheard,
            "plot": timeline.draw(trial, visit.formats) if trial else None,
            "form": _form_view(visit, result.focus),
            "modes": tuple(RuleMode),
            "traces": traces[:TRACES_SHOWN],
            "say": TraceWords(
                visit.formats, house.activity.names, words, visit.now, result.tried or rule
            ),
            "tones": {verdict.value: TONES.get(verdict.value, "plain") for verdict in Verdict},
        },
        at="rules",
        status=result.status,
    )


def _words(visit: Visit) -> RuleWords:
    return RuleWords(visit.formats, visit.house.activity.names, visit.house.roster)


def _form_view(visit: Visit, focus: str) -> FormView:
    house, t = visit.house, visit.words
    names = (*REPORTED, AVAILABILITY, BUTTON)
    steps = {step for one in house.diffusers.all() for step in one.capabilities.steps}
    return FormView(
        diffusers=titles(house.diffusers.all()),
        scenes={scene.id: scene.name for scene in house.scenes.all()},
        rules={rule.id: rule.name for rule in house.rules.all()},
        members={member.id: member.name for member in house.roster.members()},
        zones={
            HOME_ZONE_ID: t("place.home"),
            **{zone.id: zone.name for zone in house.roster.zones() if zone.id != HOME_ZONE_ID},
        },
        units={unit: unit for unit in UNITS},
        attributes={name: t(f"attribute.{name}") for name in names},
        percents=sorted(steps),
        focus=focus,
        triggers=TRIGGERS,
        conditions=CONDITIONS,
        actions=ACTIONS,
    )


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
    Page("POST", f"{_ONE}/run", run_now),
    Page("POST", f"{_ONE}/delete", delete),
)
