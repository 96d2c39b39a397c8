"""Refills that programs may ask for, over the API."""

import pytest

from scentd.api.access import Scope
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source

ONE = "/api/v1/refill-asks/native-c3/1"
SLOT = SlotKey("native-c3")


async def test_a_program_that_may_propose_asks_and_a_member_sees_who(program, member, rig):
    client = await program(Scope.PROPOSE_ORDER)

    for _ in range(2):
        status, _ = await client.ask("PUT", ONE)
        assert status == 204

    _, (ask,) = await member.ask("GET", "/api/v1/refill-asks")
    assert (ask["diffuser_id"], ask["slot_no"], ask["by"]) == ("native-c3", 1, "manual")
    assert rig.house.refill_asks.waiting(SLOT) is not None


async def test_a_no_ends_it_and_a_second_no_is_no_error(member, rig):
    rig.house.refill_asks.ask(SLOT, Source(Origin.PLATFORM, "home_assistant"))

    for _ in range(2):
        status, _ = await member.ask("DELETE", ONE)
        assert status == 204

    assert await member.ask("GET", "/api/v1/refill-asks") == (200, [])


@pytest.mark.parametrize("slot", ["native-c3/9", "native-c3/x", "native-nobody/1"])
async def test_a_slot_that_is_not_there_cannot_be_asked_for(member, slot):
    status, _ = await member.ask("PUT", f"/api/v1/refill-asks/{slot}")

    assert status == 404
