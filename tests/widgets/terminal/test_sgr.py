"""The change from one style to another is short, and never wrong."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.widgets.terminal.sgr import change, is_plain_blank

COLORS = ("", "91", "38;5;203", "38;2;255;85;85")
BACKGROUNDS = ("", "40", "48;5;16", "48;2;0;0;0")
ATTRIBUTES = st.lists(st.sampled_from(["1", "2", "3", "4", "7", "9"]), unique=True, max_size=3)


def style() -> st.SearchStrategy[str]:
    parts = st.tuples(ATTRIBUTES, st.sampled_from(COLORS), st.sampled_from(BACKGROUNDS))
    return parts.map(lambda some: ";".join([*some[0], *(part for part in some[1:] if part)]))


@given(style(), style())
def test_a_change_leads_to_what_setting_the_style_after_a_reset_leads_to(before: str, after: str) -> None:
    changed, whole = pyte.Screen(2, 1), pyte.Screen(2, 1)
    pyte.Stream(changed).feed(f"\x1b[0;{before or 0}m{change(before, after)}x")
    pyte.Stream(whole).feed(f"\x1b[0;{after or 0}mx")
    assert changed.buffer[0][0] == whole.buffer[0][0]
    assert len(change(before, after)) <= len(f"\x1b[0;{after}m")


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        ("1;91;40", "1;91;40", ""),
        ("1;91;40", "", "\x1b[m"),
        ("", "1;91;40", "\x1b[1;91;40m"),
        ("38;2;228;228;228;48;2;0;0;0", "7;38;2;228;228;228;48;2;0;0;0", "\x1b[7m"),
        ("7;38;2;228;228;228;48;2;0;0;0", "38;2;85;255;85;48;2;0;0;0", "\x1b[27;38;2;85;255;85m"),
        ("1;2;91;40", "2;91;40", "\x1b[22;2m"),
        ("77;91", "91", "\x1b[0;91m"),
    ],
)
def test_only_what_differs_is_sent(before: str, after: str, sent: str) -> None:
    assert change(before, after) == sent


def test_a_blank_is_erased_only_where_erasing_leaves_its_look() -> None:
    assert is_plain_blank("38;2;228;228;228", erases_in_color=False)
    assert is_plain_blank("48;2;0;0;0", erases_in_color=True)
    assert not is_plain_blank("48;2;0;0;0", erases_in_color=False)
    assert not is_plain_blank("7;48;2;0;0;0", erases_in_color=True)
    assert not is_plain_blank("4", erases_in_color=True)
