"""What a key that has no use on a screen is answered with: no key stays without an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from proximity_tui.screens.keyboard.key_names import shown
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.keys import BY_ID, COMMANDS
from proximity_tui.screens.keyboard.screen_ids import PAGES, ScreenId

_MANY = 3
"""More places than so many are not named one by one."""

_PAGES: Mapping[ScreenId, str] = {
    **dict.fromkeys(PAGES, "the page of a container"),
    ScreenId.ALERT: "the page of an alert",
    ScreenId.NODE: "the page of a node",
    ScreenId.STORAGE_PAGE: "the page of a storage",
    ScreenId.REVISIONS: "the revisions of a container",
    ScreenId.SNAPSHOTS: "the snapshots of a container",
    ScreenId.BACKUPS: "the backups of a container",
}


def answer(key: str, keymap: Keymap) -> str | None:
    """Return a sentence for a key, in Textual's name, that does nothing where it was pressed: what it does elsewhere,
    or where all keys stand. None for a key that nobody presses for a command.
    """
    found = next((one for one in COMMANDS if key in keymap.keys_of(one)), None)
    if found is not None:
        return f"{shown(key)} does nothing here. It is {found.words} on {_places(found.where)}."
    is_typed = key.startswith("alt+") or (len(key) == 1 and key.isprintable())
    return f"{shown(key)} does nothing here. ? shows the keys." if is_typed else None


def _places(where: Iterable[ScreenId]) -> str:
    names = [_PAGES.get(one) or BY_ID[one].words for one in ScreenId if one in where]
    known = list(dict.fromkeys(names))
    return ", ".join(known) if len(known) <= _MANY else "other screens"
