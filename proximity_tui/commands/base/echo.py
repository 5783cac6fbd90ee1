"""What a person typed, as an error repeats it: not all of thousands of characters, so that what is wrong is seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from proximity_tui.commands.base.exit_codes import CommandEnding

_MOST_REPEATED = 80
"""Characters of a longer word that an error repeats."""
_BETWEEN = re.compile(r"[=:,;/\s]")


def shortened(ending: CommandEnding, words: Iterable[str]) -> CommandEnding:
    """Return the ending of a command whose sentence repeats none of the typed words, nor a part of one, at length."""
    sentence, refusal = ending.sentence, ending.refusal
    for word in sorted({*_parts(words)}, key=len, reverse=True):
        short = f"{word[:_MOST_REPEATED]}..."
        sentence = sentence.replace(word, short)
        if refusal is not None:
            refusal = replace(refusal, reason=refusal.reason.replace(word, short))
    return replace(ending, sentence=sentence, refusal=refusal)


def _parts(words: Iterable[str]) -> Iterator[str]:
    """Yield each long word, and each long part of one, as of `KEY=VALUE`, as typed and as Python quotes it."""
    for word in words:
        for part in (word, *_BETWEEN.split(word)):
            if len(part) > 2 * _MOST_REPEATED:
                yield from (part, repr(part)[1:-1])
