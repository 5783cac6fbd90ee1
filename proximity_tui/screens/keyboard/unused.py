"""What a key or a command that has no use on a screen is answered with: none stays without an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.keys import key_to_character

from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.key_names import shown
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.keys import BY_ID, COMMANDS
from proximity_tui.screens.keyboard.screen_ids import PAGES, ScreenId

_MANY = 4
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
        return f"{shown(key)} does nothing here. {where_it_is(found)}"
    if not _is_typed(key):
        return None
    return f"{key_to_character(key) or shown(key)} does nothing here. {bound_key('help')} shows the keys."


def answer_in_dialog(key: str, *, typing: bool) -> str | None:
    """Return a sentence for a key that does nothing in a dialog, the same for each, so that a typed word is answered
    once; None for a key that nobody presses for a command. `typing` tells whether `?` is text there.
    """
    return f"This key does nothing here now. {'f1' if typing else '?'} shows the keys." if _is_typed(key) else None


def where_it_is(command: ScreenCommand) -> str:
    """Return the sentence that says on which screens there is this command."""
    return f"It is {command.words} on {_places(command.where)}."


def _is_typed(key: str) -> bool:
    # A sign has a name, as `slash`.
    character = key_to_character(key)
    return key.startswith("alt+") or (character is not None and character.isprintable() and not character.isspace())


def _places(where: Iterable[ScreenId]) -> str:
    names = [_PAGES.get(one) or BY_ID[one].words for one in ScreenId if one in where]
    known = list(dict.fromkeys(names))
    return ", ".join(known) if len(known) <= _MANY else "other screens"
