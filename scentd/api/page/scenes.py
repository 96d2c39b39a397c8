"""Scenes: a form with one row a diffuser, and a button that has the house take one on."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from scentd.api.errors import SceneInPart
from scentd.api.names import titles
from scentd.api.page.visit import Form, Page, Visit
from scentd.api.scenes import activate, keep_scene
from scentd.api.schedules import new_id
from scentd.automation.errors import SceneInvalid
from scentd.model.commands import TAKEN
from scentd.model.scene import Scene

_NEW: Mapping[str, Any] = {"name": "", "states": {}}
_WISHES = ("", "on", "off")


async def show_new(visit: Visit) -> web.Response:
    """Show the form of a new scene."""
    return _show(visit, None, _NEW)


async def show_scene(visit: Visit) -> web.Response:
    """Show a scene's form."""
    scene = _scene(visit)
    return _show(visit, scene, _fields(scene))


async def add(visit: Visit) -> web.Response:
    """Keep a new scene."""
    return await _save(visit, None, new_id())


async def save(visit: Visit) -> web.Response:
    """Keep a changed scene."""
    scene = _scene(visit)
    return await _save(visit, scene, scene.id)


async def take_on(visit: Visit) -> web.Response:
    """Have the house take a scene on."""
    answers = activate(visit.house, _scene(visit), visit.source, visit.formats)
    names = titles(visit.house.diffusers.all())
    left = [one for one in answers if one.answer not in TAKEN]
    if left:
        lines = [f"{names.get(one.diffuser_id, one.diffuser_id)}: {one.why}" for one in left]
        raise SceneInPart(" ".join(lines))
    return visit.done("/rules", "scene_on")


async def delete(visit: Visit) -> web.Response:
    """Forget a scene."""
    await visit.house.scenes.delete(_scene(visit).id)
    return visit.done("/rules", "scene_deleted")


async def _save(visit: Visit, scene: Scene | None, scene_id: str) -> web.Response:
    rows = _rows(visit)
    states = [_state(diffuser_id, row) for diffuser_id, row in rows.items() if any(row.values())]
    name = visit.form.get("name", "").strip()
    try:
        await keep_scene(visit.house, {"name": name, "states": states}, scene_id)
    except SceneInvalid as error:
        return _show(visit, scene, {"name": name, "states": rows}, error)
    return visit.done("/rules", "scene_saved")


def _rows(visit: Visit) -> dict[str, dict[str, str]]:
    form: Form = visit.form
    return {
        diffuser.id: {
            field: form.get(f"{field}-{diffuser.id}", "")
            for field in ("power", "intensity", "light")
        }
        for diffuser in visit.house.diffusers.all()
    }


def _state(diffuser_id: str, row: Mapping[str, str]) -> dict[str, object]:
    state: dict[str, object] = {"diffuser_id": diffuser_id}
    for field in ("power", "light"):
        if row[field]:
            state[field] = row[field] == "on"
    if row["intensity"]:
        typed = row["intensity"]
        state["intensity_percent"] = int(typed) if typed.isdecimal() else typed
    return state


def _fields(scene: Scene) -> Mapping[str, Any]:
    states = {
        state.diffuser_id: {
            "power": _WISHES[0 if state.power is None else 1 if state.power else 2],
            "intensity": state.intensity_percent,
            "light": _WISHES[0 if state.light is None else 1 if state.light else 2],
        }
        for state in scene.states
    }
    return {"name": scene.name, "states": states}


def _show(
    visit: Visit,
    scene: Scene | None,
    written: Mapping[str, Any],
    problem: SceneInvalid | None = None,
) -> web.Response:
    diffusers = visit.house.diffusers.all()
    return visit.page(
        "scene.html",
        {
            "scene": scene,
            "written": written,
            "problem": problem and visit.refusal(problem),
            "titles": titles(diffusers),
            "diffusers": diffusers,
            "wishes": _WISHES,
        },
        at="rules",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
    )


def _scene(visit: Visit) -> Scene:
    return visit.house.scenes.get(visit.request.match_info["scene_id"])


_ONE = "/scenes/{scene_id}"

PAGES: tuple[Page, ...] = (
    Page("GET", "/scenes/new", show_new),
    Page("POST", "/scenes/new", add),
    Page("GET", _ONE, show_scene),
    Page("POST", _ONE, save),
    Page("POST", f"{_ONE}/activate", take_on),
    Page("POST", f"{_ONE}/delete", delete),
)
