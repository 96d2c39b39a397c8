"""Several commands of one program in one process."""

import subprocess
import sys
import textwrap

import pytest

APP = """
import sys
import typer

app = typer.Typer()

@app.command()
def say() -> None:
    typer.echo("said")

@app.command()
def repeat(words: str, times: int = 1) -> None:
    typer.echo(words * times)

@app.command()
def refuse() -> None:
    sys.exit(3)
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "speaker.py").write_text(textwrap.dedent(APP))

    def run_in_turn(*commands):
        launch = f"import sys; sys.path.insert(0, {str(tmp_path)!r})"
        code = f"{launch}; from tools.in_turn import main; sys.exit(main(sys.argv[1:]))"
        return subprocess.run(
            [sys.executable, "-c", code, "speaker:app", *commands],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run_in_turn


def test_each_command_runs(run):
    finished = run("say", "say")

    assert (finished.returncode, finished.stdout.split()) == (0, ["said", "said"])


def test_command_may_have_arguments_in_quotes(run):
    finished = run("repeat 'two words' --times 2", "say")

    assert finished.stdout.splitlines() == ["two wordstwo words", "said"]


def test_first_failure_ends_it_with_its_code(run):
    finished = run("say", "refuse", "say")

    assert (finished.returncode, finished.stdout.split()) == (3, ["said"])
