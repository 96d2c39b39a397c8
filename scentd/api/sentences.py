"""What happened, said in one sentence."""

from datetime import datetime

from scentd.api.formats import Formats
from scentd.api.reasonwords import tell_then
from scentd.api.words import Words
from scentd.model.reasons import Reason
from scentd.store.activity import ActivityLine

_BY = {"schedule", "rule", "cloud", "voice", "platform", "safety"}
"""Who may stand behind a switch; a hand on the page or the device goes without saying."""


def tell(line: ActivityLine, formats: Formats, now: datetime) -> str:
    """Give the sentence of a line of activity."""
    words, facts = formats.words, line.facts
    if "code" in facts:
        why = tell_then(Reason(str(facts["code"]), facts), formats, now)
        facts = {**facts, "why": why}
    key = f"activity.{line.kind}"
    if line.kind == "switched_on" and "percent" not in facts:
        key = "activity.switched_on_fixed"
    if line.kind == "fault":
        return words(key, diffuser=facts["diffuser"], fault=fault(facts["fault"], words))
    if line.kind == "broker_lost" and not facts.get("why"):
        key = "activity.broker_gone"
    if not words.has(key):
        return line.kind.replace("_", " ")
    sentence = words(key, **facts)
    by = str(facts.get("by", ""))
    return f"{sentence} {words(f'activity.by_{by}')}" if by in _BY else sentence


def fault(code: object, words: Words) -> str:
    """Give a device's fault in words; a code nobody knows is shown as it is."""
    key = f"fault.{code}"
    return words(key) if words.has(key) else str(code)
