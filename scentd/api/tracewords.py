"""What a firing was set off by and how it went, in words of the household's language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from scentd.api.formats import Formats
from scentd.api.names import Names
from scentd.api.reasonwords import tell_then
from scentd.api.rulewords import RuleWords
from scentd.automation.wording import action_words, condition_words
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule, TraceStep

_TRUTHS = {"True": True, "False": False}


class TraceWords:
    """Word the firings of a rule; `now` is when they are read.

    A step is known again by what the rule says now. One that an edit took away, and a firing
    of before there were codes, stay as they were written.
    """

    def __init__(
        self,
        formats: Formats,
        names: Names,
        words: RuleWords,
        now: datetime,
        rule: AutomationRule | None = None,
    ) -> None:
        self._formats = formats
        self._t = formats.words
        self._now = now
        self._words = words
        self._steps = {} if rule is None else _steps(rule, words)
        self._facts: dict[str, Callable[[str], str]] = {
            "diffuser": names.diffuser,
            "attribute": words.attribute,
            "member": words.member,
            "zone": words.zone,
            "point": lambda point: self._t(f"sun.{point}"),
            "where": lambda where: self._t(f"trace_where.{where}"),
            "weekday": lambda day: self._t(f"day.{day[:3].lower()}"),
            "date": lambda day: formats.date_of(date.fromisoformat(day)),
        }

    def trigger(self, trigger: Reason) -> str:
        """Say what set it off."""
        said = self._tell(trigger)
        seconds = trigger.facts.get("for_s")
        if seconds is None:
            return said
        return said + self._t("when.for", span=self._words.span(int(seconds)))

    def what(self, english: str) -> str:
        """Say what a condition or action is."""
        return self._steps.get(english, english) if english else self._t("trace.itself")

    def outcome(self, step: TraceStep) -> str:
        """Say how it went."""
        said = "; ".join(map(self._tell, step.outcome))
        if step.held is None:
            return said
        return self._t("trace.holds" if step.held else "trace.fails", fact=said)

    def _tell(self, reason: Reason) -> str:
        key = f"trace.{reason.code}"
        if not self._t.has(key):
            return tell_then(reason, self._formats, self._now)
        known = reason.facts
        return self._t(key, **{name: self._fact(name, known[name], known) for name in known})

    def _fact(self, name: str, value: str | int, facts: Mapping[str, str | int]) -> str:
        if name == "value" and "attribute" in facts:
            plain = _TRUTHS.get(str(value), value)
            return self._words.value(str(facts["attribute"]), plain)
        if name == "seconds":
            return self._words.span(int(value))
        word = self._facts.get(name)
        return str(value) if word is None else word(str(value))


def _steps(rule: AutomationRule, words: RuleWords) -> dict[str, str]:
    """Give each condition and action of a rule by its English in the trace."""
    return {
        **{condition_words(one): words.plain(one) for one in rule.conditions},
        **{action_words(one): words.action(one) for one in rule.actions},
    }
