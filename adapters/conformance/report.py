"""The words of an examination."""

from adapters.conformance.verdict import Broken, Trial, Verdict

AIM_US = 30
_SHOWN_BYTES = 300


def heading(name: str, trial: Trial) -> str:
    """Give what is examined, on what."""
    subject = trial.subject
    devices = ", ".join(subject.diffusers) or "none"
    return (
        f"{name}: {len(subject.messages)} sample messages, devices: {devices}\n"
        f"seed {trial.seed}, {trial.size:,} messages for each promise\n"
    )


def line(verdict: Verdict) -> str:
    """Give one promise and what became of it."""
    if verdict.broken is not None:
        return f"  BROKEN  {verdict.promise}\n{_broken(verdict.broken)}"
    tried = f"tried {verdict.tries:,} times" if verdict.tries else "nothing to try it on"
    return f"  kept    {verdict.promise} ({tried})"


def speed(microseconds: float | None) -> str:
    """Give what a message costs."""
    if microseconds is None:
        return "  speed   no sample to measure with"
    said = "as wished" if microseconds <= AIM_US else f"more than the {AIM_US} µs wished for"
    return f"  speed   {microseconds:.1f} µs CPU a message, {said}"


def summary(broken: int, seed: int) -> str:
    """Give the last line."""
    if not broken:
        return "\nEvery promise is kept."
    promises = "1 promise is" if broken == 1 else f"{broken} promises are"
    return f"\n{promises} broken. Try the same again with --seed {seed}."


def _broken(broken: Broken) -> str:
    lines = [broken.words, f"asked of {broken.about}" if broken.about else ""]
    if broken.message is not None:
        payload = broken.message.payload
        more = f" and {len(payload) - _SHOWN_BYTES:,} bytes more" * (len(payload) > _SHOWN_BYTES)
        lines += [f"topic   {broken.message.topic!r}", f"payload {payload[:_SHOWN_BYTES]!r}{more}"]
    return "\n".join(f"            {one}" for one in lines if one)
