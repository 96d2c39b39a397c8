"""Rules that come and go."""

from dataclasses import replace

import pytest

from scentd.automation.documents import to_fields
from scentd.automation.errors import RuleInvalid, RuleUnknown
from scentd.contracts.merging import canonical
from scentd.model.action import SetDiffuser
from scentd.model.events import DocumentsChanged
from scentd.model.trigger import SensorReading
from tests.fakes.rules import rule

ANY = SensorReading("door")


async def test_a_rule_that_arrives_by_sync_works(home) -> None:
    await home.start()
    fields = to_fields(rule(ANY))

    await home.database.write(
        lambda c: c.executemany(
            "INSERT INTO shared_fields VALUES ('rule', 'r', ?, ?, 1, 'cloud')",
            [(field, canonical(value)) for field, value in fields.items()],
        )
    )
    home.bus.publish(DocumentsChanged(home.clock.now(), frozenset({"rule"})))
    await home.clock.advance(0)
    home.topics.deliver("door", b"1")

    assert home.verdicts() == [("r", "ran")]


async def test_a_broken_rule_disables_itself_alone(home) -> None:
    await home.start(rule(ANY))
    await home.database.write(
        lambda c: c.execute(
            "INSERT INTO shared_fields VALUES ('rule', 'bad', 'logic', '{}', 1, 'cloud')"
        )
    )

    await home.restart_after(hours=0)
    home.topics.deliver("door", b"1")

    assert home.verdicts() == [("r", "ran")]
    assert list(home.book.broken) == ["bad"]


async def test_a_rule_for_an_unknown_diffuser_is_refused(home) -> None:
    await home.start()

    with pytest.raises(RuleInvalid):
        await home.book.save(rule(ANY, SetDiffuser("toaster", power=True)))


async def test_a_rule_whose_diffuser_was_taken_away_is_switched_off(home) -> None:
    gone = rule(ANY, SetDiffuser("toaster", power=True))
    await home.database.write(
        lambda c: c.executemany(
            "INSERT INTO shared_fields VALUES ('rule', 'r', ?, ?, 1, 'cloud')",
            [(field, canonical(value)) for field, value in to_fields(gone).items()],
        )
    )
    await home.start()

    await home.book.save(replace(gone, enabled=False))

    assert home.book.get("r").enabled is False
    with pytest.raises(RuleInvalid):
        await home.book.save(replace(gone, name="toast"))


async def test_a_deleted_rule_is_gone_with_its_traces(home) -> None:
    await home.start(rule(ANY))
    home.topics.deliver("door", b"1")
    await home.book.traces("r")

    await home.book.delete("r")

    assert await home.book.traces("r") == ()
    with pytest.raises(RuleUnknown):
        home.book.get("r")
