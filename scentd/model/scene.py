"""Scenes: named sets of states that rules, schedules and voice call by one name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SceneState:
    """What one diffuser shall do in a scene; None leaves that part as it is."""

    diffuser_id: str
    power: bool | None = None
    intensity_percent: int | None = None
    light: bool | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A named set of states, at most one a diffuser."""

    id: str
    name: str
    states: tuple[SceneState, ...]
