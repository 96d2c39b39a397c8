"""Bring a database from one revision to another.

Migrations run on a synchronous driver, in a transaction each, under an advisory lock: two
processes that start at once migrate once.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config

_FOLDER = Path(__file__).parent


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at a SQLAlchemy URL or libpq URI to a revision; repeatable.

    Call it outside a running event loop's critical path: it blocks until done.
    """
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; "base" leaves nothing of ours."""
    command.downgrade(_config(url), revision)


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["url"] = url
    return config
