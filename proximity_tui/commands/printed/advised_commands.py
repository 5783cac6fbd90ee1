"""The commands that a sentence advises, with the options that this program was called with: without them the same words
would be about another configuration, or another database.
"""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from proximity_tui.commands import COMMANDS, PROG
from proximity_tui.core.base.late_pattern import late_pattern
from proximity_tui.core.base.secret import masked_text

_ADVISED = late_pattern(rf"(?<![\w/.-]){PROG}(?= (?:{'|'.join(COMMANDS)})(?![\w-]))")
_SENTENCES = frozenset({"error", "reason", "advice"})
"""The fields of a document that advise. Everything else is data, and what a person noted may name a command."""

_options: list[str] = []


def take_options_of(args: Namespace) -> None:
    """Put the options of this call into every command that is advised from now on."""
    given = {"--config": args.config, "--database": args.database}
    _options[:] = [f"{option} {shlex.quote(str(value))}" for option, value in given.items() if value is not None]


def as_called(text: str) -> str:
    """Return a sentence in which every command that it advises has the options of this call."""
    if not _options or PROG not in text:
        return text
    named = masked_text(" ".join((PROG, *_options)), leaving=False)
    return _ADVISED().sub(lambda _: named, text)


def document_as_called(content: Any) -> Any:
    """Return JSON data in which every sentence is as `as_called` makes it."""
    if not _options:
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
