"""Have the tests import the mutant that `$MUTANT` names (`file:number`) in place of the module; see `mutation.py`."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import Sequence
from pathlib import Path

from tools.mutation import ROOT, mutated

_FILE, _, _NUMBER = os.environ["MUTANT"].rpartition(":")
_NAME = ".".join(Path(_FILE).relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> types.CodeType:
        return compile(mutated(Path(self.path).read_text(), int(_NUMBER)), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _NAME:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        if found is not None and found.origin is not None:
            found.loader = _Loader(fullname, found.origin)
        return found


assert _NAME not in sys.modules, f"{_NAME} was imported before its mutant"
sys.meta_path.insert(0, _Finder())
