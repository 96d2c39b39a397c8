"""The quiz that a new shop with the demo's scents starts with."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.art.ink import Ink
from cloud.catalogue.art.tile import Tile, draw_tile
from cloud.catalogue.service import store_picture
from cloud.recommendations.kinds import EditionStatus, QuestionKind
from cloud.recommendations.models import QuizEdition
from cloud.recommendations.service.editing import add_to
from cloud.recommendations.shapes import QuestionFields

_FILE = Path(__file__).parent / "first_quiz.toml"
_OWN, _OTHERS = "en", ("de", "es")


async def seed_quiz(session: AsyncSession, now: datetime) -> bool:
    """Publish the first edition if there is none of any kind; tell whether it was done."""
    if await session.scalar(select(QuizEdition.id).limit(1)) is not None:
        return False
    edition = QuizEdition(number=1, status=EditionStatus.PUBLISHED, published_at=now)
    session.add(edition)
    await session.flush()
    for position, entry in enumerate(tomllib.loads(_FILE.read_text("utf-8"))["questions"]):
        await add_to(session, edition.id, position, await _question(session, entry))
    await session.flush()
    return True


async def _question(session: AsyncSession, entry: Mapping[str, Any]) -> QuestionFields:
    choices = [await _choice(session, one) for one in entry.get("choices", ())]
    return QuestionFields.model_validate(
        {
            "key": entry["key"],
            "kind": QuestionKind(entry["kind"]),
            "is_required": entry["required"],
            **{name: _own(entry, name) for name in ("text", "help", "tooltip")},
            "options": _options(entry, choices),
            "translations": {language: _texts(entry, language) for language in _OTHERS},
        }
    )


def _options(entry: Mapping[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any]:
    if "scale" in entry:
        ends = ("least_words", "most_words", "reason")
        return {**entry["scale"], **{name: _own(entry, name) for name in ends}}
    return dict(entry.get("typing", {"choices": choices}))


async def _choice(session: AsyncSession, entry: Mapping[str, Any]) -> dict[str, Any]:
    tile = entry.get("tile")
    picture = ""
    if tile is not None:
        drawing = draw_tile(Tile(Ink(*tile["colours"]), tile["stage"], tuple(tile["things"])))
        picture = await store_picture(session, "image/svg+xml", drawing.encode())
    return {
        "key": entry["key"],
        "text": _own(entry, "text"),
        "reason": _own(entry, "reason"),
        "image": picture,
        "image_alt": _own(entry, "alt"),
        "weights": entry["weights"],
    }


def _texts(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    names = ("text", "help", "tooltip", "least_words", "most_words", "reason")
    return {
        **{name: entry[name][language] for name in names if name in entry},
        "choices": {
            one["key"]: {
                "text": one["text"][language],
                "reason": one.get("reason", {}).get(language, ""),
                "image_alt": one.get("alt", {}).get(language, ""),
            }
            for one in entry.get("choices", ())
        },
    }


def _own(entry: Mapping[str, Any], name: str) -> str:
    return str(entry.get(name, {}).get(_OWN, ""))
