"""Text broken into lines by the cells that it takes: a wide character takes two, a combining one none."""

import re
import textwrap

from rich.cells import cell_len, chop_cells, get_character_cell_size


def wrapped(text: str, width: int, hang: int = 0) -> list[str]:
    """Return `text` in lines of at most `width` cells, broken at blanks, and inside of a word only where it is wider.
    All but the first begin `hang` cells in. A blank text has none.
    """
    if text.isascii() or all(get_character_cell_size(one) == 1 for one in text):
        return textwrap.wrap(text, max(hang + 1, width), subsequent_indent=" " * hang, break_on_hyphens=False)
    lines: list[str] = []
    line = blanks = ""
    for word in words_of(text, width - hang):
        if word.isspace():
            blanks = " " * len(word)
        elif line and cell_len(line + blanks + word) > width:
            lines.append(line)
            line, blanks = " " * hang + word, ""
        else:
            line, blanks = f"{line}{blanks if line else ''}{word}", ""
    return [*lines, line] if line else lines


def words_of(text: str, longest: int) -> list[str]:
    """Return the words of a text and the blanks between them; a word of more than `longest` cells in pieces."""
    found: list[str] = []
    for word in _WORDS.findall(text):
        found += [word] if word.isspace() or cell_len(word) <= longest else chop_cells(word, max(2, longest))
    return found


_WORDS = re.compile(r"\s+|\S+")
