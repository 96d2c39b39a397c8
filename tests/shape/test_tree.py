"""What every file of the project must and must not be."""

import re

import pytest

from tests.shape.tree import PACKAGES, ROOT, files, named, python_files

LONGEST_FILE_LINES = 400
LONGER_BECAUSE: dict[str, str] = {
    "tests/scentd/api/browser/test_week_editor.py": "one browser and one house serve all of it",
    "tests/system/test_sync_machine.py": "one state machine: rules and invariants belong together",
}
ATTICS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
# Spelt in pieces, so that this file does not say them itself.
INDEX_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com")
MACHINE_PATHS = ("/" + "work/main", "/" + "work/shared", "/" + "root/", "/" + "opt/pypi")
PUT_OFF = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")

TEXTS = [path for path in files() if b"\0" not in path.read_bytes()]
SOURCES = python_files(*PACKAGES, "tools", "tests")


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_file_is_not_too_long(path):
    lines = len(path.read_text().splitlines())

    assert lines <= LONGEST_FILE_LINES or named(path) in LONGER_BECAUSE


def test_no_exception_outlives_its_reason():
    long = {named(path) for path in SOURCES if len(path.read_text().splitlines()) > 400}

    assert set(LONGER_BECAUSE) <= long


def test_no_module_is_an_attic():
    attics = [named(path) for path in SOURCES if ATTICS & {*path.parent.parts, path.stem}]

    assert attics == []


@pytest.mark.parametrize("words", [INDEX_HOSTS, MACHINE_PATHS], ids=["index hosts", "paths"])
def test_no_file_names_a_place_of_the_machine_it_was_written_on(words):
    naming = [
        named(path)
        for path in TEXTS
        if any(word in path.read_text(errors="replace") for word in words)
    ]

    assert naming == []


def test_nothing_is_put_off_in_the_source():
    putting_off = [named(path) for path in SOURCES if PUT_OFF.search(path.read_text())]

    assert [path for path in putting_off if path != "tests/shape/test_tree.py"] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package):
    folders = {path.parent for path in python_files(package)}
    # Alembic reads its revisions as files.
    folders.discard(ROOT / "cloud" / "migrations" / "versions")

    assert [named(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
