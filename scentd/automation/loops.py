"""Rules that fire each other: noticed by cause, named, and stopped for a while."""

from typing import NamedTuple

from scentd.automation.settings import AutomationSettings

_MINUTE_S = 60.0

ECHO_S = 5.0
"""A message on a topic within this after a rule published there counts as that rule's doing."""


class Link(NamedTuple):
    """One firing in a chain of causes."""

    rule_id: str
    at_s: float


class LoopGuard:
    """Follow which firing caused which; moments are monotonic seconds."""

    def __init__(self, settings: AutomationSettings) -> None:
        self._settings = settings
        self._chains: dict[str, tuple[Link, ...]] = {}
        self._published: dict[str, Link] = {}
        self._held_until_s: dict[str, float] = {}
        self._runs: dict[str, tuple[float, int]] = {}

    def note_publish(self, rule_id: str, topic: str, now_s: float) -> None:
        """Remember that a rule published on a topic that rules listen to."""
        self._published[topic] = Link(rule_id, now_s)

    def cause_of(self, topic: str, now_s: float) -> str | None:
        """Give the rule whose message this probably is."""
        link = self._published.get(topic)
        return link.rule_id if link and now_s - link.at_s <= ECHO_S else None

    def is_held(self, rule_id: str, now_s: float) -> bool:
        """Tell whether the rule is stopped because it closed a loop."""
        until_s = self._held_until_s.get(rule_id)
        return until_s is not None and now_s < until_s

    def after_firing(self, rule_id: str, cause: str | None, now_s: float) -> tuple[str, ...]:
        """Note a firing; the rules of the loop, in order, if it is one link too many, else ().

        The rule is then held for a while. A rule that simply runs too often, whatever sets it
        off, is a loop of one.
        """
        if self._is_too_often(rule_id, now_s):
            return self._hold(rule_id, now_s, (Link(rule_id, now_s),))
        before = self._chains.get(cause, ()) if cause is not None else ()
        since_s = now_s - self._settings.loop_window_s
        chain = (*(link for link in before if link.at_s >= since_s), Link(rule_id, now_s))
        if len(chain) <= self._settings.loop_links:
            self._chains[rule_id] = chain
            return ()
        return self._hold(rule_id, now_s, chain)

    def release(self, rule_id: str) -> None:
        """Let a rule fire again: somebody edited it."""
        for known in (self._held_until_s, self._chains, self._runs):
            known.pop(rule_id, None)

    def _hold(self, rule_id: str, now_s: float, chain: tuple[Link, ...]) -> tuple[str, ...]:
        self._chains.pop(rule_id, None)
        self._runs.pop(rule_id, None)
        self._held_until_s[rule_id] = now_s + self._settings.loop_hold_s
        return _one_round(chain)

    def _is_too_often(self, rule_id: str, now_s: float) -> bool:
        since_s, count = self._runs.get(rule_id, (now_s, 0))
        if now_s - since_s >= _MINUTE_S:
            since_s, count = now_s, 0
        self._runs[rule_id] = (since_s, count + 1)
        return 0 < self._settings.runs_per_minute <= count


def _one_round(chain: tuple[Link, ...]) -> tuple[str, ...]:
    """Give the chain's last round, from the last rule back to where it was before."""
    ids = [link.rule_id for link in chain]
    last = ids[-1]
    earlier = [place for place, rule_id in enumerate(ids[:-1]) if rule_id == last]
    return tuple(ids[earlier[-1] :]) if earlier else tuple(ids)
