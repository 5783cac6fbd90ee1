"""A library is imported as if others were not installed, which are left to whoever wants them afterwards."""

import sys
from importlib import import_module

import pytest

from proximity_tui.core.base.not_installed import not_installed


def test_what_is_not_loaded_yet_can_be_imported_only_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with not_installed("colorsys"), pytest.raises(ImportError):
        import_module("colorsys")
    assert import_module("colorsys").__name__ == "colorsys"


def test_what_is_loaded_already_stays() -> None:
    json = import_module("json")
    with not_installed("json"):
        assert import_module("json") is json
    assert sys.modules["json"] is json
