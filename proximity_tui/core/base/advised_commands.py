"""The commands that a sentence advises, with the options that this program was called with: without them the same words
would be about another configuration, or another database.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from proximity_tui.core.base.secret import masked_text

_SENTENCES = frozenset({"error", "reason", "advice"})
"""The fields of a document that advise. Everything else is data, and what a person noted may name a command."""


class Verbatim(str):
    """A text that is no advice, as what a person noted: it is shown as it is."""

    __slots__ = ()


class _Call:
    """How this program was called."""

    program = ""
    options: Mapping[str, str] = {}
    advised: re.Pattern[str] | None = None
    """What is advised; None where it can be typed as it stands."""


def take_call(program: str, commands: Iterable[str], options: Mapping[str, object]) -> None:
    """Put these options, those that are not None, into every command of `program` that is advised from now on."""
    _Call.program = program
    _Call.options = {name: shlex.quote(str(value)) for name, value in options.items() if value is not None}
    pattern = rf"(?<![\w/.-]){program}(?= (?:{'|'.join(commands)})(?![\w-]))"
    _Call.advised = re.compile(pattern) if _Call.options else None


def as_called(text: str) -> str:
    """Return a sentence in which every command that it advises has the options of this call."""
    if _Call.advised is None or isinstance(text, Verbatim) or _Call.program not in text:
        return text
    named = _named(_Call.program, _Call.options)
    return _Call.advised.sub(lambda _: named, text)


def with_own_options(text: str, own: Mapping[str, str]) -> str:
    """Return a command of the program with these options, and with those of this call that it does not have."""
    words = {name: shlex.quote(value) for name, value in own.items()}
    program, _, rest = text.partition(" ")
    given = {**words, **{name: value for name, value in _Call.options.items() if name not in words}}
    return f"{_named(program, given)} {rest}"


def document_as_called(content: Any) -> Any:
    """Return JSON data in which every sentence is as `as_called` makes it."""
    if _Call.advised is None:
        return content
    if isinstance(content, list):
        return [document_as_called(item) for item in content]
    if isinstance(content, Mapping):
        return {key: _field_as_called(key, item) for key, item in content.items()}
    return content


def _field_as_called(key: str, value: Any) -> Any:
    if key in _SENTENCES and isinstance(value, str):
        return as_called(value)
    return value if key == "evidence" else document_as_called(value)


def _named(program: str, options: Mapping[str, str]) -> str:
    words = (program, *(f"{name} {value}" for name, value in options.items()))
    return masked_text(" ".join(words), leaving=False)
