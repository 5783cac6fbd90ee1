"""The completion of commands and their arguments, and of filters: whole texts, the best first. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from proximity_tui.screens.command_line.commands import offered
from proximity_tui.screens.keyboard.aliases import VERBS, Aliases
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.widgets.table.quantity import FORMS, UNITS, WRITTEN_AS_TEXT

Completer = Callable[[str], Sequence[str]]
"""Returns what an argument that was begun may become."""

MOST = 40
"""How many completions are made; more are not read either."""


def complete(text: str, screen_id: ScreenId, arguments: Mapping[str, Completer], aliases: Aliases) -> list[str]:
    """Return the completions of `text` as whole lines; `arguments` complete what follows a command, by its id."""
    name, blank, argument = text.partition(" ")
    if not blank:
        names = {one.id: bool(one.argument) and not one.optional for one in offered(screen_id)}
        names |= {verb: names[one] for verb, one in VERBS.items() if one in names}
        names |= dict.fromkeys(aliases.own, False)
        return sorted(f"{one} " if more else one for one, more in names.items() if one.startswith(name))
    # What stands before the argument is kept as it was typed; an alias may hold the beginning of one.
    command, _, begun = aliases.expand(f"{name} {argument}").partition(" ")
    completer = arguments.get(command)
    if completer is None:
        return []
    kept = begun.removesuffix(argument)
    return [f"{name} {one.removeprefix(kept)}" for one in completer(begun)[:MOST] if one.startswith(kept)]


def words(known: Iterable[str]) -> Completer:
    """Return a completer of one word out of these."""
    return lambda typed: [word for word in known if word.startswith(typed.lstrip())]


def sorted_words(known: Sequence[str]) -> Completer:
    """Return a completer of one word out of these, which are in order: there may be thousands."""

    def fitting(typed: str) -> list[str]:
        begun = typed.lstrip()
        first = bisect_left(known, begun)
        return [word for word in known[first : first + MOST] if word.startswith(begun)]

    return fitting


def complete_filter(text: str, keys: Collection[str], values: Callable[[str], Iterable[str]]) -> list[str]:
    """Return the completions of the last condition in a filter; `values` returns those that a key has in the list."""
    before, condition = _last_condition(text)
    sign, rest = ("!", condition[1:]) if condition.startswith("!") else ("", condition)
    key, colon, value = rest.partition(":")
    found: list[str] = []
    if not colon:
        found = [f"{one}:" for one in sorted(keys) if one.startswith(key.casefold())] if key else []
    elif key in keys and key in UNITS and key not in WRITTEN_AS_TEXT:
        found = [form for form in _forms(key) if form.startswith(rest)]
    elif key in keys:
        found = [f"{key}:{one}" for one in _complete_values(value, values(key))]
    return [f"{before}{sign}{one}" for one in found if one != rest]


def _complete_values(text: str, known: Iterable[str]) -> list[str]:
    """Return the completions of the last of several values, which commas part."""
    earlier, comma, begun = text.rpartition(",")
    begun = begun.removeprefix('"').casefold()
    fitting = sorted({one for one in known if one and one.casefold().startswith(begun)})
    return [f"{earlier}{comma}{_quoted(one)}" for one in fitting[:MOST]]


def _last_condition(text: str) -> tuple[str, str]:
    """Return what stands before the last condition, and that condition; blanks in quotes do not part."""
    quoted, start = False, 0
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            start = place + 1
    return text[:start], text[start:]


def _forms(key: str) -> list[str]:
    return re.findall(rf"{key}:[^ ,]+", FORMS[UNITS[key]].format(key=key))


def _quoted(value: str) -> str:
    """Return a value as it has to be typed."""
    return f'"{value}"' if re.search(r'[\s:*,!~"]', value) else value
