"""What rules did and why, kept for the question that comes later."""

import asyncio
import json
import sqlite3
from collections import deque
from datetime import datetime

from scentd.automation.people import without_people
from scentd.clock import Clock
from scentd.contracts.bodies import EventClass, RuleFiredV1
from scentd.model.reasons import pack, unpack
from scentd.model.rule import RuleTrace, TraceStep, Verdict
from scentd.store import outbox, rules
from scentd.store.database import Database

WRITE_EVERY_S = 30.0
"""Traces are telemetry: a power cut may take half a minute of them, the card lives longer."""

_MOST_PENDING = 5_000


class TraceLog:
    """Gather traces in memory and write them in batches, the last few of each rule.

    The cloud is told of each rule's latest firing, once a batch.
    """

    def __init__(self, database: Database, clock: Clock, kept: int) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._pending: dict[str, deque[RuleTrace]] = {}
        self._count = 0
        self._is_full = asyncio.Event()
        self._has_news = asyncio.Event()
        self._ran_at: dict[str, datetime] = {}

    async def load(self) -> None:
        """Read when each rule last ran."""
        self._ran_at = await self._database.read(rules.read_ran)

    async def run(self) -> None:
        """Write what gathers until cancelled."""
        while True:
            await self._has_news.wait()
            await self._gather()
            await self.flush()

    def add(self, trace: RuleTrace) -> None:
        """Remember a firing."""
        pending = self._pending.get(trace.rule_id)
        if pending is None:
            pending = self._pending[trace.rule_id] = deque(maxlen=self._kept)
        pending.append(trace)
        if trace.verdict is Verdict.RAN:
            self._ran_at[trace.rule_id] = trace.at
        self._count += 1
        self._has_news.set()
        if self._count >= _MOST_PENDING:
            self._is_full.set()

    def ran_at(self, rule_id: str) -> datetime | None:
        """Give when the rule last ran its actions; None when it never did."""
        return self._ran_at.get(rule_id)

    def forget(self, rule_id: str) -> None:
        """Drop what is remembered in memory of a deleted rule."""
        self._pending.pop(rule_id, None)
        self._ran_at.pop(rule_id, None)

    async def flush(self) -> None:
        """Write what has gathered."""
        if (batch := self._take()) is not None:
            await self._database.write(batch.write)

    def flush_later(self) -> None:
        """Have what has gathered written with the next batch, at latest when the store closes."""
        if (batch := self._take()) is not None:
            self._database.write_later(batch.write)

    async def traces(self, rule_id: str) -> tuple[RuleTrace, ...]:
        """Give the last firings of a rule, newest first."""
        await self.flush()
        found = await self._database.read(lambda c: rules.read_traces(c, rule_id))
        return tuple(_read(trace) for trace in found)

    async def latest(self) -> dict[str, RuleTrace]:
        """Give the last firing of each rule."""
        await self.flush()
        found = await self._database.read(rules.read_latest)
        return {rule_id: _read(trace) for rule_id, trace in found.items()}

    async def _gather(self) -> None:
        """Let half a minute of traces come together, less when there are very many."""
        async with asyncio.TaskGroup() as group:
            waits = [
                group.create_task(self._is_full.wait(), name="traces full"),
                group.create_task(self._clock.sleep(WRITE_EVERY_S), name="traces due"),
            ]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    def _take(self) -> "_Batch | None":
        pending, self._pending = self._pending, {}
        self._count = 0
        self._is_full.clear()
        self._has_news.clear()
        if not pending:
            return None
        ran = {rule_id: self._ran_at[rule_id] for rule_id in pending if rule_id in self._ran_at}
        return _Batch(
            {rule_id: tuple(traces) for rule_id, traces in pending.items()}, ran, self._kept
        )


class _Batch:
    def __init__(
        self, traces: dict[str, tuple[RuleTrace, ...]], ran: dict[str, datetime], kept: int
    ) -> None:
        self._traces = traces
        self._ran = ran
        self._kept = kept

    def write(self, connection: sqlite3.Connection) -> None:
        for rule_id, traces in self._traces.items():
            written = [(trace.at, _written(trace)) for trace in traces]
            rules.add_traces(connection, rule_id, written, kept=self._kept)
            last = traces[-1]
            body = RuleFiredV1(
                rule_id=rule_id,
                verdict=last.verdict.value,
                trigger=without_people(last.trigger)[:500],
            )
            outbox.append(connection, EventClass.HISTORY, "rule.fired", 1, body, subject=rule_id)
        rules.keep_ran(connection, self._ran)


def _written(trace: RuleTrace) -> str:
    steps = [_written_step(step) for step in trace.steps]
    fields = {
        "rule_id": trace.rule_id,
        "at": _moment(trace.at),
        "trigger": pack((trace.trigger,)),
        "verdict": trace.verdict.value,
        "steps": steps,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _written_step(step: TraceStep) -> dict[str, object]:
    fields: dict[str, object] = {
        "what": step.what,
        "outcome": pack(step.outcome),
        "at": _moment(step.at),
    }
    return fields if step.held is None else {**fields, "held": step.held}


def _read(written: str) -> RuleTrace:
    """Give a kept firing, also one of before there were codes."""
    fields = json.loads(written)
    steps = tuple(
        TraceStep(
            step["what"],
            unpack(step["outcome"]),
            datetime.fromisoformat(step["at"]),
            step.get("held"),
        )
        for step in fields["steps"]
    )
    (trigger,) = unpack(fields["trigger"])
    at, verdict = datetime.fromisoformat(fields["at"]), Verdict(fields["verdict"])
    return RuleTrace(fields["rule_id"], at, trigger, verdict, steps)


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
