"""The household's scenes: at hand at once, kept as shared documents."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from scentd.automation.errors import SceneInvalid, SceneUnknown
from scentd.bus import Bus
from scentd.model.commands import Source, Wish
from scentd.model.events import DocumentsChanged
from scentd.model.parsing import Problem, Unreadable, parse, write
from scentd.model.reasons import Reason
from scentd.model.scene import Scene
from scentd.store.database import Database
from scentd.store.documents import shared_documents
from scentd.store.shared import forget_document, keep_document

_log = logging.getLogger(__name__)

MAX_NAME = 120
MAX_STATES = 64
_FIELDS = ("name", "states")
_SCENE: TypeAdapter[Scene] = TypeAdapter(Scene)

_NAME = Reason("name_length", {"most": MAX_NAME})
_STATES = Reason("states_count", {"most": MAX_STATES})
_NOTHING, _PERCENT = Reason("nothing_asked"), Reason("percent")


class SceneBook:
    """Hold every scene; `diffusers` gives the ids known now."""

    def __init__(self, database: Database, diffusers: Callable[[], Container[str]]) -> None:
        self._database = database
        self._diffusers = diffusers
        self._scenes: dict[str, Scene] = {}
        self._broken: dict[str, SceneInvalid] = {}

    @property
    def broken(self) -> dict[str, SceneInvalid]:
        """Scenes that came from elsewhere and cannot be used here, by id, with the reason."""
        return dict(self._broken)

    async def load(self) -> None:
        """Read all scenes anew; one that cannot be read is set aside alone (see `broken`)."""
        found = await self._database.read(lambda c: shared_documents(c, "scene"))
        self._scenes, self._broken = {}, {}
        for scene_id, fields in found.items():
            try:
                self._scenes[scene_id] = _from_fields(scene_id, fields)
            except SceneInvalid as error:
                _log.warning("scene %s is not used: %s", scene_id, error.message)
                self._broken[scene_id] = error

    async def follow(self, bus: Bus) -> None:
        """Read the scenes anew whenever they were edited elsewhere, until cancelled."""
        edited = asyncio.Event()

        def note(event: DocumentsChanged) -> None:
            if "scene" in event.kinds:
                edited.set()

        end = bus.subscribe(DocumentsChanged, note)
        try:
            while True:
                await edited.wait()
                edited.clear()
                await self.load()
        finally:
            end()

    def all(self) -> tuple[Scene, ...]:
        """Give every scene, by name and then by id."""
        return tuple(sorted(self._scenes.values(), key=lambda s: (s.name.casefold(), s.id)))

    def ids(self) -> Container[str]:
        """Give the ids of every scene."""
        return self._scenes.keys()

    def get(self, scene_id: str) -> Scene:
        """Give one scene; raises SceneUnknown."""
        try:
            return self._scenes[scene_id]
        except KeyError:
            raise SceneUnknown(scene_id) from None

    async def save(self, scene: Scene) -> Scene:
        """Keep a new or changed scene durably and tell the cloud; raises SceneInvalid."""
        check_scene(scene, self._diffusers())
        written = write(_SCENE, scene)

        def work(connection: sqlite3.Connection) -> None:
            keep_document(connection, "scene", scene.id, {name: written[name] for name in _FIELDS})

        await self._database.write(work)
        self._scenes[scene.id] = scene
        self._broken.pop(scene.id, None)
        return scene

    async def delete(self, scene_id: str) -> None:
        """Forget a scene, here and in the account; raises SceneUnknown."""
        if scene_id not in self._scenes and scene_id not in self._broken:
            raise SceneUnknown(scene_id)
        await self._database.write(lambda c: forget_document(c, "scene", scene_id))
        self._scenes.pop(scene_id, None)
        self._broken.pop(scene_id, None)


def read_scene(raw: object, *, diffusers: Container[str] | None, scene_id: str) -> Scene:
    """Read a JSON-like value under that id; raises SceneInvalid with the field's path and a hint.

    `diffusers` are the ids known here, None when any may yet appear.
    """
    if isinstance(raw, dict):
        raw = {**raw, "id": scene_id}
    try:
        scene = parse(_SCENE, raw)
    except Unreadable as error:
        raise SceneInvalid(error.problem) from error
    check_scene(scene, diffusers)
    return scene


def check_scene(scene: Scene, diffusers: Container[str] | None) -> None:
    """Raise SceneInvalid for the first thing that types alone do not rule out."""
    problem = next(_problems(scene, diffusers), None)
    if problem is not None:
        raise SceneInvalid(problem)


def wishes_of(scene: Scene, source: Source) -> tuple[Wish, ...]:
    """Give what a scene wishes, in its order."""
    return tuple(
        Wish(
            state.diffuser_id,
            source,
            power=state.power,
            intensity_percent=state.intensity_percent,
            light=state.light,
        )
        for state in scene.states
    )


def _from_fields(scene_id: str, fields: Mapping[str, Any]) -> Scene:
    known = {name: fields[name] for name in _FIELDS if name in fields}
    return read_scene(known, diffusers=None, scene_id=scene_id)


def _problems(scene: Scene, diffusers: Container[str] | None) -> Iterator[Problem]:
    if not scene.id or len(scene.id) > MAX_NAME:
        yield Problem("id", f"an id has 1 to {MAX_NAME} characters", "Leave it out for a new one.")
    if not scene.name.strip() or len(scene.name) > MAX_NAME:
        yield Problem("name", f"a name has 1 to {MAX_NAME} characters", "Give it a name.", _NAME)
    if not 0 < len(scene.states) <= MAX_STATES:
        yield Problem(
            "states", f"a scene sets 1 to {MAX_STATES} diffusers", "Choose at least one.", _STATES
        )
    seen: set[str] = set()
    for number, state in enumerate(scene.states):
        path = f"states[{number}]"
        if (state.power, state.intensity_percent, state.light) == (None, None, None):
            yield Problem(
                path, "it asks for nothing", "Set power, intensity_percent or light.", _NOTHING
            )
        percent = state.intensity_percent
        if percent is not None and not 0 < percent <= 100:
            yield Problem(
                f"{path}.intensity_percent", "outside 1 to 100", "Write percent.", _PERCENT
            )
        if state.diffuser_id in seen:
            said = f"“{state.diffuser_id}” is in it twice"
            yield Problem(f"{path}.diffuser_id", said, "Give each diffuser one state.")
        if diffusers is not None and state.diffuser_id not in diffusers:
            said = f"there is no diffuser “{state.diffuser_id}”"
            because = Reason("no_diffuser", {"diffuser": state.diffuser_id})
            yield Problem(f"{path}.diffuser_id", said, "Choose one of the devices page.", because)
        seen.add(state.diffuser_id)
