"""What the standard takes for a topic, and for a filter of topics (MQTT 5, section 4.7)."""

_LONGEST_BYTES = 65_535


def is_filter(topic_filter: str) -> bool:
    """Say whether that is a topic filter by the standard."""
    if not topic_filter or "\0" in topic_filter or not _is_short(topic_filter):
        return False
    levels = topic_filter.split("/")
    return (
        all(level in {"+", "#"} or not set(level) & {"+", "#"} for level in levels)
        and "#" not in levels[:-1]
    )


def is_topic(topic: str) -> bool:
    """Say whether a message may be published there."""
    return bool(topic) and _is_short(topic) and not any(sign in topic for sign in "+#\0")


def matches(topic_filter: str, topic: str) -> bool:
    """Say whether a message on the topic goes to whoever subscribed the filter."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in {"+", "#"}:
        return False
    for number, name in enumerate(wanted):
        if name == "#":
            return True
        if number == len(levels) or name not in {"+", levels[number]}:
            return False
    return len(wanted) == len(levels)


def _is_short(text: str) -> bool:
    try:
        return len(text.encode()) <= _LONGEST_BYTES
    except UnicodeEncodeError:  # half of a pair of surrogates: no text on the wire
        return False
