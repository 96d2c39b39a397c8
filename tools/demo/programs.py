"""Which programs the demo runs beside broker and database, and what they are told."""

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.demo.place import Place
from tools.ports import HOST
from tools.supervision import Program

PYTHON = sys.executable
SCENTD = str(Path(PYTHON).with_name("scentd"))
SCENT_CLOUD = str(Path(PYTHON).with_name("scent-cloud"))

# What an interpreter imports before any program is forked from it: the stand-ins speak aiohttp
# like the hub.
WARM_MODULES = {
    "hub": (
        "scentd.cli",
        "adapters.simulator.fleet",
        "tests.fakes.stripe.server",
        "tests.fakes.mailbox.server",
    ),
    "cloud": ("cloud.cli", "asyncpg", "sqlalchemy.dialects.postgresql.asyncpg", "uvicorn.main"),
}

OIL_SPEED = 150
"""Simulated oil falls this many times faster; clocks run as always."""

# Which program prints what, as the last words of what it prints. `household` signs the demo
# itself in, to furnish the home over the same addresses as anybody.
LINKS = {"keys": ("shop", "staff", "household"), "key": ("home", "token")}


def programs(place: Place) -> tuple[Program, ...]:
    """Return what runs in the demo, beside broker and database, the slowest to start first."""
    return (*shop_programs(place), *home_programs(place), *stand_ins(place))


def stand_ins(place: Place, *, oil_speed: int = OIL_SPEED) -> tuple[Program, ...]:
    """Return what stands in for the outside: Stripe's servers, a mailbox, diffusers."""
    webhook = f"{place.url('shop')}/webhooks/stripe"
    return (
        Program(
            name="payments",
            command=(
                *(PYTHON, "-m", "tests.fakes.stripe", "--port", str(place.ports["pay"])),
                *("--webhook-url", webhook, "--webhook-secret", place.webhook_secret),
            ),
            ready_at=f"{place.url('pay')}/health",
            warm="hub",
        ),
        Program(
            name="mailbox",
            command=(
                *(PYTHON, "-m", "tests.fakes.mailbox", "--smtp-port", str(place.smtp_port)),
                *("--http-port", str(place.ports["mail"])),
            ),
            ready_at=f"{place.url('mail')}/health",
            warm="hub",
        ),
        Program(
            name="diffusers",
            command=(
                *(SCENTD, "simulate", "--broker", f"{HOST}:{place.broker_port}"),
                *("--speed", str(oil_speed)),
            ),
            warm="hub",
        ),
    )


def shop_programs(place: Place) -> tuple[Program, ...]:
    """Return the cloud's two processes, and the ways into its pages."""
    cloud = cloud_environment(place)
    return (
        Program(
            name="shop",
            command=(SCENT_CLOUD, "serve", "--host", HOST, "--port", str(place.ports["shop"])),
            environment=cloud,
            ready_at=f"{place.url('shop')}/health",
            warm="cloud",
        ),
        Program(
            name="keys",
            command=(
                *(PYTHON, "-m", "tools.in_turn", "cloud.cli:app"),
                *("customer-link", "staff-link", "customer-link"),
            ),
            environment=cloud,
            once=True,
            is_private=True,
            warm="cloud",
        ),
        Program("worker", (SCENT_CLOUD, "worker"), environment=cloud, warm="cloud"),
    )


def home_programs(place: Place) -> tuple[Program, ...]:
    """Return the hub, and the ways into it: a link for a browser, a token for the demo itself."""
    file = str(place.hub_file)
    config = f"--config {shlex.quote(file)}"
    scopes = "--scope read --scope control --scope configure"
    return (
        Program(
            name="home",
            command=(SCENTD, "run", "--config", file),
            ready_at=f"{place.url('home')}/health",
            warm="hub",
        ),
        Program(
            name="key",
            command=(
                *(PYTHON, "-m", "tools.in_turn", "scentd.cli:app"),
                *(f"token link {config}", f"token create moving-in --days 1 {scopes} {config}"),
            ),
            after=("home",),
            once=True,
            is_private=True,
            warm="hub",
        ),
    )


def cloud_environment(place: Place) -> dict[str, str]:
    """Return the settings of shop and worker."""
    return {
        "SCENT_DATABASE_URL": place.database_url,
        "SCENT_PUBLIC_URL": place.url("shop"),
        "SCENT_SESSION_SECRET": place.session_secret,
        "SCENT_FILES": str(place.folder / "files"),
        "SCENT_SMTP_HOST": HOST,
        "SCENT_SMTP_PORT": str(place.smtp_port),
        "SCENT_SMTP_SECURITY": "none",
        "SCENT_STRIPE_API_BASE": place.url("pay"),
        "SCENT_STRIPE_SECRET_KEY": "sk_test_demo",
        "SCENT_STRIPE_WEBHOOK_SECRET": place.webhook_secret,
        "SCENT_REORDER_CANCEL_WINDOW_S": "60",
        "SCENT_REORDER_SETTLING_S": "0",
        "SCENT_DEMO": "true",
    }


def hub_settings(place: Place) -> dict[str, object]:
    """Return the hub's settings by dotted key; waits are as short as a demo's patience."""
    return {
        "demo": True,
        "zone": "Europe/Berlin",
        "store.path": str(place.folder / "hub.db"),
        "mqtt.host": HOST,
        "mqtt.port": place.broker_port,
        "mqtt.name": "demo",
        "api.host": HOST,
        "api.port": place.ports["home"],
        "cartridges.tick_s": 2,
        "cartridges.settle_s": 5,
        "cartridges.level_every_s": 5,
        "sync.cloud_url": place.url("shop"),
        "sync.key_folder": str(place.folder / "keys"),
        "sync.hub_name": "Lindenweg 7",
        "sync.state_delay_s": 5,
        "sync.telemetry_delay_s": 5,
        "sync.poll_every_s": 15,
        "sync.retry_longest_s": 5,
        "sync.retry_longest_with_facts_s": 5,
    }


def as_toml(settings: Mapping[str, object]) -> str:
    """Write settings by dotted key; strings, numbers and truth look in TOML as in JSON."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
