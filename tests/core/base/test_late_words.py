"""The words of a package that are loaded when they are first used."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from proximity_tui.core import fleet, model
from proximity_tui.core.proxmox import backups


@pytest.mark.parametrize("package", [fleet, model, backups], ids=lambda one: one.__name__.rpartition(".")[2])
def test_every_word_of_a_package_is_found_and_hidden_by_no_module(package: ModuleType) -> None:
    beside = {path.stem for path in Path(str(package.__file__)).parent.iterdir()}
    assert not beside & set(package.__all__)
    assert all(getattr(package, word) is not None for word in package.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing
