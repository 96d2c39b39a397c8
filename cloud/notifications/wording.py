"""What people read of topics: their names, and what each tells."""

from collections.abc import Mapping
from dataclasses import dataclass

from cloud.foundation.words import N_
from cloud.notifications.topics import Category, Topic


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic's name and what it tells, to be said in the reader's language."""

    name: str
    about: str


TOPIC_WORDS: Mapping[Topic, TopicWords] = {
    Topic.ORDERS: TopicWords(
        N_("Orders and payments"),
        N_("Confirmations, payments, returns and refunds."),
    ),
    Topic.PARCELS: TopicWords(
        N_("Parcels on their way"),
        N_("When a parcel leaves, comes today and has arrived."),
    ),
    Topic.ACCOUNT: TopicWords(
        N_("Your account"),
        N_("Changes of your account and new devices that sign in."),
    ),
    Topic.REFILLS: TopicWords(
        N_("Refills"),
        N_("A cartridge runs low, and what is ordered for it."),
    ),
    Topic.DEVICES: TopicWords(
        N_("Silent hubs"),
        N_("Nothing has been heard of your hub for hours."),
    ),
    Topic.HOME_LIFE: TopicWords(
        N_("Life at home"),
        N_("New devices, automations that ran, and whether a refill is in."),
    ),
    Topic.SUBSCRIPTIONS: TopicWords(
        N_("Subscriptions"),
        N_("What is charged and when, before and after."),
    ),
    Topic.POINTS: TopicWords(N_("Points earned"), N_("Every time points come in.")),
    Topic.REWARDS: TopicWords(
        N_("Tiers and rewards"),
        N_("A new tier, a reward you took, and points that end soon."),
    ),
    Topic.WISHES: TopicWords(
        N_("Your wishlist"),
        N_("A scent on it is back or costs less."),
    ),
    Topic.ASKED_FOR: TopicWords(
        N_("What you asked for once"),
        N_("The question whether an address is yours."),
    ),
    Topic.NEW_SCENTS: TopicWords(N_("New scents"), N_("A new scent is on the shelves.")),
    Topic.LEFT_CARTS: TopicWords(
        N_("A cart you left"),
        N_("One reminder of bottles that wait in your cart, once a month at most."),
    ),
    Topic.REVIEWS: TopicWords(
        N_("Your reviews"),
        N_("Others can read your review, or the shop answered it."),
    ),
    Topic.OFFERS: TopicWords(N_("Offers"), N_("Sales and other good occasions.")),
    Topic.SURVEYS: TopicWords(N_("Surveys"), N_("Now and then a question how we do.")),
    Topic.NEWSLETTER: TopicWords(N_("Newsletter"), N_("Stories about scents.")),
    Topic.SHOP: TopicWords(
        N_("The shop itself"),
        N_("Changes that concern every customer, such as new terms."),
    ),
    Topic.STOCK: TopicWords(N_("Stock"), N_("Something runs low in the shop.")),
    Topic.ALERTS: TopicWords(
        N_("What staff must look at"),
        N_("Payments, mails and parcels that need a person."),
    ),
}

CATEGORY_WORDS: Mapping[Category, str] = {
    Category.ORDERS: N_("Orders"),
    Category.ACCOUNT: N_("Account"),
    Category.HOME: N_("Home"),
    Category.SUBSCRIPTIONS: N_("Subscriptions"),
    Category.LOYALTY: N_("Points"),
    Category.SCENTS: N_("Scents"),
    Category.GENERAL: N_("From the shop"),
    Category.STAFF: N_("Work"),
}
