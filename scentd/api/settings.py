"""What a household may set about its hub's page and API."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import BaseModel, ConfigDict, Field

HOME_NETWORKS: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(written)
    for written in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Loopback, private (RFC 1918, RFC 4193) and link-local (RFC 3927, RFC 4291) addresses."""


class ApiSettings(BaseModel):
    """Where the page listens and who may come in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(
        default="0.0.0.0",  # noqa: S104 - phones in the home must reach it; peers are checked
        description=(
            "The address listened on. 0.0.0.0: every phone at home reaches the page; addresses "
            "outside `networks` are turned away whatever this says."
        ),
    )
    port: int = Field(
        default=8480,
        ge=0,
        le=65535,
        description="The TCP port of page and API; 0 takes any free one. 8480: rarely taken.",
    )
    names: tuple[str, ...] = Field(
        default=(),
        description=(
            "Further host names the hub answers to, beside its own name, that name with .local, "
            "localhost and bare addresses. None: any other name may be a DNS rebinding attack."
        ),
    )
    origins: tuple[str, ...] = Field(
        default=(),
        description=(
            "Other web origins (such as http://wall-panel.local) whose pages may call the API. "
            "None: only the hub's own page."
        ),
    )
    networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=HOME_NETWORKS,
        description=(
            "Address ranges that may connect. The private ones: a hub is never meant to be "
            "reached from the internet, even when a router forwards the port."
        ),
    )
    session_days: int = Field(
        default=90,
        ge=1,
        le=365,
        description="Days until a signed-in browser must sign in again. 90: four times a year.",
    )
    token_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Days a new access token lives. 365: forgotten ones die within a year.",
    )
    activity_kept: int = Field(
        default=1000,
        ge=50,
        le=10_000,
        description="Lines of activity kept. 1,000: some weeks of a busy home in about 200 kB.",
    )
