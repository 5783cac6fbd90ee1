"""The second protection against text from outside: a line filter that removes everything that a terminal would obey.

It protects the screen only; the first protection is `core.base.text.plain`, where answers are read.
"""

import re
from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


class Sanitizer(LineFilter):
    """A filter that removes control, format and surrogate characters from everything that any widget draws.

    Widths stay as they were laid out. Use it last in `App.get_line_filters()`. Textual 8.2.8 itself passes ESC, C1 and
    bidi characters on from every widget, and ends at a lone surrogate that it is to write.
    """

    def __init__(self, signs: Mapping[str, str] | None = None) -> None:
        """Draw what `signs` say instead of signs that the terminal cannot show, each as wide as the other."""
        super().__init__()
        self._signs = str.maketrans(dict(signs or {}))

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same segments, with harmless text."""
        if self._signs and not all(segment.text.isascii() for segment in segments):
            segments = [Segment(text.translate(self._signs), style, control) for text, style, control in segments]
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(sanitized(text), style, control) for text, style, control in segments]


def sanitized(text: str) -> str:
    """Return `text` without the characters that act on a terminal, as many cells wide as before."""
    harmless = _ACTING.sub("", text)
    if harmless == text:
        return text
    return set_cell_size(harmless, cell_len(text))


# Unicode Cc, Cs, Zl, Zp and the format characters that reorder, join or hide text.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
