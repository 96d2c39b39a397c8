"""The promises about messages that come in: any message is read, or said to be malformed."""

from collections.abc import Iterator, Mapping
from functools import partial

from adapters.conformance import judging
from adapters.conformance.mutation import Mutator
from adapters.conformance.verdict import Judge, Trial, Verdict, first_broken
from adapters.corpus.recording import Message
from scentd.model.diffuser import Diffuser
from scentd.model.topics import matches
from scentd.ports import DiffuserDialect

Questions = Iterator[tuple[Message, Judge, str]]


def discovering(trial: Trial) -> Verdict:
    """Try announcements, good and bad, and noise."""
    promise = "discover reads any message, or raises Malformed; what it finds can be used"
    subject = trial.subject
    samples = (*subject.announcements, *subject.messages)

    def questions() -> Questions:
        mutator = Mutator(samples, trial.chance(promise))
        judge = partial(_discovered, subject.dialect)
        for message in subject.messages:
            yield message, judge, ""
        while True:
            yield mutator.next(), judge, ""

    return first_broken(promise, questions(), trial.size + len(subject.messages))


def assembling(trial: Trial) -> Verdict:
    """Try the parts of announcements: some wrong, some missing."""
    promise = "assemble reads any parts, or raises Malformed; what it finds can be used"
    dialect, groups = trial.subject.dialect, trial.subject.groups
    if not groups:
        return Verdict(promise, 0)

    def questions() -> Questions:
        chance = trial.chance(promise)
        mutators = [
            Mutator([Message(*piece) for piece in pieces.items()], chance) for _, pieces in groups
        ]
        while True:
            at = chance.randrange(len(groups))
            name, pieces = groups[at]
            kept = {topic: text for topic, text in pieces.items() if chance.random() >= 0.08}
            judge = partial(_assembled, dialect, name, kept)
            yield mutators[at].next(), judge, f"group {name}"

    return first_broken(promise, questions(), trial.size)


def decoding(trial: Trial) -> Verdict:
    """Try reports of every device found, good and bad, and noise."""
    promise = "decode reads any message, or raises Malformed; all values are in their range"
    subject = trial.subject
    if not subject.diffusers:
        return Verdict(promise, 0)

    def questions() -> Questions:
        chance = trial.chance(promise)
        judges, mutators = {}, {}
        for name, diffuser in subject.diffusers.items():
            topics = subject.dialect.topics(diffuser)
            reports = [*subject.reports.get(name, ()), *(Message(t, b"{}") for t in topics)]
            judges[name] = partial(_decoded, subject.dialect, diffuser)
            mutators[name] = Mutator(reports, chance)
            for report in subject.reports.get(name, ()):
                yield report, judges[name], name
        while True:
            name = chance.choice(tuple(mutators))
            yield mutators[name].next(), judges[name], name

    count = sum(map(len, subject.reports.values()))
    return first_broken(promise, questions(), trial.size + count)


def hearing_itself(trial: Trial) -> Verdict:
    """See that announcements come in by the filters, and reports on the topics it names."""
    promise = "its filters and topics let in the messages of its own samples"
    subject = trial.subject
    filters = subject.dialect.discovery_filters()

    def heard(message: Message) -> str | None:
        if any(matches(one, message.topic) for one in filters):
            return None
        return f"no discovery filter matches {message.topic}"

    questions = ((one, heard, "") for one in subject.announcements)
    return first_broken(promise, questions, len(subject.announcements))


def _discovered(dialect: DiffuserDialect, message: Message) -> str | None:
    return judging.discovering(dialect, message.topic, message.payload)


def _assembled(
    dialect: DiffuserDialect, group: str, pieces: Mapping[str, bytes], message: Message
) -> str | None:
    return judging.assembling(dialect, group, {**pieces, message.topic: message.payload})


def _decoded(dialect: DiffuserDialect, diffuser: Diffuser, message: Message) -> str | None:
    return judging.decoding(dialect, diffuser, message.topic, message.payload)
