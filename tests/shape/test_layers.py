"""Imports run one way: the contracts of `.importlinter`, and what they cannot say."""

import ast
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.shape.tree import PACKAGES, ROOT, named, python_files

# Whoever else needs an adapter gets it handed in by the composition root.
LOADERS_OF_ADAPTERS = {
    "scentd.daemon": "adapters",
    "scentd.settings": "adapters.home_assistant.settings",
    "scentd.cli": ("adapters.corpus", "adapters.registry", "adapters.simulator"),
    "cloud.assistants": ("adapters.alexa", "adapters.google_home", "adapters.registry"),
}


@pytest.fixture(scope="module")
def imports():
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_every_layer_contract_is_kept():
    # In a process of its own: it configures logging, which silences every logger there was.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stdout


def test_adapters_are_loaded_by_composition_roots_alone(imports):
    strangers = {
        (importer, adapter)
        for adapter in imports.find_descendants("adapters") | {"adapters"}
        for importer in imports.find_modules_that_directly_import(adapter)
        if not importer.startswith("adapters.") and not may_load(importer, adapter)
    }

    assert strangers == set()


def may_load(importer, adapter):
    return any(
        is_within(importer, loader) and adapter.startswith(allowed)
        for loader, allowed in LOADERS_OF_ADAPTERS.items()
    )


def is_within(module, package):
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize("path", python_files(*PACKAGES, "tools"), ids=named)
def test_no_import_hides_behind_type_checking(path):
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert "TYPE_CHECKING" not in names | attributes
