"""What a campaign can refuse."""

from cloud.foundation.errors import Conflict, Invalid, NotFound


class CampaignNotFound(NotFound):
    """There is no such campaign."""

    code = "campaign_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such campaign.", hint="Look at the list of campaigns.")


class CampaignUnderWay(Conflict):
    """It was begun: what people read cannot be changed any more."""

    code = "campaign_under_way"

    def __init__(self) -> None:
        super().__init__("This campaign was begun already.", hint="Make a new one for other words.")


class WordsMissing(Invalid):
    """A language of the shop has no words."""

    code = "campaign_words_missing"

    def __init__(self, field: str) -> None:
        super().__init__(
            "Every language of the shop needs a title, a message and the words of the button.",
            hint="Fill in what is missing.",
            field=field,
        )


class LinkElsewhere(Invalid):
    """The link does not begin with a slash."""

    code = "campaign_link"

    def __init__(self) -> None:
        super().__init__(
            "The link must lead to a page of this shop.",
            hint="Write it without the shop's name: /products.",
            field="link",
        )
