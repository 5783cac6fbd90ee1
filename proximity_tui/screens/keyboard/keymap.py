"""The keymap with rebound keys, checked before anything starts: Textual itself accepts any nonsense silently.

It knows which keys no terminal can tell apart, and that case alone must not separate harmless from harmful.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable, Mapping

from textual.binding import Binding
from textual.keys import Keys

from proximity_tui.config.load import ConfigError
from proximity_tui.screens.keyboard.keys import BY_ID, COMMANDS, ScreenCommand, shown


class Keymap:
    """The keys of each command."""

    def __init__(self, rebound: Mapping[str, str] | None = None) -> None:
        """Build the keymap; `rebound` maps command ids to keys, several separated by commas (`comma` is the comma
        itself).

        Raises ConfigError that names the setting and the remedy.
        """
        self._rebound = {name: _keys(name, text) for name, text in (rebound or {}).items()}
        _check_clashes(self)

    def keys_of(self, command: ScreenCommand) -> tuple[str, ...]:
        """Return the keys of a command, in Textual's names."""
        return self._rebound.get(command.id, command.keys)

    def for_textual(self) -> dict[str, str]:
        """Return the mapping for `App.set_keymap`."""
        return {name: ",".join(keys) for name, keys in self._rebound.items()}


def _keys(name: str, text: str) -> tuple[str, ...]:
    command = BY_ID.get(name)
    if command is None:
        near = difflib.get_close_matches(name, BY_ID, n=1)
        advice = f"did you mean keys.{near[0]}?" if near else "press ? in the program for the list of actions"
        raise ConfigError(f"keys.{name} is not an action; {advice}")
    if not command.keys:
        why = "needs an argument" if command.argument else "is typed by name"
        raise ConfigError(f"keys.{name}: {name} {why}, so it cannot have a key; type :{name}")
    found = tuple(_key(name, one.strip()) for one in text.split(","))
    if command.mutating and {"enter", "space"} & set(found):
        raise ConfigError(f"keys.{name}: enter and space alone never change anything; choose another key")
    return found


def _key(name: str, text: str) -> str:
    *modifiers, last = text.split("+") if len(text) > 1 else [text]
    key = "+".join((*modifiers, _named(last if not modifiers else last.lower())))
    if not last:
        raise ConfigError(f"keys.{name} is empty; remove the line to keep the default key")
    known = (len(last) == 1 and last.isprintable()) or last in _NAMES
    if not known or not set(modifiers) <= {"ctrl", "alt", "shift"}:
        raise ConfigError(f"keys.{name}: {text!r} is not a key; keys are written as x, X, /, f8, ctrl+x or delete")
    if key in _SAME:
        raise ConfigError(f"keys.{name}: a terminal cannot tell {text} from {_SAME[key]}; choose another key")
    if key in ("ctrl+c", "ctrl+q", "ctrl+z"):
        raise ConfigError(f"keys.{name}: {text} belongs to the terminal; choose another key")
    return key


def _named(character: str) -> str:
    """Return the name by which Textual reports a character: `slash` for `/`; letters are their own."""
    if len(character) != 1 or character.isspace():
        return character
    return next(iter(Binding.make_bindings([Binding("comma" if character == "," else character, "none")]))).key


def _check_clashes(keymap: Keymap) -> None:
    for index, one in enumerate(COMMANDS):
        for other in COMMANDS[index + 1 :]:
            if one.where & other.where:
                _check_pair(keymap, one, other)


def _check_pair(keymap: Keymap, one: ScreenCommand, other: ScreenCommand) -> None:
    mine, others = keymap.keys_of(one), keymap.keys_of(other)
    if same := set(mine) & set(others):
        raise ConfigError(
            f"keys: {shown(min(same))} would be both {one.id} and {other.id}; give one of them another key"
        )
    if one.mutating != other.mutating and (near := _letters(mine) & _letters(others)):
        letter = min(near)
        raise ConfigError(
            f"keys: {one.id} and {other.id} would differ only in the case of {letter}, and one of them changes "
            "something; give one of them another key"
        )


def _letters(keys: Iterable[str]) -> set[str]:
    """Return the single letters without their case."""
    return {key.lower() for key in keys if len(key) == 1 and key.isalpha()}


_SAME = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+j": "enter",
    f"ctrl+{_named('[')}": "esc",
}
_NAMES = frozenset(
    {key.value.split("+")[-1] for key in Keys if not key.value.startswith("<")}
    | {f"f{number}" for number in range(1, 25)}
    | {_named(character) for character in string.punctuation}
)
