"""Views: a list with its filter and its order, under a name. Those of `[views]` in the settings stay as they are there;
those that are saved on the screen are in the state directory. A demo keeps them only until it ends.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files.private_file import read_private, write_private
from proximity_tui.config.user_paths import user_folder
from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.keyboard.screen_ids import LISTS, ScreenId

LARGEST = 256 * 1024
"""Bytes of a file; a larger one is not ours."""
RESERVED = frozenset({"save", "delete"})


@value_object
class ListView:
    """A list as it is to be shown. `order` is the id of a column, with `-` in front for the reverse; empty: the default
    order.
    """

    screen: ScreenId
    filter: str = ""
    order: str = ""

    @property
    def text(self) -> str:
        """The view as it is written: `fleet tag:prod sort:-cpu`."""
        return " ".join(part for part in (self.screen, self.filter, self.order and f"sort:{self.order}") if part)


class BadView(ValueError):
    """Raised for a view that cannot be understood; its text is a sentence for a person."""


def read_view(text: str) -> ListView:
    """Return the view that is written in `text`. The filter itself is judged by its list. Raises BadView."""
    first, _, rest = text.strip().partition(" ")
    if first not in LISTS:
        raise BadView(f"{first or 'an empty text'} is not a list; a view is written as `fleet tag:prod sort:-cpu`")
    order = re.search(r"(?:^|\s)sort:(-?[a-z_]+)\s*$", rest)
    wanted = rest[: order.start()] if order else rest
    return ListView(ScreenId(first), wanted.strip(), order[1] if order else "")


def check_name(name: str) -> None:
    """Raise BadView where `name` can be no name of a view."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name) or name in RESERVED:
        raise BadView(f"{name or 'an empty text'} cannot be the name of a view: use letters, digits, - and _")


def views_file() -> Path | None:
    """Return where saved views are kept; None for a user without a home."""
    try:
        return user_folder("state") / "views"
    except ConfigError:
        return None


class Views:
    """The views of this person. Files are read and written by calls that block."""

    def __init__(self, configured: Mapping[str, str], place: Path | None = None) -> None:
        """Take over those of the settings. Raises ConfigError that names the setting and the remedy."""
        self._place = place
        self._writing = Lock()
        self._saved: dict[str, ListView] = {}
        self.configured: dict[str, ListView] = {}
        """Those of the settings; their filters are not judged here."""
        for name, text in configured.items():
            try:
                check_name(name)
                self.configured[name] = read_view(text)
            except BadView as problem:
                raise ConfigError(f"views.{name}: {problem}") from None

    @property
    def names(self) -> list[str]:
        """The names of all views."""
        return sorted({*self.configured, *self._saved})

    def get(self, name: str) -> ListView | None:
        """Return the view of this name, or None."""
        return self.configured.get(name) or self._saved.get(name)

    def load(self) -> None:
        """Read what was saved; a line that cannot be understood is left out. It blocks."""
        self._saved = {**_views_in(self._lines() or ()), **self._saved}

    def save(self, name: str, view: ListView) -> str | None:
        """Save a view under a name; return why that is not possible, or None. It blocks."""
        try:
            check_name(name)
        except BadView as problem:
            return f"{problem}."
        if name in self.configured:
            return f"The view {name} is in the configuration file. Change it there, or choose another name."
        if masked_text(view.text, leaving=False) != view.text:
            return "The filter holds what looks like a secret, so the view was not saved."
        return self._keep(name, view)

    def delete(self, name: str) -> str | None:
        """Delete a saved view; return why that is not possible, or None. It blocks."""
        if name in self.configured:
            return f"The view {name} is in the configuration file. Remove it there."
        lines = self._lines()
        if lines is not None and name not in self._saved and name not in _views_in(lines):
            return f"No view is called {name}."
        return self._keep(name, None)

    def _keep(self, name: str, view: ListView | None) -> str | None:
        """Write a view, or leave it out (None), among what is saved by now: another process may have saved some, also
        in words of a later version. Return why that is not possible, or None.
        """
        with self._writing:
            before = self._lines()
            if before is None:
                return (
                    f"The views in {self._place} cannot be read, so nothing was changed. It must be a small text file,"
                    " and for you alone (mode 0600)."
                )
            lines = [line for line in before if line.partition(" ")[0] != name]
            lines += [f"{name} {view.text}"] if view is not None else []
            try:
                if self._place is not None:
                    write_private(self._place, "".join(f"{line}\n" for line in lines))
            except OSError as error:
                why = (error.strerror or "unknown reason").lower()
                return f"The views could not be written to {self._place}: {why}."
            self._saved = _views_in(lines)
            return None

    def _lines(self) -> list[str] | None:
        """Return what is saved by now, a view a line; what this process knows where there is no file. None for a file
        that we cannot read, or do not trust: what it holds is not known, so nothing may take its place.
        """
        text = read_private(self._place, LARGEST) if self._place is not None else None
        if text is None and self._place is not None and os.path.lexists(self._place):
            return None
        if text is None:
            return [f"{name} {view.text}" for name, view in self._saved.items()]
        return [line for line in text.split("\n") if line.strip()]


def _views_in(lines: Iterable[str]) -> dict[str, ListView]:
    """Return the views by name, without those that cannot be understood; of two of a name the first."""
    found: dict[str, ListView] = {}
    for line in lines:
        name, _, written = line.partition(" ")
        try:
            check_name(name)
            found.setdefault(name, read_view(written))
        except BadView:
            continue
    return found
