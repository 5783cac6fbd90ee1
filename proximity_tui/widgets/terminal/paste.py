"""The separation of pasted from typed text in the input of a terminal. Pure: it neither reads nor waits.

A terminal frames a paste in two marks. Textual 8.2.8 looks for keys inside of that frame, too: an ESC in a text made it
press them. Here nothing inside is a key, wherever the text is cut, and whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.base.value_object import value_object

BEGIN = "\x1b[200~"
END = "\x1b[201~"

HOLD = 0.1
"""Seconds that the beginning of a mark is held back for the rest of it. Textual waits as long for the rest of a key."""
ALONE = 0.03
"""Seconds that an ESC is held back which arrived by itself. A terminal sends a sequence in one piece, so it is the key.
"""
AFTER_HOLD = 0.1
"""Seconds after an end in which another end proves the first to have been a part of the text."""
SILENCE = 5.0
"""After so many seconds without a character a paste whose end never came is given up."""
LONGEST = 65_536
"""Characters; a longer paste is not kept."""


@value_object
class Typed:
    """The characters of keys."""

    text: str


@value_object
class Pasted:
    """The text of one paste. It is `whole` unless it was too long, or its end never came: then `text` is empty."""

    text: str
    whole: bool = True


class PasteSplitter:
    """One stream of characters. `now` is in seconds on any clock that only goes forward."""

    def __init__(self) -> None:
        self._matched = 0
        """How much of BEGIN the last characters are."""
        self._held = ""
        """The end of them, which was not handed on yet."""
        self._patience = HOLD
        """Seconds for which it is held back."""
        self.expects_answers = False
        """Whether the terminal was asked something: an ESC alone may then be the begin of its answer."""
        self._pasted: str | None = None
        """The paste so far; None outside of one."""
        self._whole = True
        self._tail: str | None = None
        """What came after the end of a paste, while that may have been no end; None before it."""
        self._since = 0.0
        """When the last character was held back, of a paste came, or ended it."""

    @property
    def waits(self) -> float | None:
        """The seconds after its last character in which `tick` has something to tell; None where nothing is held."""
        if self._pasted is not None:
            return AFTER_HOLD if self._tail is not None else SILENCE
        return self._patience if self._held else None

    def feed(self, text: str, now: float) -> Iterator[Typed | Pasted]:
        """Yield the parts that are complete now that `text` has arrived. To be read to its end."""
        yield from self.tick(now)
        if self._pasted is None:
            yield from self._type(text, now)
        elif self._tail is None:
            self._paste(text, now)
        else:
            self._follow(text, now)

    def tick(self, now: float) -> Iterator[Typed | Pasted]:
        """Yield the parts that are complete because nothing more has arrived until now."""
        waited = now - self._since
        if self._tail is not None and waited >= AFTER_HOLD:
            tail = self._tail
            yield self._ended()
            yield from self._type(tail, now)
        elif self._pasted is not None and self._tail is None and waited >= SILENCE:
            self._whole = False
            yield self._ended()
        elif self._held and waited >= self._patience:
            held, self._held = self._held, ""
            yield Typed(held)

    def _type(self, text: str, now: float) -> Iterator[Typed | Pasted]:
        typed: list[str] = []
        self._patience = ALONE if text == BEGIN[0] and not self.expects_answers else HOLD
        for place, character in enumerate(text):
            if character == BEGIN[self._matched]:
                self._held += character
                self._matched += 1
            else:
                typed.append(self._held)
                # ESC is only at the beginning of BEGIN, so nothing shorter can have begun meanwhile.
                self._held, self._matched = (character, 1) if character == BEGIN[0] else ("", 0)
                typed.append("" if self._held else character)
            if self._matched == len(BEGIN):
                self._held, self._matched = "", 0
                if any(typed):
                    yield Typed("".join(typed))
                self._pasted = ""
                self._paste(text[place + 1 :], now)
                return
        self._since = now
        if any(typed):
            yield Typed("".join(typed))

    def _paste(self, text: str, now: float) -> None:
        """Take more of a paste, up to its end."""
        self._since = now
        before, self._pasted = self._pasted or "", (self._pasted or "") + text
        end = self._pasted.find(END, max(0, len(before) - len(END)))
        if end >= 0:
            tail = self._pasted[end + len(END) :]
            self._pasted, self._tail = self._pasted[:end], ""
            self._follow(tail, now)
        if len(self._pasted) > LONGEST:
            self._whole, self._pasted = False, self._pasted[-len(END) :]

    def _follow(self, text: str, now: float) -> None:
        """Hold the text after an end mark; with another end in it, it belongs to the paste."""
        self._tail = (self._tail or "") + text
        end = self._tail.rfind(END)
        if end >= 0:
            self._pasted = (self._pasted or "") + self._tail[:end]
            self._tail, self._since = self._tail[end + len(END) :], now

    def _ended(self) -> Pasted:
        text = (self._pasted or "").replace(BEGIN, "").replace(END, "")
        pasted = Pasted(text) if self._whole else Pasted("", whole=False)
        self._pasted, self._tail, self._whole = None, None, True
        return pasted


def one_line(text: str) -> str:
    """Return the part of a paste for a field of one line: its first line that holds anything, without control
    characters.
    """
    lines = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
    return next(filter(None, lines), "")
