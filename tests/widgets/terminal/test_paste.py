"""What was pasted is told from what was typed, wherever the stream is cut and whatever the text holds."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.widgets.terminal.paste import (
    AFTER_HOLD,
    ALONE,
    BEGIN,
    END,
    HOLD,
    LONGEST,
    SILENCE,
    Pasted,
    PasteSplitter,
    Typed,
    one_line,
)

LATE = SILENCE + HOLD + AFTER_HOLD
TEXTS = st.text(st.sampled_from("\x1b[20~1Aq\r"), max_size=12)


def parts(pieces: Iterable[str], *, gap: float = 0.0) -> list[Typed | Pasted]:
    """What becomes of a stream that arrives in pieces, so many seconds apart, and then of silence."""
    splitter, now, found = PasteSplitter(), 0.0, list[Typed | Pasted]()
    for piece in pieces:
        now += gap
        found += [*splitter.tick(now), *splitter.feed(piece, now)]
    return found + [part for step in range(1, 4) for part in splitter.tick(now + step * LATE)]


def typed(found: Iterable[Typed | Pasted]) -> str:
    return "".join(part.text for part in found if isinstance(part, Typed))


@given(before=TEXTS, text=TEXTS, after=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=6), data=st.data())
def test_nothing_of_a_paste_is_a_key_and_no_key_is_lost(
    before: str, text: str, after: str, cuts: list[int], data: st.DataObject
) -> None:
    stream = before.replace(BEGIN, "") + BEGIN + text + END
    edges = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    gap = data.draw(st.sampled_from([0.0, HOLD / 2, HOLD * 2, SILENCE / 2]))
    splitter, now, found = PasteSplitter(), 0.0, list[Typed | Pasted]()
    for piece in pieces:
        now += gap
        found += splitter.feed(piece, now)
    found += splitter.feed(after.replace(BEGIN, "").replace(END, ""), now + LATE)
    found += splitter.tick(now + 2 * LATE)
    pastes = [part for part in found if isinstance(part, Pasted)]
    assert len(pastes) == 1
    assert pastes[0] == Pasted(text.replace(BEGIN, "").replace(END, ""))
    late = typed(found).removesuffix(after.replace(BEGIN, "").replace(END, ""))
    # Of a mark that arrives so slowly that its beginning was handed on, only that beginning is typed.
    assert late == before.replace(BEGIN, "") or (gap > ALONE and late.startswith(before.replace(BEGIN, "")))


def test_an_end_within_the_text_is_no_end() -> None:
    assert parts([f"{BEGIN}a{END}q\x1b[3~", f"{END}x"]) == [Pasted("aq\x1b[3~"), Typed("x")]


def test_a_paste_whose_end_never_comes_is_dropped_and_keys_work_again() -> None:
    splitter = PasteSplitter()
    assert list(splitter.feed(f"{BEGIN}q\r", 0.0)) == []
    assert list(splitter.tick(SILENCE - 0.1)) == []
    assert list(splitter.tick(SILENCE)) == [Pasted("", whole=False)]
    assert list(splitter.feed("j", SILENCE + 1)) == [Typed("j")]


def test_a_paste_that_is_too_long_is_dropped_and_its_end_is_found() -> None:
    pieces = [BEGIN, *["qq\r" * 1000] * (LONGEST // 2000), END[:3], END[3:]]
    assert parts(pieces) == [Pasted("", whole=False)]


@pytest.mark.parametrize("key", ["\x1b", "\x1b[A", "\x1b[2~", "\x1b[20~", "\x1b\x1b[A", "\x1b[I"])
def test_a_key_that_begins_like_a_paste_is_a_key(key: str) -> None:
    assert typed(parts([key])) == key
    assert typed(parts(list(key), gap=HOLD * 2)) == key


def test_an_escape_that_came_alone_is_a_key_sooner_than_one_at_the_end_of_a_piece() -> None:
    for piece, patience in (("\x1b", ALONE), ("jj\x1b", HOLD)):
        splitter = PasteSplitter()
        list(splitter.feed(piece, 0.0))
        assert splitter.waits == patience
        assert list(splitter.tick(patience - 0.001)) == []
        assert list(splitter.tick(patience)) == [Typed("\x1b")]
        assert splitter.waits is None


@pytest.mark.parametrize(
    ("text", "line"),
    [("web1\n", "web1"), ("\n\n web1 \r\nrm", "web1"), ("a\x1b[3~b\tc\x00", "a[3~bc"), ("\x1b\r\x07", ""), ("", "")],
)
def test_a_field_takes_one_line_without_control_characters(text: str, line: str) -> None:
    assert one_line(text) == line
