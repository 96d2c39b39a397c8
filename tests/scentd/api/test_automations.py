"""Scenes, spoken sentences, events of apps, and rules as text and on trial, by the API."""

from scentd.api.access import Scope
from scentd.model.trigger import AppEvent, VoiceCommand
from tests.fakes.rules import rule, say


def scene(**changes):
    states = [{"diffuser_id": "native-a1", "power": True, "intensity_percent": 60}]
    return {"name": "Calm", "states": states, **changes}


async def test_a_scene_is_made_changed_activated_and_deleted(program, rig):
    client = await program(Scope.READ, Scope.CONTROL, Scope.CONFIGURE)

    status, made = await client.ask("POST", "/api/v1/scenes", scene())
    assert status == 201
    address = f"/api/v1/scenes/{made['id']}"
    await client.ask("PUT", address, scene(name="Calmer"))
    _, listed = await client.ask("GET", "/api/v1/scenes")
    _, answers = await client.ask("POST", f"{address}/activate")
    status, _ = await client.ask("DELETE", address)

    assert [one["name"] for one in listed] == ["Calmer"]
    assert [one["diffuser_id"] for one in answers] == ["native-a1"]
    assert answers[0]["answer"] in {"sent", "already_so"}
    assert rig.devices.state("native-a1").reported.power
    assert status == 204
    assert rig.house.scenes.all() == ()


async def test_a_scene_that_cannot_be_used_is_refused_with_its_field(program):
    client = await program(Scope.CONFIGURE)
    twice = [{"diffuser_id": "native-a1", "power": True}] * 2

    for body, field in [
        (scene(name=" "), "name"),
        (scene(states=[]), "states"),
        (scene(states=twice), "states[1].diffuser_id"),
        (scene(states=[{"diffuser_id": "nobody", "power": True}]), "states[0].diffuser_id"),
        (scene(states=[{"diffuser_id": "native-a1"}]), "states[0]"),
    ]:
        status, answer = await client.ask("POST", "/api/v1/scenes", body)
        assert (status, answer["code"], answer["field"]) == (422, "scene_invalid", field)
        assert answer["hint"]


async def test_a_scene_survives_a_restart(rig, program):
    client = await program(Scope.CONFIGURE)
    _, made = await client.ask("POST", "/api/v1/scenes", scene())

    await rig.house.scenes.load()

    assert rig.house.scenes.get(made["id"]).name == "Calm"


async def test_a_sentence_sets_off_the_rules_that_wait_for_it(program, rig):
    client = await program(Scope.VOICE)
    await rig.house.rules.save(rule(VoiceCommand(("Good night",)), say("t"), name="Night"))

    _, heard = await client.ask("POST", "/api/v1/voice/utterance", {"text": "good night"})
    _, other = await client.ask("POST", "/api/v1/voice/utterance", {"text": "good morning"})

    assert heard == {"understood": True, "rules": ["Night"], "speech": "Done: Night."}
    assert not other["understood"]
    assert other["speech"]
    assert [message.topic for message in rig.topics.published] == ["t"]


async def test_an_app_tells_of_an_event(program, rig):
    client = await program(Scope.CONTROL)
    await rig.house.rules.save(rule(AppEvent("bell", {"door": "front"}), say("t")))

    for name, data in [("bell", {"door": "back"}), ("bell", {"door": "front"})]:
        body = {"name": name, "data": data}
        status, _ = await client.ask("POST", "/api/v1/events/app", body)
        assert status == 204

    assert [message.topic for message in rig.topics.published] == ["t"]


async def test_an_app_cannot_speak_for_the_hub(program):
    client = await program(Scope.CONTROL)

    for name in ["cartridge.empty", "hub.started", "Bell", "a b", ".a"]:
        status, answer = await client.ask("POST", "/api/v1/events/app", {"name": name})
        assert (status, answer["code"], answer["field"]) == (422, "event_name_refused", "name")


async def test_a_rule_is_run_by_hand_and_tells_when_it_last_ran(program, rig):
    client = await program(Scope.READ, Scope.CONTROL)
    await rig.house.rules.save(rule(AppEvent("bell"), say("t")))

    _, before = await client.ask("GET", "/api/v1/rules/r/status")
    status, _ = await client.ask("POST", "/api/v1/rules/r/run")
    _, after = await client.ask("GET", "/api/v1/rules/r/status")

    assert status == 204
    assert before == {"last_triggered": None, "is_stopped": False, "held_because": None}
    assert after["last_triggered"] is not None
    assert [message.topic for message in rig.topics.published] == ["t"]


async def test_a_rule_is_written_and_read_as_text(program, rig):
    client = await program(Scope.READ, Scope.CONFIGURE)
    await rig.house.rules.save(rule(AppEvent("bell"), say("t")))

    _, found = await client.ask("GET", "/api/v1/rules/r/yaml")
    text = found["text"].replace("bell", "gong")
    _, kept = await client.ask("PUT", "/api/v1/rules/r/yaml", {"text": text})
    status, refusal = await client.ask("POST", "/api/v1/rules/yaml", {"text": "name: x\nmode: on"})

    assert kept["trigger"]["name"] == "gong"
    assert rig.house.rules.get("r").trigger == AppEvent("gong")
    assert (status, refusal["code"]) == (422, "rule_text_invalid")
    assert refusal["message"].startswith("Line ")


async def test_a_rule_is_tried_by_the_api(program, rig):
    client = await program(Scope.CONTROL, Scope.CONFIGURE)
    await rig.house.rules.save(rule(AppEvent("bell"), say("t")))
    for name in ("bell", "gong", "bell"):
        await client.ask("POST", "/api/v1/events/app", {"name": name})
    tried = {
        "name": "x",
        "trigger": {"kind": "app_event", "name": "gong"},
        "conditions": [{"kind": "someone_home"}],
        "actions": [{"kind": "stop_all"}],
    }

    _, kept = await client.ask("POST", "/api/v1/rules/dry-run", {"rule_id": "r"})
    _, unsaved = await client.ask("POST", "/api/v1/rules/dry-run", {"rule": tried, "days": 1})
    status, refusal = await client.ask("POST", "/api/v1/rules/dry-run", {"rule": {"name": "x"}})

    assert (kept["set_off"], kept["would_run"]) == (2, 2)
    assert (unsaved["set_off"], unsaved["would_run"]) == (1, 0)
    assert unsaved["conditions"] == [{"words": "someone is home", "held": 0, "failed": 1}]
    assert (status, refusal["field"]) == (422, "trigger")
