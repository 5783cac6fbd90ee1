"""The keys of commands as sentences name them: those that are bound now, as in the footer and in the help."""

from __future__ import annotations

from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.keys import BY_ID, shown


class _Bound:
    """The keymap of the App of this process. Sentences are made far from any App."""

    keymap = Keymap()


def use_keymap(keymap: Keymap) -> None:
    """Have sentences name the keys of this keymap."""
    _Bound.keymap = keymap


def bound_key(command: str) -> str:
    """Return the key that runs a command now, as a person reads it: `ctrl+d`; without a key what to type: `:lint`."""
    keys = _Bound.keymap.keys_of(BY_ID[command])
    return shown(keys[0]) if keys else f":{command}"
