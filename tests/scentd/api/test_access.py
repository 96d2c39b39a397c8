from datetime import timedelta

import pytest

from scentd.api.access import NOBODY, CallerKind, Scope
from scentd.api.errors import (
    LinkRefused,
    PinUnfit,
    PinWrong,
    TokenRefused,
    TokenUnknown,
    TooManyTries,
)

HOME = "192.168.1.20"


@pytest.fixture
def access(empty_rig):
    return empty_rig.house.access


async def test_a_token_brings_in_exactly_its_scopes(access):
    made = await access.new_token("panel", frozenset({Scope.READ, Scope.CONTROL}))

    caller = await access.who_has_token(made.secret, HOME)

    assert caller.kind is CallerKind.PROGRAM
    assert caller.scopes == {"read", "control"}
    assert made.secret.startswith(f"scl_{made.token.id}_")


async def test_the_store_holds_no_secret(access, empty_rig):
    made = await access.new_token("panel", frozenset({Scope.READ}))
    link = await access.new_link()
    session = await access.enter_by_link(await access.new_link(), HOME, "")
    await access.set_pin("482915")
    await empty_rig.house.database.close()

    files = b"".join(file.read_bytes() for file in empty_rig.house.database.path.parent.iterdir())

    kept_by_holder = made.secret.removeprefix(f"scl_{made.token.id}_")
    for secret in (kept_by_holder, link, session, "482915"):
        assert secret.encode() not in files


async def test_no_secret_shows_when_a_value_is_written_to_a_log(access):
    made = await access.new_token("panel", frozenset({Scope.READ}))
    session = await access.enter_by_link(await access.new_link(), HOME, "")
    caller = await access.who_has_session(session, HOME)

    written = f"{made} {caller}"

    assert not any(one in written for one in (made.secret, session, caller.csrf))


async def test_a_revoked_token_is_refused_at_its_next_use(access):
    made = await access.new_token("panel", frozenset({Scope.READ}))
    await access.revoke_token(made.token.id)

    with pytest.raises(TokenRefused):
        await access.who_has_token(made.secret, HOME)
    with pytest.raises(TokenUnknown):
        await access.revoke_token(made.token.id)


async def test_a_token_ends_with_its_days(access, clock):
    made = await access.new_token("panel", frozenset({Scope.READ}), timedelta(days=30))

    await clock.advance(timedelta(days=30))

    with pytest.raises(TokenRefused):
        await access.who_has_token(made.secret, HOME)


@pytest.mark.parametrize("bearer", ["", "scl", "scl_", "scl_x_y", "Basic abc", "scl_" + "é" * 9])
async def test_what_is_no_token_is_refused(access, bearer):
    with pytest.raises(TokenRefused):
        await access.who_has_token(bearer, HOME)


async def test_last_use_of_a_token_is_remembered_to_the_minute(access, clock, empty_rig):
    made = await access.new_token("panel", frozenset({Scope.READ}))
    await access.who_has_token(made.secret, HOME)
    first = clock.now()
    await empty_rig.house.database.write(lambda connection: None)  # put-off work goes along
    await clock.advance(30)
    await access.who_has_token(made.secret, HOME)
    await empty_rig.house.database.write(lambda connection: None)

    (token,) = await access.tokens()

    assert (token.last_used_at, token.last_peer) == (first, HOME)


async def test_twenty_wrong_tokens_in_a_minute_lock_an_address_for_a_quarter_of_an_hour(
    access, clock
):
    made = await access.new_token("panel", frozenset({Scope.READ}))
    for _ in range(20):
        with pytest.raises(TokenRefused):
            await access.who_has_token("scl_a_b", HOME)

    with pytest.raises(TooManyTries):
        await access.who_has_token(made.secret, HOME)
    assert (await access.who_has_token(made.secret, "192.168.1.21")).kind is CallerKind.PROGRAM

    await clock.advance(timedelta(minutes=15))
    assert (await access.who_has_token(made.secret, HOME)).kind is CallerKind.PROGRAM


async def test_a_link_signs_in_once(access):
    secret = await access.new_link()

    session = await access.enter_by_link(secret, HOME, "Firefox")

    assert (await access.who_has_session(session, HOME)).kind is CallerKind.MEMBER
    with pytest.raises(LinkRefused):
        await access.enter_by_link(secret, HOME, "Firefox")


async def test_looking_at_a_link_does_not_use_it_up(access):
    secret = await access.new_link()

    assert await access.is_link(secret)
    assert await access.is_link(secret)


async def test_a_link_is_good_for_thirty_minutes(access, clock):
    secret = await access.new_link()

    await clock.advance(timedelta(minutes=30))

    assert not await access.is_link(secret)
    with pytest.raises(LinkRefused):
        await access.enter_by_link(secret, HOME, "")


async def test_the_pin_signs_in_and_a_wrong_one_does_not(access):
    await access.set_pin("482915")

    session = await access.enter_by_pin("482915", HOME, "")

    assert (await access.who_has_session(session, HOME)).kind is CallerKind.MEMBER
    with pytest.raises(PinWrong):
        await access.enter_by_pin("482916", HOME, "")


async def test_nobody_signs_in_by_pin_before_one_is_set(access):
    assert not await access.has_pin()
    with pytest.raises(PinWrong):
        await access.enter_by_pin("", HOME, "")


async def test_five_wrong_pins_lock_even_the_right_one_out(access, clock):
    await access.set_pin("482915")
    for _ in range(5):
        with pytest.raises(PinWrong):
            await access.enter_by_pin("000001", HOME, "")

    with pytest.raises(TooManyTries) as refused:
        await access.enter_by_pin("482915", HOME, "")
    assert "15 min" in refused.value.message

    await clock.advance(timedelta(minutes=15))
    await access.enter_by_pin("482915", HOME, "")


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "12345a", "777777", "١٢٣٤٥٦"])
async def test_an_unfit_pin_is_refused(access, pin):
    with pytest.raises(PinUnfit):
        await access.set_pin(pin)


async def test_a_session_ends_with_its_days_and_by_leaving(access, clock):
    first = await access.enter_by_link(await access.new_link(), HOME, "")
    second = await access.enter_by_link(await access.new_link(), HOME, "")
    await access.leave(await access.who_has_session(first, HOME))

    assert await access.who_has_session(first, HOME) == NOBODY
    await clock.advance(timedelta(days=90))
    assert await access.who_has_session(second, HOME) == NOBODY


async def test_all_other_browsers_can_be_signed_out(access):
    mine = await access.enter_by_link(await access.new_link(), HOME, "mine")
    theirs = await access.enter_by_link(await access.new_link(), HOME, "theirs")

    ended = await access.end_other_sessions(await access.who_has_session(mine, HOME))

    assert ended == 1
    assert await access.who_has_session(theirs, HOME) == NOBODY
    assert [session.agent for session in await access.sessions()] == ["mine"]


async def test_each_session_has_its_own_form_token(access):
    one = await access.enter_by_link(await access.new_link(), HOME, "")
    two = await access.enter_by_link(await access.new_link(), HOME, "")

    tokens = {(await access.who_has_session(secret, HOME)).csrf for secret in (one, two)}

    assert len(tokens) == 2
    assert "" not in tokens
