"""A log is appended once, in order, whole; nothing else can happen to it."""

import asyncio
import json
from datetime import timedelta

import pytest

from cloud.hubs.errors import PositionConflict
from cloud.hubs.events import CartridgeRunningLow, HubDuplicated
from cloud.hubs.models.history import DatedBy
from scentd.contracts.history import GENESIS
from tests.fakes.hub import START, SpokenHub, cartridge, edit, running_low

pytestmark = pytest.mark.needs_postgres


class PowerCut(Exception):
    """The cloud dies after a batch had its effects and before its commit."""


def say_some(hub: SpokenHub, count: int = 3) -> None:
    for number in range(count):
        hub.says("rule.fired", {"rule_id": f"r{len(hub.lines)}", "number": number})


async def test_a_batch_is_kept_as_it_came_and_answered_with_the_chain(cloud, spoken):
    say_some(spoken)

    position = await cloud.take(spoken)

    assert (position.acked, position.chain) == (3, spoken.chain_at(3))
    assert [bytes(row.line) for row in await cloud.log()] == spoken.lines
    assert [row.seq for row in await cloud.log()] == [1, 2, 3]


async def test_a_batch_that_comes_again_is_refused_with_where_the_log_stands(cloud, spoken):
    say_some(spoken)
    await cloud.take(spoken)

    with pytest.raises(PositionConflict) as caught:
        await cloud.take(spoken)

    assert caught.value.wire_facts() == {"acked": 3, "chain": spoken.chain_at(3).hex()}
    assert len(await cloud.log()) == 3


async def test_a_batch_that_leaves_a_hole_is_refused(cloud, spoken):
    say_some(spoken)
    await cloud.take(spoken, 1, 1)

    with pytest.raises(PositionConflict) as caught:
        await cloud.take(spoken, 3)

    assert caught.value.acked == 1


async def test_an_unknown_log_must_begin_at_its_beginning(cloud, spoken):
    say_some(spoken)

    with pytest.raises(PositionConflict) as caught:
        await cloud.take(spoken, 2)

    assert (caught.value.acked, caught.value.chain) == (0, GENESIS)
    assert await cloud.lineages() == []


async def test_another_history_at_the_right_number_is_refused(cloud, spoken):
    say_some(spoken)
    await cloud.take(spoken)
    clone = SpokenHub(lines=[*spoken.lines[:2], b'{"kind":"other","v":1}'])
    say_some(clone)

    with pytest.raises(PositionConflict):
        await cloud.take(clone, 4)

    assert len(await cloud.log()) == 3


async def test_the_same_batch_sent_many_times_at_once_is_taken_once(cloud, spoken):
    say_some(spoken)

    outcomes = await asyncio.gather(*(cloud.take(spoken) for _ in range(6)), return_exceptions=True)

    taken = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, PositionConflict)]
    assert (len(taken), len(refused)) == (1, 5)
    assert len(await cloud.log()) == 3


async def test_a_transaction_that_fails_after_its_effects_leaves_nothing(cloud, spoken, heard):
    spoken.says("cartridge.fitted", cartridge())
    spoken.says("cartridge.running_low", running_low())

    with pytest.raises(PowerCut):
        await cloud.take_and_fail(spoken, PowerCut())

    assert await cloud.log() == []
    assert await cloud.slots() == []
    position = await cloud.take(spoken)
    assert position.acked == 2
    assert len(heard.of(CartridgeRunningLow)) == 2  # once in vain, once for good


async def test_a_gap_stands_for_its_numbers_and_is_counted(cloud, spoken):
    say_some(spoken, 1)
    spoken.says("gap", {"first": 2, "last": 40, "count": 39, "kinds": {"cartridge.level": 39}})

    position = await cloud.take(spoken)

    (lineage,) = await cloud.lineages()
    assert position.acked == 40
    assert lineage.gap_count == 39
    assert [(row.seq, row.last) for row in await cloud.log()] == [(1, 1), (2, 40)]


async def test_a_gap_in_the_wrong_place_takes_one_number_and_is_put_aside(cloud, spoken):
    say_some(spoken, 1)
    spoken.says("gap", {"first": 7, "last": 40, "count": 33, "kinds": {}})

    position = await cloud.take(spoken)

    assert position.acked == 2
    assert [reject.code for reject in await cloud.rejects()] == ["gap_misplaced"]


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"",
        b"\xff\xfe",
        b"[1,2]",
        b'{"kind":"x"}',
        b'{"kind":"\\u0000","v":1,"at_ms":1,"mono_ms":1,"boot":"","clock_ok":true,"body":{}}',
        b'{"kind":"\\ud800","v":1,"at_ms":1,"mono_ms":1,"boot":"","clock_ok":true,"body":{}}',
        b'{"kind":"x","v":1,"at_ms":1e300,"mono_ms":1,"boot":"","clock_ok":true,"body":{}}',
    ],
)
async def test_a_line_nobody_can_read_is_put_aside_and_the_log_goes_on(cloud, spoken, line):
    say_some(spoken, 1)
    spoken.says_raw(line)
    say_some(spoken, 1)

    position = await cloud.take(spoken)

    assert (position.acked, position.chain) == (3, spoken.chain_at(3))
    assert [(reject.seq, reject.code) for reject in await cloud.rejects()] == [(2, "malformed")]


async def test_a_known_kind_with_an_impossible_body_is_put_aside(cloud, spoken):
    spoken.says("cartridge.level", {**cartridge(), "cycle": 0})
    spoken.says("cartridge.fitted", cartridge())

    await cloud.take(spoken)

    assert [(reject.seq, reject.code) for reject in await cloud.rejects()] == [(1, "invalid")]
    assert len(await cloud.slots()) == 1


@pytest.mark.parametrize(("kind", "version"), [("tea.brewed", 1), ("cartridge.fitted", 2)])
async def test_a_kind_of_tomorrow_is_kept_without_effect(cloud, spoken, kind, version):
    spoken.says(kind, {"anything": [1]}, v=version)

    await cloud.take(spoken)

    assert await cloud.rejects() == []
    assert [(row.kind, row.version) for row in await cloud.log()] == [(kind, version)]


async def test_an_event_is_dated_by_a_clock_that_is_believed(cloud, spoken):
    spoken.says("x", {}, at_ms=int((START - timedelta(hours=3)).timestamp() * 1000))

    await cloud.take(spoken)

    (row,) = await cloud.log()
    assert (row.happened_at, row.dated_by) == (START - timedelta(hours=3), DatedBy.HUB)


@pytest.mark.parametrize("head", [{"clock_ok": False, "at_ms": 0}, {"at_ms": 4_000_000_000_000}])
async def test_an_event_of_this_boot_with_a_wrong_clock_is_dated_back_from_now(cloud, spoken, head):
    spoken.says("x", {}, mono_ms=spoken.mono_ms - 90_000, **head)

    await cloud.take(spoken)

    (row,) = await cloud.log()
    assert row.happened_at == cloud.clock.now() - timedelta(seconds=90)
    assert row.dated_by is DatedBy.MONOTONIC


async def test_an_event_of_an_earlier_boot_with_a_wrong_clock_is_dated_by_its_receipt(
    cloud, spoken
):
    spoken.says("x", {}, clock_ok=False, at_ms=0, boot="boot-0")

    await cloud.take(spoken)

    (row,) = await cloud.log()
    assert (row.happened_at, row.dated_by) == (cloud.clock.now(), DatedBy.RECEIPT)


async def test_a_new_log_of_a_restored_card_is_taken_and_its_low_not_told_twice(
    cloud, spoken, heard
):
    spoken.says("cartridge.fitted", cartridge())
    spoken.says("cartridge.running_low", running_low())
    await cloud.take(spoken)

    await cloud.take(SpokenHub(lineage="aa" * 16, lines=list(spoken.lines)))

    assert len(heard.of(CartridgeRunningLow)) == 1
    assert len(await cloud.slots()) == 1
    assert heard.of(HubDuplicated) == []


async def test_two_logs_that_alternate_are_two_machines(cloud, spoken, heard):
    clone = SpokenHub(lineage="aa" * 16)
    say_some(spoken)
    say_some(clone)
    await cloud.take(spoken, 1, 1)
    await cloud.take(clone, 1, 1)
    flagged_before = (await cloud.hub()).duplicated_at

    await cloud.take(spoken, 2, 2)
    await cloud.take(clone, 2, 2)

    assert flagged_before is None
    assert (await cloud.hub()).duplicated_at == cloud.clock.now()
    assert len(heard.of(HubDuplicated)) == 1


async def test_more_than_three_new_logs_a_day_are_suspicious(cloud, heard):
    for number in range(5):
        hub = SpokenHub(lineage=f"{number}f" * 16)
        say_some(hub, 1)
        await cloud.take(hub)

    assert len(heard.of(HubDuplicated)) == 1


async def test_new_logs_far_apart_are_not_suspicious(cloud, heard):
    for number in range(6):
        hub = SpokenHub(lineage=f"{number}f" * 16)
        say_some(hub, 1)
        await cloud.take(hub)
        await cloud.clock.advance(timedelta(hours=9))

    assert heard.of(HubDuplicated) == []


async def test_an_edit_changes_the_version_once_a_document_and_batch(cloud, spoken):
    spoken.says("document.edit", edit("name", "A"))
    spoken.says("document.edit", edit("enabled", value=True))
    spoken.says("document.edit", edit("name", "B", key="r2"))

    await cloud.take(spoken)

    assert await cloud.version() == 2
    assert {key: json.loads(value) for key, value in (await cloud.fields()).items()} == {
        ("rule", "r1", "name"): "A",
        ("rule", "r1", "enabled"): True,
        ("rule", "r2", "name"): "B",
    }
