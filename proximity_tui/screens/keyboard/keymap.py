"""The keymap with rebound keys, checked before anything starts: Textual itself accepts any nonsense silently.

It knows which keys no terminal can tell apart, and that case alone must not separate harmless from harmful.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from textual.binding import Binding
from textual.keys import Keys

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.base.text import did_you_mean
from proximity_tui.screens.keyboard.keys import BY_ID, COMMANDS, ScreenCommand, commands_for, shown
from proximity_tui.screens.keyboard.screen_ids import ScreenId

_IDS = """
    everything fleet unmanaged alerts jobs audit nodes storage tasks pulse open adopt delete power create clone
    raw details next_tab previous_tab history watch reveal log copy shell guests acknowledge breaker reattach
    retrust all_alerts run_reconciler run_janitor dry_run pause filter attention sort sort_reverse sort_name
    sort_vmid sort_node sort_status sort_cpu sort_mem sort_uptime save table.up table.down table.page_up
    table.page_down table.first table.last table.mark table.mark_shown table.clear_marks refresh redraw
    command_line palette back help quit
"""

SETTLED = frozenset(_IDS.split())
"""The commands whose keys a configuration may have been written around. A key that came later gives way to what the
configuration says, which was right when it was written.
"""

NO_KEY = "no-key"
"""A key that no terminal has: Textual keeps the default of a binding that is mapped to nothing."""


class Keymap:
    """The keys of each command."""

    def __init__(self, rebound: Mapping[str, str] | None = None) -> None:
        """Build the keymap; `rebound` maps command ids to keys, several separated by commas (`comma` is the comma
        itself).

        Raises ConfigError that names the setting and the remedy.
        """
        self._rebound = {name: _keys(name, text) for name, text in (rebound or {}).items()}
        self._given_way = {one.id: self._left_of(one) for one in COMMANDS if self._gives_way(one)}
        # That the table by itself is without a clash is known before the program starts: a test sees to it.
        if self._rebound:
            check_clashes(self)

    def keys_of(self, command: ScreenCommand) -> tuple[str, ...]:
        """Return the keys of a command, in Textual's names."""
        return self._rebound.get(command.id) or self._given_way.get(command.id, command.keys)

    def command_of(self, key: str, screen_id: ScreenId) -> ScreenCommand | None:
        """Return what a key does on a screen; None where it does nothing there."""
        return next((one for one in commands_for(screen_id) if key in self.keys_of(one)), None)

    def for_textual(self) -> dict[str, str]:
        """Return the mapping for `App.set_keymap`."""
        changed = {**self._given_way, **self._rebound}
        return {name: ",".join(keys) or NO_KEY for name, keys in changed.items()}

    def _gives_way(self, command: ScreenCommand) -> bool:
        """Return whether a configuration that is older than the command took a key of it."""
        return command.id not in SETTLED and command.id not in self._rebound and self._left_of(command) != command.keys

    def _left_of(self, command: ScreenCommand) -> tuple[str, ...]:
        """Return the keys of a command without those that the configuration gives to others on its screens."""
        others = [one for one in map(BY_ID.__getitem__, self._rebound) if one.where & command.where]
        taken = {key for one in others for key in self._rebound[one.id]}
        otherwise = [one for one in others if one.keeps_apart != command.keeps_apart]
        near = {letter for one in otherwise for letter in _letters(self._rebound[one.id])}
        return tuple(key for key in command.keys if key not in taken and not _letters([key]) & near)


def check_clashes(keymap: Keymap) -> None:
    """Raise ConfigError where a key means two things on one screen, or only its case tells a change from none."""
    for index, one in enumerate(COMMANDS):
        for other in COMMANDS[index + 1 :]:
            if one.where & other.where:
                _check_pair(keymap, one, other)


def _keys(name: str, text: str) -> tuple[str, ...]:
    command = BY_ID.get(name)
    if command is None:
        advice = did_you_mean(name, BY_ID, "press ? in the program for the list of actions", "keys.{}".format)
        raise ConfigError(f"keys.{name} is not an action; {advice}")
    if not command.keys:
        why = "needs an argument" if command.argument else "is typed by name"
        raise ConfigError(f"keys.{name}: {name} {why}, so it cannot have a key; type :{name}")
    found = tuple(_key(name, one.strip()) for one in text.split(","))
    if command.keeps_apart and {"enter", "space"} & set(found):
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
    if key in ("ctrl+c", "ctrl+q", "ctrl+z") and key not in BY_ID[name].keys:
        raise ConfigError(f"keys.{name}: {text} belongs to the terminal; choose another key")
    return key


def _named(character: str) -> str:
    """Return the name by which Textual reports a character: `slash` for `/`; letters are their own."""
    if len(character) != 1 or character.isspace():
        return character
    return next(iter(Binding.make_bindings([Binding("comma" if character == "," else character, "none")]))).key


def _check_pair(keymap: Keymap, one: ScreenCommand, other: ScreenCommand) -> None:
    mine, others = keymap.keys_of(one), keymap.keys_of(other)
    if same := set(mine) & set(others):
        raise ConfigError(
            f"keys: {shown(min(same))} would be both {one.id} and {other.id}; give one of them another key"
        )
    if one.keeps_apart != other.keeps_apart and (near := _letters(mine) & _letters(others)):
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
