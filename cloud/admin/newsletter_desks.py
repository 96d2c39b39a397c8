"""What the newsletter looks like to staff: its lists, and the fields of an issue."""

from collections.abc import Sequence

from sqlalchemy import func, select

from cloud.admin.forms import Field, Form, Kind
from cloud.admin.listing import Choice, Column, Condition, Listing
from cloud.foundation.words import N_
from cloud.newsletter.models import Delivery, Issue, Subscriber
from cloud.newsletter.states import (
    Act,
    DeliveryStage,
    Interest,
    IssueStage,
    Source,
    SubscriberStage,
)

STAGES = {
    IssueStage.DRAFT: (N_("Draft"), ""),
    IssueStage.SCHEDULED: (N_("Planned"), "info"),
    IssueStage.SENDING: (N_("Being sent"), "warn"),
    IssueStage.SENT: (N_("Sent"), "good"),
    IssueStage.CANCELLED: (N_("Cancelled"), "bad"),
}
INTERESTS = (
    (Interest.NEW_SCENTS.value, N_("New scents")),
    (Interest.OFFERS.value, N_("Offers")),
    (Interest.STORIES.value, N_("Stories and tips")),
    (Interest.SMART_HOME.value, N_("Scents and the smart home")),
)
SOURCES = {
    Source.FOOTER: N_("Foot of a page"),
    Source.PAGE: N_("Newsletter page"),
    Source.ACCOUNT: N_("Account"),
    Source.API: N_("Program"),
    Source.MAIL: N_("Link in a mail"),
    Source.STAFF: N_("Staff"),
}

ACTS = {
    Act.ASKED: N_("Asked for it"),
    Act.CONFIRMED: N_("Confirmed it"),
    Act.LEFT: N_("Ended it"),
}
READER_STAGES = {
    SubscriberStage.ACTIVE: (N_("Gets it"), "good"),
    SubscriberStage.PENDING: (N_("Not confirmed"), "warn"),
    SubscriberStage.LEFT: (N_("Ended it"), ""),
    SubscriberStage.REFUSED: (N_("Address refused"), "bad"),
}


def _reader(stage: SubscriberStage) -> Condition:
    return lambda _now: Subscriber.stage == stage


def _issue(stage: IssueStage) -> Condition:
    return lambda _now: Issue.stage == stage


SUBSCRIBERS = Listing(
    "newsletter",
    select(
        Subscriber.id,
        Subscriber.email,
        Subscriber.name,
        (Subscriber.stage == SubscriberStage.ACTIVE).label("is_active"),
        Subscriber.stage,
        Subscriber.language,
        func.array_to_string(Subscriber.interests, ", ").label("interests"),
        Subscriber.source,
        Subscriber.asked_at,
        Subscriber.confirmed_at,
        Subscriber.left_at,
    ),
    Subscriber.id,
    (
        Column("email", N_("Address"), Subscriber.email, link="/admin/newsletter/readers/{id}"),
        Column("name", N_("Name")),
        Column("is_active", N_("Active")),
        Column("language", N_("Language")),
        Column("interests", N_("Interests")),
        Column("source", N_("From")),
        Column("asked_at", N_("Asked"), Subscriber.asked_at),
        Column("confirmed_at", N_("Confirmed")),
        Column("left_at", N_("Ended")),
    ),
    order="-asked_at",
    searched=(Subscriber.email, Subscriber.name),
    choices=(
        Choice(
            "stage",
            N_("State"),
            {stage.value: (words, _reader(stage)) for stage, (words, _) in READER_STAGES.items()},
        ),
    ),
)
_SENT = (
    select(func.count())
    .where(Delivery.issue_id == Issue.id, Delivery.stage == DeliveryStage.SENT)
    .correlate(Issue)
    .scalar_subquery()
)
ISSUES = Listing(
    "issues",
    select(Issue.id, Issue.title, Issue.stage, Issue.interest, Issue.send_at, _SENT.label("sent")),
    Issue.id,
    (
        Column("title", N_("Issue"), Issue.title, link="/admin/newsletter/issues/{id}"),
        Column("stage", N_("State")),
        Column("interest", N_("About")),
        Column("send_at", N_("Goes out")),
        Column("sent", N_("Sent"), is_number=True),
        Column("id", N_("Number"), Issue.id, is_number=True),
    ),
    order="-id",
    searched=(Issue.title,),
    choices=(
        Choice(
            "stage",
            N_("State"),
            {stage.value: (words, _issue(stage)) for stage, (words, _pill) in STAGES.items()},
        ),
    ),
)


def issue_form(languages: Sequence[str]) -> Form:
    """Return the form of an issue, a subject and a text for each language, the shop's first."""
    texts = [
        one
        for language in languages
        for one in (
            Field(
                f"subject_{language}",
                N_("Subject"),
                required=language == languages[0],
                empty="",
                attributes={"maxlength": "150", "lang": language},
                apart=language,
            ),
            Field(
                f"body_{language}",
                N_("Text"),
                Kind.AREA,
                hint=N_("Plain text; an empty line parts paragraphs."),
                required=language == languages[0],
                empty="",
                attributes={"maxlength": "20000", "rows": "10", "lang": language},
                apart=language,
            ),
        )
    ]
    return Form(
        (
            Field("title", N_("Name for the staff"), attributes={"maxlength": "120"}),
            Field(
                "interest",
                N_("About"),
                Kind.CHOICE,
                hint=N_("Goes to readers who chose it or chose nothing; empty: to all."),
                required=False,
                options=INTERESTS,
            ),
            *texts,
        )
    )
