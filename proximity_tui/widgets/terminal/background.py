"""The background colour of the terminal: the question, and the answer among the keys that are typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

ASK_BACKGROUND = "\x1b]11;?\x1b\\"
"""Terminals that do not know it, ignore it."""

HOLD = 0.1
"""Seconds that what may be the begin of an answer is held back: `ESC ]` is also a key, alt+]."""
GIVE_UP = 5.0
"""Seconds after which the rest of an answer that has begun is not waited for any more."""
LONGEST = 64
"""Characters of an answer; a longer one is none."""

_BEGIN = "\x1b]11;"
_ENDS = ("\x07", "\x1b\\")
_COLOR = re.compile(r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")


class Answered(NamedTuple):
    """What the terminal told of its background."""

    light: bool


class BackgroundAnswer:
    """The filter that takes answers out of what is typed. `now` is in seconds on any clock that only goes forward."""

    def __init__(self) -> None:
        self._held = ""
        """The beginning of an answer, not handed on yet."""
        self._since = 0.0

    @property
    def has_begun(self) -> bool:
        """True while the end of an answer is waited for."""
        return bool(self._held)

    def feed(self, text: str, now: float) -> Iterator[str | Answered]:
        """Yield what was typed, and answers, in order. An ESC comes with what follows it, if that comes at once, as
        `PasteSplitter` gives them out.
        """
        text, self._held = self._held + text, ""
        while text:
            begin = text.find("\x1b]")
            if begin < 0:
                yield text
                return
            if begin:
                yield text[:begin]
            text = text[begin:]
            if not text.startswith(_BEGIN[: len(text)]):
                yield text[:2]
                text = text[2:]
                continue
            answer = _answer(text)
            if answer is None and len(text) <= LONGEST:
                self._held, self._since = text, now
                return
            light = is_light(text[len(_BEGIN) : answer]) if answer is not None else None
            if light is not None:
                yield Answered(light)
            # What is no colour was not typed either: nobody types `ESC ]11;`.
            text = text[answer or LONGEST :]

    def tick(self, now: float) -> Iterator[str]:
        """Yield what is known to be no answer, because nothing more has arrived until now."""
        waited = now - self._since
        if self._held and len(self._held) < len(_BEGIN) and waited >= HOLD:
            held, self._held = self._held, ""
            yield held
        elif self._held and waited >= GIVE_UP:
            self._held = ""


def _answer(text: str) -> int | None:
    """Return where the answer ends with which `text` begins, or None where its end is not there."""
    ends = [found + len(end) for end in _ENDS if (found := text.find(end, len(_BEGIN))) >= 0]
    return min(ends, default=None)


def is_light(color: str) -> bool | None:
    """Return whether a colour such as `rgb:ffff/ffff/ffff` is light; None where it is no colour."""
    found = _COLOR.match(color)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    # How bright an eye sees it (ITU-R BT.709).
    brightness: float = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return brightness > 0.5
