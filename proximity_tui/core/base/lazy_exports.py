"""The words of a package that are loaded when they are first used.

A package can name everything that it offers, and a command that needs one word of it loads the module of that word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_exports(package: str, words: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package. `words` are the words of each of its modules, divided by blanks. Type
    checkers read them from imports under `TYPE_CHECKING` (see `implicit_reexport` in pyproject.toml); none is called as
    a module beside it. It raises AttributeError for any other word.
    """
    home = {word: module for module, found in words.items() for word in found.split()}

    def __getattr__(word: str) -> object:
        if word not in home:
            raise AttributeError(f"module {package!r} has no attribute {word!r}")
        found: object = getattr(import_module(f"{package}.{home[word]}"), word)
        setattr(import_module(package), word, found)
        return found

    return __getattr__
