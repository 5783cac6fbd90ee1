"""The words of a package that are loaded when they are first used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from proximity_tui.core import fleet, model
from proximity_tui.core.proxmox import backups


def words_for_type_checkers(package: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield each module that a package hands words on of, with one of them."""
    tree = ast.parse(Path(str(package.__file__)).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    for node in ast.walk(block):
        if isinstance(node, ast.ImportFrom):
            yield from ((str(node.module), word.name) for word in node.names)


@pytest.mark.parametrize("package", [fleet, model, backups], ids=lambda one: one.__name__.rpartition(".")[2])
def test_every_word_of_a_package_is_found_and_hidden_by_no_module(package: ModuleType) -> None:
    words = list(words_for_type_checkers(package))
    beside = {path.stem for path in Path(str(package.__file__)).parent.iterdir()}
    assert words
    assert not beside & {word for _, word in words}
    assert all(getattr(package, word) is getattr(import_module(module), word) for module, word in words)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing
