"""Scenes: see them, change them, and have the house take one on."""

from http import HTTPStatus
from typing import Any

from scentd.api.access import Scope
from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.reasonwords import tell_now
from scentd.api.refusals import refusal
from scentd.api.routes import Call, Route, View, route
from scentd.api.schedules import new_id
from scentd.automation.scenes import read_scene, wishes_of
from scentd.model.commands import Answer, Source
from scentd.model.errors import ScentdError
from scentd.model.scene import Scene


class SceneAnswerView(View):
    """What became of a scene's wish for one diffuser."""

    diffuser_id: str
    """The diffuser."""
    answer: Answer
    """What the hub did with the wish."""
    why: str
    """Why, in the household's language."""


async def list_scenes(call: Call[None]) -> list[Scene]:
    """Give every scene."""
    return list(call.house.scenes.all())


async def get_scene(call: Call[None]) -> Scene:
    """Give one scene."""
    return call.house.scenes.get(call.path["scene_id"])


async def add_scene(call: Call[dict[str, Any]]) -> Scene:
    """Keep a new scene; an id in the body is replaced by a fresh one."""
    return await keep_scene(call.house, call.asked, new_id())


async def replace_scene(call: Call[dict[str, Any]]) -> Scene:
    """Keep a scene under the id of the address, new or in place of the old one."""
    return await keep_scene(call.house, call.asked, call.path["scene_id"])


async def delete_scene(call: Call[None]) -> None:
    """Forget a scene."""
    await call.house.scenes.delete(call.house.scenes.get(call.path["scene_id"]).id)


async def activate_scene(call: Call[None]) -> list[SceneAnswerView]:
    """Ask for every state of a scene; a diffuser that is gone keeps the others from nothing."""
    scene = call.house.scenes.get(call.path["scene_id"])
    return activate(call.house, scene, call.source, call.formats)


def activate(house: House, scene: Scene, source: Source, formats: Formats) -> list[SceneAnswerView]:
    """Wish all that a scene holds, on somebody's account."""
    answers, now = [], house.clock.now()
    for wish in wishes_of(scene, source):
        try:
            outcome = house.commands.submit(wish)
            answer, why = outcome.answer, tell_now(outcome.reason, formats, now)
        except ScentdError as error:
            answer, why = Answer.REFUSED, refusal(error, formats, now).message
        answers.append(SceneAnswerView(diffuser_id=wish.diffuser_id, answer=answer, why=why))
    return answers


async def keep_scene(house: House, raw: object, scene_id: str) -> Scene:
    """Read, check and keep a scene; raises SceneInvalid."""
    known = {diffuser.id for diffuser in house.diffusers.all()}
    return await house.scenes.save(read_scene(raw, diffusers=known, scene_id=scene_id))


_ALL = "/api/v1/scenes"
_ONE = "/api/v1/scenes/{scene_id}"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, list_scenes, answers=list[Scene]),
    route(
        "POST",
        _ALL,
        Scope.CONFIGURE,
        add_scene,
        asks=dict[str, Any],
        answers=Scene,
        status=HTTPStatus.CREATED,
        schema=Scene,
    ),
    route("GET", _ONE, Scope.READ, get_scene, answers=Scene),
    route(
        "PUT",
        _ONE,
        Scope.CONFIGURE,
        replace_scene,
        asks=dict[str, Any],
        answers=Scene,
        schema=Scene,
    ),
    route("DELETE", _ONE, Scope.CONFIGURE, delete_scene, status=HTTPStatus.NO_CONTENT),
    route(
        "POST",
        f"{_ONE}/activate",
        Scope.CONTROL,
        activate_scene,
        answers=list[SceneAnswerView],
    ),
)
