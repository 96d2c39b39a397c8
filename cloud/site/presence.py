"""How the shop shows itself: contacts, social links, search engines, and what invoices say."""

from pydantic import Field

from cloud.site.values import Value, WebAddress


class Contacts(Value):
    """How people reach the shop beside its e-mail address."""

    phone: str = Field(default="", max_length=40)
    hours: str = Field(default="", max_length=200, description="When somebody answers.")


class SocialLink(Value):
    """The shop somewhere else."""

    name: str = Field(min_length=1, max_length=40)
    url: WebAddress


class Seo(Value):
    """What search engines show of a page that says nothing itself."""

    title: str = Field(default="", max_length=70)
    description: str = Field(default="", max_length=200)


class InvoiceFacts(Value):
    """What invoices state beside the seller's address."""

    bank: str = Field(default="", max_length=120)
    iban: str = Field(default="", pattern=r"^([A-Z]{2}[0-9]{2}[A-Z0-9]{10,30})?$")
    bic: str = Field(default="", pattern=r"^([A-Z0-9]{8}([A-Z0-9]{3})?)?$")
    register_entry: str = Field(default="", max_length=120, description="Trade register, number.")
