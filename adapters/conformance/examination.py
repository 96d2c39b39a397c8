"""All promises of the port, tried one after the other on one dialect."""

from collections.abc import Callable, Iterator

from adapters.conformance import commanding, hearing, lasting
from adapters.conformance.judging import using
from adapters.conformance.verdict import Broken, Trial, Verdict
from adapters.registry import NAME
from adapters.values import filter_faults, message_faults

Promise = Callable[[Trial], Verdict]


def examine(trial: Trial) -> Iterator[Verdict]:
    """Try every promise; a dialect that fails amid one has broken it, and the next one follows."""
    for promise in PROMISES:
        try:
            yield promise(trial)
        except Exception as error:  # noqa: BLE001 - an examined dialect may raise anything
            said = f"{type(error).__name__} {error}".strip()
            yield Verdict(_first_line(promise), 1, Broken(f"amid this it raises {said[:200]}"))


def _name(trial: Trial) -> Verdict:
    promise = "its name is made of a-z, 0-9 and _"
    name: object = trial.subject.dialect.name
    if isinstance(name, str) and NAME.fullmatch(name):
        return Verdict(promise, 1)
    return Verdict(promise, 1, Broken(f"its name is {name!r:.60}"))


def _filters(trial: Trial) -> Verdict:
    promise = "it names the topic filters on which devices announce themselves"
    filters = trial.subject.dialect.discovery_filters()
    faults = [fault for one in filters for fault in filter_faults(one)]
    if faults or not filters:
        return Verdict(promise, 1, Broken(faults[0] if faults else "there are none"))
    return Verdict(promise, len(filters))


def _asks(trial: Trial) -> Verdict:
    promise = "what it asks after a connection goes to valid topics and is not retained"
    asks = trial.subject.dialect.discovery_asks()
    faults = [fault for one in asks for fault in message_faults(one)]
    return Verdict(promise, len(asks), Broken(faults[0]) if faults else None)


def _samples(trial: Trial) -> Verdict:
    promise = "its samples announce a device that can be used, and some of its reports are read"
    subject = trial.subject
    if not subject.diffusers:
        said = "there are no samples" if not subject.messages else "no device is found in them"
        return Verdict(promise, 1, Broken(f"{said}: record some with `scentd capture`"))
    for diffuser in subject.diffusers.values():
        if (fault := using(subject.dialect, diffuser)) is not None:
            return Verdict(promise, 1, Broken(fault, None, diffuser.id))
    read = sum(
        bool(subject.dialect.decode(subject.diffusers[name], *message))
        for name, reports in subject.reports.items()
        for message in reports
    )
    broken = None if read else Broken("no report is read in any sample")
    return Verdict(promise, len(subject.messages), broken)


PROMISES: tuple[Promise, ...] = (
    _name,
    _filters,
    _asks,
    _samples,
    hearing.hearing_itself,
    hearing.discovering,
    hearing.assembling,
    hearing.decoding,
    commanding.commanding,
    commanding.wishing_nothing,
    commanding.stepping,
    commanding.switching_off,
    lasting.keeping_ids,
    lasting.keeping_devices,
    lasting.remembering_nothing,
    lasting.not_growing,
)


def _first_line(promise: Promise) -> str:
    return (promise.__doc__ or promise.__name__.replace("_", " ").strip()).rstrip(".")
