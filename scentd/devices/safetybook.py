"""What the household decided about safety, kept durably; and what of it is used up today."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from scentd.clock import Clock
from scentd.devices.commander import Commander
from scentd.devices.guard import DoseGuard
from scentd.devices.ledger import room_subject
from scentd.model.commands import Outcome, Source
from scentd.model.safety import Decision, Limits, SafetyRules, StopHold, Use
from scentd.store import safety as rows
from scentd.store.database import Database

_log = logging.getLogger(__name__)


class SafetyBook:
    """Hold the household's rules of safety; the guard obeys them at once.

    `resume_all` of the commander lets the plan go on where a change allows it.
    """

    _RULES: TypeAdapter[SafetyRules] = TypeAdapter(SafetyRules)

    def __init__(
        self,
        database: Database,
        clock: Clock,
        guard: DoseGuard,
        commander: Commander,
    ) -> None:
        self._database = database
        self._clock = clock
        self._guard = guard
        self._commander = commander
        self._changing = asyncio.Lock()

    @property
    def rules(self) -> SafetyRules:
        """The rules as they are now."""
        return self._guard.rules

    async def load(self) -> None:
        """Read what was kept; nothing kept leaves the careful beginnings."""
        kept = await self._database.read(lambda c: rows.read_facts(c, "rules"))
        for text in kept.values():
            try:
                self._guard.obey(self._RULES.validate_json(text))
            except ValidationError:
                _log.exception("the rules of safety cannot be read; the beginnings hold")

    async def save(self, rules: SafetyRules) -> None:
        """Keep these rules durably and obey them; what runs against them stops within a second.

        The stop of everything stays as it is: `hold` and `release` change that.
        """
        await self._keep(lambda known: replace(rules, hold=known.hold))
        self._commander.resume_all()

    async def hold(self, source: Source) -> tuple[Outcome, ...]:
        """Stop everything, and let nothing start until `release`."""
        hold = StopHold(source.reference, self._clock.now())
        # At once, whatever else is being kept: nobody who says stop waits for a disk.
        self._guard.obey(replace(self.rules, hold=hold))
        outcomes = self._commander.stop_all(source, is_barred=True)
        await self._keep(lambda known: replace(known, hold=hold))
        return outcomes

    async def release(self) -> None:
        """Let go of a stop that holds; the plan says what runs now, hands' own stops stay."""
        if self.rules.hold is None:
            return
        await self._keep(lambda known: replace(known, hold=None))
        self._commander.resume_all()

    def use_of(self, diffuser_id: str) -> Use:
        """Give what a device gave off and may."""
        return self._use(diffuser_id, self._guard.limits(diffuser_id))

    def use_in(self, room: str) -> Use:
        """Give what the devices of a room gave off together and may."""
        return self._use(room_subject(room), self._guard.room_limits(room))

    async def decisions(self, diffuser_id: str, until: datetime) -> list[Decision]:
        """Give what was decided about a device up to a moment, the newest first."""
        return await self._commander.decisions.before(diffuser_id, until)

    def _use(self, subject: str, limits: Limits) -> Use:
        for name in self._guard.ledger.running:
            self._guard.ledger.count(name)
        self._guard.ledger.look_at_day()
        meter = self._guard.ledger.meter(subject)
        hour_s, hour_ul = meter.hour(self._guard.time.now_s())
        is_still = meter.still_since_s is not None
        return Use(
            limits,
            0.0 if is_still else meter.run_s,
            meter.session_s,
            meter.session_ul,
            hour_s,
            hour_ul,
            meter.day_s,
            meter.day_ul,
        )

    async def _keep(self, change: Callable[[SafetyRules], SafetyRules]) -> None:
        """Keep what a change makes of the rules, one change after the other."""
        async with self._changing:
            text = self._RULES.dump_json(change(self.rules)).decode()
            await self._database.write(lambda c: rows.keep_facts(c, "rules", {"": text}))
            # Everything may have been stopped while the disk was at work.
            self._guard.obey(change(self.rules))
