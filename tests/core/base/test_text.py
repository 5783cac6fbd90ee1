"""What may reach a screen as it is, and how figures are shortened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.base import text as texts
from proximity_tui.core.base.text import (
    did_you_mean,
    human_age,
    human_bytes,
    number_of,
    percent,
    plain,
    plain_multiline,
)

ANYTHING = st.text(st.characters(exclude_categories=()))
HOSTILE = st.text(
    st.sampled_from("a日é\u0301\x00\t\n\r\x1b\x7f\x9b\xa0\xad\u200b\u202e\u2028\ufe0f\ufeff\ud800\U000e0041")
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web1", "web1"),
        ("", ""),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("two\nlines\r\n", "two␊lines␍␊"),
        ("a\tb\x00c\x7f", "a␉b␀c␡"),
        ("\x9b2J", "⟨U+009B⟩2J"),
        ("evil\u202etxt.exe", "evil⟨U+202E⟩txt.exe"),
        ("we\u200bb", "we⟨U+200B⟩b"),
        ("\ufeffbom", "⟨U+FEFF⟩bom"),
        ("half\ud800", "half⟨U+D800⟩"),
        ("\U000e0041tag", "⟨U+E0041⟩tag"),
        ("\u3164", "⟨U+3164⟩"),
        ("no\xa0break", "no⟨U+00A0⟩break"),
        ("日本 cafe\u0301 👍", "日本 cafe\u0301 👍"),
        ("[@click=app.quit]web[/]", "[@click=app.quit]web[/]"),
    ],
)
def test_plain_shows_what_a_terminal_would_obey_or_hide(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(ANYTHING | HOSTILE)
def test_plain_is_always_printable(text: str) -> None:
    assert plain(text).isprintable()
    plain(text).encode()


@given(ANYTHING | HOSTILE)
def test_plain_of_plain_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(ANYTHING | HOSTILE, st.integers(1, 12))
def test_limit_cuts_what_would_be_shown(text: str, limit: int) -> None:
    whole = plain(text)
    expected = whole if len(whole) <= limit else whole[: limit - 1] + "…"
    assert plain(text, limit=limit) == expected


@given(ANYTHING | HOSTILE)
def test_multiline_keeps_lines_and_neutralises_the_rest(text: str) -> None:
    shown = plain_multiline(text)
    assert all(line.isprintable() for line in shown.split("\n"))
    assert shown.count("\n") == text.count("\n")
    assert plain_multiline(shown) == shown


def test_multiline_keeps_the_columns_of_tabbed_text() -> None:
    assert plain_multiline("a\tb\r\nccc\td\x1b[2J") == "a       b\nccc     d␛[2J"


@pytest.mark.parametrize(
    ("count", "short"),
    [
        (0, "0B"),
        (999, "999B"),
        (1000, "1.0K"),
        (1024, "1.0K"),
        (412 * 1024**2, "412M"),
        (2 * 1024**3, "2.0G"),
        (10 * 1024**3 - 1, "10G"),
        (1000 * 1024**2, "1.0G"),
        (64 * 1024**3, "64G"),
        (3 * 1024**4, "3.0T"),
        (-2048, "-2.0K"),
        (10**400, "huge"),
    ],
)
def test_bytes_in_a_column(count: int, short: str) -> None:
    assert human_bytes(count) == short


@given(st.integers(0))
def test_bytes_never_need_more_than_four_characters(count: int) -> None:
    assert len(human_bytes(count)) <= 4


@pytest.mark.parametrize(
    ("seconds", "short"),
    [
        (0, "0s"),
        (4.9, "4s"),
        (59.9, "59s"),
        (60, "1m"),
        (150, "2m"),
        (3599, "59m"),
        (3600, "1h"),
        (9 * 3600 + 300, "9h 5m"),
        (14 * 3600 + 300, "14h"),
        (12 * 86400 + 4 * 3600, "12d 4h"),
        (98 * 86400 + 3600, "98d"),
        (-0.2, "0s"),
        (-90, "-1m"),
    ],
)
def test_ages_in_coarse_steps(seconds: float, short: str) -> None:
    assert human_age(seconds) == short


@pytest.mark.parametrize(("fraction", "shown"), [(0, "0%"), (0.03, "3%"), (0.414, "41%"), (1, "100%"), (3.5, "350%")])
def test_a_share_is_a_whole_percentage(fraction: float, shown: str) -> None:
    assert percent(fraction) == shown


def test_one_thing_has_no_s() -> None:
    assert [number_of(number, "run") for number in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]


def test_a_slip_is_answered_with_the_nearest_word_that_is_known() -> None:
    known = ("adopt", "delete")
    assert did_you_mean("adpot", known, "tab lists them") == "did you mean adopt?"
    assert did_you_mean("adpot", known, shown=repr) == "did you mean 'adopt'?"
    assert did_you_mean("zzz", known, "tab lists them") == "tab lists them"


def test_a_word_is_one_object_and_too_many_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_SHARED", len(texts._shared) + 2)
    first = texts.shared("-".join(("a", "guest")))
    assert texts.shared("-".join(("a", "guest"))) is first
    for number in range(5):
        texts.shared(f"another guest {number}")
    assert len(texts._shared) <= texts.MOST_SHARED + 1
    assert "a-guest" not in texts._shared
