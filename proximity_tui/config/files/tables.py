"""A TOML file read as strict tables: known keys only, each value by its grammar, each origin noted.

It can name a place in the file to a person; it knows none of the keys themselves.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from proximity_tui.config.config_errors import ConfigError, Invalid
from proximity_tui.config.files.bounded_read import read_file
from proximity_tui.core.base.text import did_you_mean

T = TypeVar("T")

LARGEST = 1 << 20
"""Bytes of a configuration; what is longer, such as a device that never ends, is read no further."""

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of the file at `path`. Raises FileNotFoundError if there is none, else ConfigError."""
    try:
        content = read_file(path, LARGEST + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    if len(content) > LARGEST:
        raise too_large(path)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(_syntax_sentence(path, str(error), content.count(b"\n") + 1)) from None


def too_large(path: Path) -> ConfigError:
    """Return the error about a file that cannot be a configuration, by its size."""
    return ConfigError(f"{path} holds more than {LARGEST} bytes, so it is no configuration")


class TomlTable:
    """One table of the file. `known` are the keys it may hold; None means that any key may stand here.

    `hints` gives the advice for keys that do not belong here; else the nearest known key is suggested.
    """

    def __init__(
        self,
        file: Path,
        name: str,
        content: Mapping[str, Any],
        known: Collection[str] | None,
        origins: dict[str, str],
        hints: Mapping[str, str] | None = None,
    ) -> None:
        self.file = file
        self.name = name
        self.content = content
        self.origins = origins
        self._hints = hints or {}
        if known is not None:
            for key in content:
                if key not in known:
                    self._refuse(key, known)

    def read(self, key: str, grammar: Callable[[object], T], default: T) -> T:
        """Return the value of `key` by its `grammar`, or `default` where it is absent. Notes its origin."""
        if key not in self.content:
            self.origins.setdefault(self.dotted(key), "default")
            return default
        return self._parsed(key, grammar)

    def require(self, key: str, grammar: Callable[[object], T], advice: str) -> T:
        """Return the value of `key`, which is required; `advice` says what to write where it is missing."""
        if key not in self.content:
            self.fail(f"is missing: {advice}", key)
        return self._parsed(key, grammar)

    def table(self, key: str, known: Collection[str] | None, hints: Mapping[str, str] | None = None) -> TomlTable:
        """Return the table under `key`, empty where it is absent."""
        content = self.content.get(key, {})
        if not isinstance(content, dict):
            self.fail(f"must be a table, written [{self.dotted(key)}]", key)
        return TomlTable(self.file, self.dotted(key), content, known, self.origins, {**self._hints, **(hints or {})})

    def dotted(self, key: str) -> str:
        """Return the full name of `key`, such as `clusters.prod.url`; a strange key is quoted as TOML would."""
        bare = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)
        return f"{self.name}.{bare}" if self.name else bare

    def fail(self, problem: str, key: str | None = None) -> NoReturn:
        """Raise a ConfigError that names the place (`key`, or this table) and the problem."""
        place = self.name if key is None else self.dotted(key)
        raise ConfigError(f"{self.file}: {place} {problem}")

    def _parsed(self, key: str, grammar: Callable[[object], T]) -> T:
        try:
            value = grammar(self.content[key])
        except Invalid as error:
            self.fail(str(error), key)
        self.origins[self.dotted(key)] = str(self.file)
        return value

    def _refuse(self, key: str, known: Collection[str]) -> NoReturn:
        hint = self._hints.get(key)
        advice = hint or did_you_mean(key, known, f"known here: {', '.join(known)}", self.dotted)
        self.fail(f"is not a known setting; {advice}", key)


def _syntax_sentence(path: Path, message: str, lines: int) -> str:
    place = _PLACE.search(message)
    if place is None:
        return f"{path} is not valid TOML: {message}"
    at = f"line {place['line']}, column {place['column']}" if place["line"] else f"line {lines}, the end"
    return f"{path}, {at}: not valid TOML: {message[: place.start()]}"
