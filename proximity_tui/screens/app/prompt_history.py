"""What was typed on the prompt: for this run, and in the state directory for the next one.

A demo keeps none, and what looks like a secret is kept nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files.private_file import read_private, write_private
from proximity_tui.config.user_paths import user_folder
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.base.secret import masked_text

log = logging.getLogger(__name__)

MOST = 500
"""The number of lines that are kept."""
LARGEST = 256 * 1024
"""Bytes of a file; a larger one is not ours."""


def history_file() -> Path | None:
    """Return where the history is kept; None for a user without a home."""
    try:
        return user_folder("state") / "history"
    except ConfigError:
        return None


class History:
    """The lines of all prompts, each kind by its sign. Used on the event loop; files are read and written behind it."""

    def __init__(self, place: Path | None = None) -> None:
        """Keep the lines at `place`, or only for this run."""
        self._place = place
        self._lines: list[str] = []

    def load(self) -> None:
        """Read what was kept. It blocks."""
        self._lines = [*self._read(), *self._lines][-MOST:]

    def of(self, sign: str) -> Sequence[str]:
        """Return what was typed behind this sign, the newest last."""
        return [line[1:] for line in self._lines if line[0] == sign]

    def add(self, sign: str, text: str) -> None:
        """Remember a line, once and as the newest."""
        line = f"{sign}{text.strip()}"
        if line == sign or masked_text(line, leaving=False) != line:
            return
        self._lines = _with(self._lines, line)
        if self._place is not None:
            spawn("history", self._write, line)

    def _read(self) -> list[str]:
        text = read_private(self._place, LARGEST) if self._place is not None else None
        return [line for line in (text or "").split("\n") if len(line) > 1]

    def _write(self, line: str) -> None:
        """Add the line to what is kept by now: another process may have added some."""
        assert self._place is not None
        try:
            write_private(self._place, "\n".join(_with(self._read(), line)) + "\n")
        except OSError as error:
            log.warning("the history could not be written: %s", error)


class HistoryCursor:
    """The way up and down in the history, from what is typed now."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = list(lines)
        self._place = len(lines)
        self._typed = ""

    def older(self, typed: str) -> str:
        """Return the line before the one that is shown; the oldest stays."""
        if self._place == len(self._lines):
            self._typed = typed
        self._place = max(0, self._place - 1)
        return self._lines[self._place] if self._lines else typed

    def newer(self, typed: str) -> str:
        """Return the line after the one that is shown, at last what was typed."""
        if self._place == len(self._lines):
            return typed
        self._place += 1
        return self._lines[self._place] if self._place < len(self._lines) else self._typed


def _with(lines: Sequence[str], line: str) -> list[str]:
    return [*(one for one in lines if one != line), line][-MOST:]
