"""The screen that benchmarks and tests read: the same wherever what a program writes is cut."""

import pytest

from bench.emulator import Screen

STREAM = (
    b"\x1b[>1u\x1b[?2026$p\x1b]11;?\x1b\\\x1b]0;title\x07a"
    b"\x1b[2;3H\x1b[1;31mred\x1b[0m\x1bP+q544e\x1b\\\x1b[22;2tb\xc3\xa9"
)


@pytest.mark.parametrize("place", range(1, len(STREAM)))
def test_a_sequence_that_is_cut_shows_what_it_shows_whole(place: int) -> None:
    whole, cut = Screen(12, 2), Screen(12, 2)
    whole.feed(STREAM)
    cut.feed(STREAM[:place])
    cut.feed(STREAM[place:])
    assert whole.lines == ["a".ljust(12), "  redbé".ljust(12)]
    assert cut.cells() == whole.cells()
    assert cut.emulated.title == whole.emulated.title == "title"
