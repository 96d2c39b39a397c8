"""What people say: a sentence is heard, rules that wait for it do theirs, and one is answered."""

from pydantic import Field

from scentd.api.access import Scope
from scentd.api.routes import Call, Route, View, route


class UtteranceBody(View):
    """A sentence somebody said."""

    text: str = Field(min_length=1, max_length=500)
    """The words, as the recogniser wrote them down."""
    language: str = Field(default="", max_length=35)
    """BCP 47 tag of the language; "" when unknown."""
    room: str = Field(default="", max_length=120)
    """Where it was said; "" when unknown."""


class UtteranceView(View):
    """What was understood and done."""

    understood: bool
    """Whether any rule waited for it."""
    rules: list[str]
    """The names of the rules set off."""
    speech: str
    """A sentence to speak, in the household's language."""


async def hear_utterance(call: Call[UtteranceBody]) -> UtteranceView:
    """Hear a sentence: the rules that wait for it are set off."""
    said, house = call.asked, call.house
    found = house.automations.hear_phrase(said.text, said.language, said.room)
    names = [house.rules.get(rule_id).name for rule_id in found]
    if not names:
        return UtteranceView(understood=False, rules=[], speech=call.words("voice.unknown"))
    speech = call.words("voice.done", what=", ".join(names))
    return UtteranceView(understood=True, rules=names, speech=speech)


ROUTES: tuple[Route, ...] = (
    route(
        "POST",
        "/api/v1/voice/utterance",
        Scope.VOICE,
        hear_utterance,
        asks=UtteranceBody,
        answers=UtteranceView,
    ),
)
