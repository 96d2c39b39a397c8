"""The answer to “why?” in words of the household's language."""

from datetime import datetime

from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.reasonwords import moment, tell_then
from scentd.api.why import Why
from scentd.model.commands import UNTIL_I_SAY, Origin
from scentd.model.reasons import Reason
from scentd.model.safety import Decision, Happened


class WhyWords:
    """Put it into words of the household's language; `now` is when they are read."""

    def __init__(self, house: House, formats: Formats, now: datetime) -> None:
        self._house = house
        self._formats = formats
        self._now = now

    def state(self, why: Why) -> str:
        """Say what the device did."""
        if why.turned is None:
            return self._t("why.unknown")
        since = self._formats.when(why.turned.at, self._now)
        return self._t("why.ran" if why.turned.power else "why.rested", since=since)

    def cause(self, why: Why) -> str:
        """Say what won."""
        if why.won is None:
            return ""
        if why.won.happened is Happened.STOPPED:
            return self.reason(why.won)
        return self._t("why.because", who=self.who(why.won))

    def until(self, why: Why) -> str:
        """Say until when that held; "" where nothing was held."""
        if why.won is None or why.won.until is None:
            return ""
        if why.won.until == UNTIL_I_SAY:
            return self._t("why.until_i_say")
        return self._t("why.until", when=self._moment(why.won.until))

    def losses(self, why: Why) -> list[str]:
        """Say of each wish that lost who wished it, and why not."""
        return [
            self._t(
                "why.lost",
                when=self._formats.when(one.at, self._now),
                who=self.who(one),
                what=self._t("why.to_stop" if one.power is False else "why.to_run"),
                reason=self.reason(one),
            )
            for one in why.lost
        ]

    def comes(self, why: Why) -> str:
        """Say what the plan does next."""
        if why.comes is None:
            return self._t("why.nothing_comes")
        key = "why.runs_until" if why.comes.start <= self._now else "why.comes"
        when = why.comes.end if why.comes.start <= self._now else why.comes.start
        name = self._house.activity.names.schedule(why.comes.schedule_id)
        return self._t(key, when=self._formats.soon(when, self._now), name=name)

    def who(self, line: Decision) -> str:
        """Name who wished."""
        names = self._house.activity.names
        if line.origin is None:
            return self._t("why.by_itself")
        if line.reference == "button":
            return self._t("why.by_button")
        if line.reference == "slot_empty":
            return self._t("why.by_empty_slot")
        if line.origin is Origin.SCHEDULE:
            return self._t("why.by_schedule", name=names.schedule(line.reference))
        if line.origin is Origin.RULE:
            return self._t("why.by_rule", name=names.rule(line.reference))
        return self._t(f"why.by_{line.origin.value}")

    def reason(self, line: Decision) -> str:
        """Say why a wish lost or a run ended."""
        if line.code:
            return tell_then(Reason(line.code, line.facts), self._formats, self._now)
        key = f"why.{line.happened.value}"
        return self._t(key if self._formats.words.has(key) else "why.refused")

    def _moment(self, at: datetime) -> str:
        return moment(at, self._formats, self._now)

    def _t(self, key: str, **facts: object) -> str:
        return self._formats.words(key, **facts)
