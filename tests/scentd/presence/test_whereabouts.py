"""Who came, who went, and what is never believed: over a real store."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from scentd.model.presence import HOME_ZONE_ID, Whereabouts, Zone
from scentd.presence.errors import HomeZoneFixed, MemberUnknown, TrackerUnknown, ZoneUnknown
from tests.scentd.presence.conftest import FAR, HOME

PHONE, WATCH, ROUTER = "owntracks:ada/phone", "room:watch", "router:aa:bb"


async def test_who_comes_is_there_at_once_and_who_goes_only_after_five_minutes(home):
    await home.give(PHONE, "ada")
    await home.give("owntracks:ben/phone", "ben")

    home.hear(PHONE, position=HOME)
    assert home.told == ["ada enters home first"]
    home.hear(PHONE, position=FAR)
    await home.clock.advance(299)
    assert home.presence.whereabouts("ada") is Whereabouts.HOME
    await home.clock.advance(1)

    assert home.told == ["ada enters home first", "ada leaves home last"]
    assert home.presence.is_nobody_home()


async def test_a_phone_that_flaps_for_a_day_neither_comes_nor_goes(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    home.told.clear()

    for _ in range(24 * 12):
        home.hear(PHONE, position=FAR)
        await home.clock.advance(200)
        home.hear(PHONE, position=HOME)
        await home.clock.advance(100)

    assert home.told == []


async def test_two_people_who_pass_in_the_door_leave_no_empty_house(home):
    for who in ("ada", "ben"):
        await home.give(f"router:{who}", who)
    home.hear("router:ada", is_home=True)
    home.told.clear()

    home.hear("router:ada", is_home=False)
    await home.clock.advance(299)
    home.hear("router:ben", is_home=True)
    await home.clock.advance(1)

    assert home.told == ["ben enters home", "ada leaves home"]


async def test_unknown_is_not_away(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)

    home.hear(PHONE, position=FAR)
    await home.clock.advance(300)

    assert home.told[-1] == "ada leaves home"
    assert home.presence.whereabouts("ben") is Whereabouts.UNKNOWN
    assert not home.presence.is_nobody_home()
    assert not home.presence.is_someone_home()


async def test_a_tracker_silent_for_two_days_makes_its_bearer_unknown_without_a_word(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    home.told.clear()

    await home.clock.advance(timedelta(hours=48))

    assert home.told == []
    assert home.presence.whereabouts("ada") is Whereabouts.UNKNOWN


async def test_who_is_heard_again_where_they_were_did_not_come(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    home.told.clear()
    await home.clock.advance(timedelta(hours=60))

    home.hear(PHONE, position=HOME)

    assert home.told == []
    assert home.presence.whereabouts("ada") is Whereabouts.HOME


async def test_a_member_is_home_while_one_of_several_trackers_says_so(home):
    await home.give(PHONE, "ada")
    await home.give(ROUTER, "ada")
    home.hear(PHONE, position=HOME)
    home.hear(ROUTER, is_home=True)
    home.told.clear()

    home.hear(PHONE, position=FAR)
    await home.clock.advance(600)
    assert home.told == []
    home.hear(ROUTER, is_home=False)
    await home.clock.advance(300)

    assert home.told == ["ada leaves home"]


async def test_what_no_room_sees_any_more_is_gone_after_ten_minutes(home):
    home.hear(WATCH, is_home=True)
    await home.presence.give(WATCH, "ada")

    for _ in range(30):
        home.hear(WATCH, is_home=True)
        await home.clock.advance(60)
    assert home.told == []
    await home.clock.advance(541)

    assert home.told == ["ada leaves home"]


async def test_a_room_that_sees_somebody_again_brings_them_home_again(home):
    home.hear(WATCH, is_home=True)
    await home.presence.give(WATCH, "ada")
    await home.clock.advance(700)

    home.hear(WATCH, is_home=True)

    assert home.told == ["ada leaves home", "ada enters home first"]


async def test_a_first_word_says_where_somebody_is_and_not_that_they_came(home):
    home.hear(PHONE, position=HOME)

    await home.presence.give(PHONE, "ada")

    assert home.told == []
    assert home.presence.whereabouts("ada") is Whereabouts.HOME


async def test_what_a_person_says_holds_until_a_tracker_comes_or_goes(home):
    await home.give(PHONE, "ada")

    await home.presence.say("ada", Whereabouts.HOME)
    home.hear(PHONE, position=FAR)
    await home.clock.advance(3600)
    assert home.presence.whereabouts("ada") is Whereabouts.HOME
    home.hear(PHONE, position=HOME)
    home.hear(PHONE, position=FAR)
    await home.clock.advance(300)

    assert home.told == ["ada enters home first", "ada leaves home"]


async def test_somebody_without_a_tracker_comes_and_goes_as_people_say(home):
    await home.presence.say("ada", Whereabouts.AWAY)
    await home.presence.say("ada", Whereabouts.HOME)
    await home.presence.say("ben", Whereabouts.AWAY)
    await home.presence.say("ada", Whereabouts.AWAY)
    await home.presence.say("ada", None)

    assert home.told == ["ada enters home first", "ada leaves home last"]
    assert home.presence.whereabouts("ada") is Whereabouts.UNKNOWN


async def test_guests_are_somebody(home):
    await home.presence.say("ben", Whereabouts.AWAY)
    await home.presence.set_guests(has_guests=True)

    await home.presence.say("ada", Whereabouts.HOME)
    await home.presence.say("ada", Whereabouts.AWAY)

    assert home.told == ["ada enters home", "ada leaves home"]
    assert home.presence.is_someone_home()
    assert not home.presence.is_nobody_home()


async def test_zones_beside_home_are_entered_and_left(home):
    await home.roster.save_zone(Zone("work", "Work", 52.60, 13.405, 200))
    await home.give(PHONE, "ada")

    home.hear(PHONE, position=FAR)
    home.hear(PHONE, position=HOME)
    await home.clock.advance(300)

    assert home.told == ["ada enters work first", "ada enters home first", "ada leaves work"]


async def test_an_app_is_its_bearers_tracker_from_the_first_word_on(home):
    await home.presence.hear_app("ada", "phone", entered=HOME_ZONE_ID)
    await home.presence.hear_app("ada", "phone", left=HOME_ZONE_ID)
    await home.clock.advance(300)

    assert home.told == ["ada enters home first", "ada leaves home"]
    with pytest.raises(MemberUnknown):
        await home.presence.hear_app("eve", "phone", position=HOME)
    with pytest.raises(ZoneUnknown):
        await home.presence.hear_app("ada", "phone", entered="moon")


async def test_everything_held_survives_a_restart(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    await home.presence.say("ben", Whereabouts.AWAY)
    await home.presence.set_guests(has_guests=True)
    await home.clock.advance(1)
    home.told.clear()

    await home.restart()
    home.hear(PHONE, position=HOME)

    assert home.told == []
    assert home.presence.whereabouts("ada") is Whereabouts.HOME
    assert home.presence.standing("ben").said is Whereabouts.AWAY
    assert home.presence.has_guests


async def test_a_leaving_that_waits_goes_on_waiting_through_a_restart(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    home.hear(PHONE, position=FAR)
    await home.clock.advance(200)

    await home.restart()
    await home.clock.advance(99)
    assert home.presence.whereabouts("ada") is Whereabouts.HOME
    await home.clock.advance(2)

    assert home.told[-1] == "ada leaves home"


@pytest.mark.parametrize("hours", [-24 * 365 * 40, -3, 3, 24 * 300])
async def test_a_step_of_the_clock_brings_nobody_home_and_sends_nobody_away(home, hours):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    home.hear(PHONE, position=FAR)
    await home.clock.advance(60)
    home.told.clear()

    home.clock.step(timedelta(hours=hours))
    await home.clock.advance(239)
    assert home.told == []
    await home.clock.advance(1)

    assert home.told == ["ada leaves home"]


async def test_a_clock_that_lost_its_time_at_the_restart_makes_no_wait_longer(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=HOME)
    home.hear(PHONE, position=FAR)
    await home.clock.advance(60)
    home.clock.set(datetime(1970, 1, 1, tzinfo=UTC))
    home.clock.trusted = False

    await home.restart()
    await home.clock.advance(301)

    assert home.told[-1] == "ada leaves home"


async def test_reports_that_come_late_or_twice_change_nothing(home):
    await home.give(PHONE, "ada")
    now = home.clock.now()
    home.hear(PHONE, position=HOME, said_at=now)

    home.hear(PHONE, position=FAR, said_at=now - timedelta(minutes=20))
    home.hear(PHONE, position=HOME, said_at=now)
    await home.clock.advance(600)

    assert home.told == ["ada enters home first"]


async def test_a_report_of_last_week_says_nothing(home):
    await home.give(PHONE, "ada")

    home.hear(PHONE, position=HOME, said_at=home.clock.now() - timedelta(days=7))

    assert home.told == []


async def test_a_phone_whose_clock_runs_ahead_is_still_heard_later(home):
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=FAR, said_at=home.clock.now() + timedelta(days=3))

    home.hear(PHONE, position=HOME, said_at=home.clock.now())

    assert home.told == ["ada enters home first"]


async def test_what_the_broker_kept_is_no_sign_of_life(home):
    await home.give(ROUTER, "ada")
    home.hear(ROUTER, is_home=True)

    for _ in range(5):
        await home.clock.advance(timedelta(hours=10))
        home.hear(ROUTER, is_home=True, is_retained=True)

    assert home.presence.whereabouts("ada") is Whereabouts.UNKNOWN


async def test_a_deleted_member_or_zone_is_forgotten_without_anybody_moving(home):
    await home.roster.save_zone(Zone("work", "Work", 52.60, 13.405, 200))
    await home.give(PHONE, "ada")
    home.hear(PHONE, position=FAR)
    home.told.clear()

    await home.roster.delete_zone("work")
    await home.roster.delete_member("ben")

    assert home.told == []
    assert home.presence.standing("ada").zone_ids == frozenset()
    with pytest.raises(MemberUnknown):
        home.presence.standing("ben")
    with pytest.raises(HomeZoneFixed):
        await home.roster.delete_zone(HOME_ZONE_ID)


async def test_trackers_of_nobody_are_listed_as_found_and_the_oldest_forgotten(home):
    for number in range(205):
        home.hear(f"room:{number}", is_home=True)

    found = home.roster.trackers()

    assert len(found) == 200
    assert all(tracker.member_id is None for tracker in found)
    with pytest.raises(TrackerUnknown):
        await home.presence.give("room:0", "ada")


async def test_over_mqtt_a_phone_a_room_and_a_router_are_found(home):
    watched = home.topics.watched()

    assert {"owntracks/+/+", "owntracks/+/+/event", "espresense/devices/+/+"} <= watched
    home.topics.deliver("device_tracker/+", b"home")
    assert [tracker.kind for tracker in home.roster.trackers()] == ["router"]


async def test_coordinates_stand_neither_in_the_log_nor_in_the_store(home, caplog):
    caplog.set_level(logging.DEBUG)
    await home.give(PHONE, "ada")

    home.hear(PHONE, position=FAR)
    await home.clock.advance(1000)

    def dump(connection):
        return "\n".join(connection.iterdump())

    assert "52.6" not in caplog.text
    assert "52.6" not in await home.database.read(dump)


async def test_a_receiver_that_speaks_every_second_costs_the_disk_next_to_nothing(home):
    home.hear(WATCH, is_home=True)
    await home.presence.give(WATCH, "ada")
    await home.database.write(_count_updates)

    for _ in range(300):
        home.hear(WATCH, is_home=True)
        await home.clock.advance(3)

    count = await home.database.read(lambda c: c.execute("SELECT count(*) FROM written").fetchone())
    assert count[0] <= 4


def _count_updates(connection):
    connection.execute("CREATE TABLE written (id TEXT)")
    connection.execute(
        "CREATE TRIGGER count_written AFTER UPDATE ON presence_trackers"
        " BEGIN INSERT INTO written VALUES (new.id); END"
    )
