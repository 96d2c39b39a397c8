"""Run several commands of one typer application in one process, which pays its imports once.

Run as `python -m tools.in_turn MODULE:APP COMMAND...`, a command with its arguments being one
word in the shell's quotes; ends with the first command that fails.
"""

import shlex
import sys
from importlib import import_module

import typer


def main(words: list[str]) -> int:
    """Run the commands; return the exit code."""
    module, _, name = words[0].partition(":")
    app: typer.Typer = getattr(import_module(module), name)
    for command in words[1:]:
        try:
            app(shlex.split(command))
        except SystemExit as end:
            if end.code:
                return end.code if isinstance(end.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
