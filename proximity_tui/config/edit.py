"""Changes to a configuration file that keep everything else in it as it was written, comments included.

A change is a new text; it is written beside the file, read back as a configuration, and only then takes its place.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from proximity_tui.config.errors import ConfigError

_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
_VALUE = re.compile(r"^([ \t]*fingerprint[ \t]*=[ \t]*)(\"[^\"\n]*\"|'[^'\n]*'|\[[^\]]*\])", re.MULTILINE)


class Draft:
    """A new text for the configuration at `path`, kept beside it as `file` until it is committed or discarded."""

    def __init__(self, path: Path, replacing: str, file: Path) -> None:
        self.path = path
        self.file = file
        self._replacing = replacing

    def commit(self) -> None:
        """Put the new text in the place of the old one, at once and for good. Raises ConfigError if that was changed
        meanwhile.
        """
        if current_text(self.path) != self._replacing:
            raise ConfigError(f"{self.path} was changed by somebody else just now; try again")
        os.replace(self.file, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def draft(path: Path, text: str, replacing: str) -> Iterator[Draft]:
    """Write `text` beside the configuration at `path`, whose text is `replacing` (empty where there is none yet). An
    uncommitted draft is removed at the end.
    """
    path = path.resolve()
    file = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        write_new(file, text, mode)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {(error.strerror or 'unknown reason').lower()}") from None
    try:
        yield Draft(path, replacing, file)
    finally:
        with suppress(FileNotFoundError):
            file.unlink()


def write_new(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that does not exist yet, down to the disk. Raises FileExistsError when it does."""
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def current_text(path: Path) -> str:
    """Return the text of the configuration at `path`, empty where there is none. Raises ConfigError."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text") from None


def with_cluster(text: str, name: str, values: dict[str, Any]) -> str:
    """Return `text` with one more cluster at its end. Raises ConfigError where the layout of the file does not allow
    that.
    """
    lines = [f"[clusters.{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items()), ""]
    separator = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    changed = text + separator + "\n".join(lines)
    wanted = _content(text) if text else {}
    if name in wanted.get("clusters", {}):
        raise ConfigError(f"clusters.{name} is already there")
    wanted.setdefault("clusters", {})[name] = values
    return _agreed(changed, wanted, f"clusters.{name} cannot be added to this file; add it by hand")


def with_fingerprints(text: str, name: str, fingerprints: Sequence[str]) -> str:
    """Return `text` with other pinned certificates for a cluster. Raises ConfigError where they
    cannot be found in it.
    """
    by_hand = f"clusters.{name}.fingerprint cannot be replaced in this file; write it by hand: {_pins(fingerprints)}"
    header = re.search(
        rf"^\ufeff?[ \t]*\[[ \t]*clusters[ \t]*\.[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*\]", text, re.MULTILINE
    )
    if header is None:
        raise ConfigError(by_hand)
    next_header = _next_table(text, header.end())
    found = _VALUE.search(text, header.end(), next_header)
    if found is None:
        raise ConfigError(by_hand)
    changed = text[: found.start(2)] + _pins(fingerprints) + text[found.end(2) :]
    wanted = _content(text)
    wanted["clusters"][name]["fingerprint"] = pinned(fingerprints)
    return _agreed(changed, wanted, by_hand)


def with_name(text: str, old: str, new: str) -> str:
    """Return `text` with another name for a cluster. Raises ConfigError that names the line to change by hand."""
    by_hand = f"write it by hand: the table [clusters.{old}] is to be called [clusters.{new}]"
    name = rf"([ \t]*(?:\[[ \t]*)?clusters[ \t]*\.[ \t]*)([\"']?){re.escape(old)}\2(?=[ \t]*[\].])"
    changed = re.sub(rf"^{name}", rf"\g<1>{new}", text, flags=re.MULTILINE)
    wanted = tomllib.loads(text)
    tables = wanted.get("clusters", {})
    wanted["clusters"] = {new if one == old else one: table for one, table in tables.items()}
    return _agreed(changed, wanted, by_hand)


def pinned(fingerprints: Sequence[str]) -> str | list[str]:
    """Return pins as the configuration has them: one is a text, several are a list."""
    return fingerprints[0] if len(fingerprints) == 1 else list(fingerprints)


def _pins(fingerprints: Sequence[str]) -> str:
    return _toml(pinned(fingerprints))


def _next_table(text: str, start: int) -> int:
    found = _HEADER.search(text, start)
    return found.start() if found else len(text)


def _agreed(changed: str, wanted: dict[str, Any], complaint: str) -> str:
    """Return `changed` if it holds exactly the wanted content; otherwise raise ConfigError: nothing else may change."""
    try:
        same = _content(changed) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise ConfigError(complaint)
    return changed


def _content(text: str) -> dict[str, Any]:
    """Return the content of a TOML text. Some editors begin it with a byte order mark."""
    return tomllib.loads(text.removeprefix("\ufeff"))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    # A JSON text or list of texts is TOML, too: its escapes are a part of TOML's.
    return json.dumps(value, ensure_ascii=False)
