"""The terminal's answer about its background is no key, however it is cut, and what is typed is no answer."""

from __future__ import annotations

import pytest
from textual import events

from proximity_tui.widgets.terminal.background import GIVE_UP, HOLD, Answered, BackgroundAnswer, is_light
from proximity_tui.widgets.terminal.driver import BackgroundReported, TerminalInput

WHITE = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
BLACK = "\x1b]11;rgb:0000/0000/0000\x07"


def parts(*texts: str) -> list[str | Answered]:
    """What comes of texts that arrive one after the other, and of the silence after them."""
    answer = BackgroundAnswer()
    found = [part for text in texts for part in answer.feed(text, 0.0)]
    return [*found, *answer.tick(GIVE_UP)]


@pytest.mark.parametrize(
    ("color", "light"),
    [
        ("rgb:ffff/ffff/ffff", True),
        ("rgb:0000/0000/0000", False),
        ("rgb:fd/f6/e3", True),
        ("rgba:1e1e/1e1e/2e2e/ffff", False),
        ("rgb:0/8/0", False),
        ("white", None),
        ("", None),
    ],
)
def test_light_is_what_the_eye_sees_as_light(color: str, light: bool | None) -> None:
    assert is_light(color) is light


@pytest.mark.parametrize("place", range(2, len(WHITE)))
def test_an_answer_is_found_wherever_it_is_cut(place: int) -> None:
    found = parts("a" + WHITE[:place], WHITE[place:] + "b")
    assert [one for one in found if isinstance(one, Answered)] == [Answered(light=True)]
    assert "".join(one for one in found if isinstance(one, str)) == "ab"


def test_two_answers_and_keys_between_them_keep_their_order() -> None:
    assert parts(f"j{WHITE}k{BLACK}l") == ["j", Answered(light=True), "k", Answered(light=False), "l"]


@pytest.mark.parametrize("text", ["j", "\x1b[A", "\x1b]", "\x1b]x", "\x1b]1", "é"])
def test_what_is_typed_stays_typed(text: str) -> None:
    assert "".join(one for one in parts(text) if isinstance(one, str)) == text


def test_the_key_alt_and_bracket_waits_only_a_moment() -> None:
    answer = BackgroundAnswer()
    assert list(answer.feed("\x1b]", 0.0)) == []
    assert list(answer.tick(HOLD / 2)) == []
    assert list(answer.tick(HOLD)) == ["\x1b]"]


def test_an_answer_that_never_ends_is_no_key() -> None:
    assert parts("\x1b]11;rgb:ff") == []
    assert parts("\x1b]11;" + "q" * 59 + "j") == ["j"]


def test_the_program_gets_keys_and_the_answer() -> None:
    source = TerminalInput()
    found = [*source.feed("j" + WHITE + "k", 0.0), *source.tick(GIVE_UP)]
    assert [one.key if isinstance(one, events.Key) else type(one) for one in found] == ["j", BackgroundReported, "k"]


@pytest.mark.parametrize("place", range(1, len(WHITE)))
def test_no_key_comes_of_an_answer_that_arrives_in_two_parts(place: int) -> None:
    source = TerminalInput()
    found = [*source.feed(WHITE[:place], 0.0), *source.feed(WHITE[place:], HOLD / 2), *source.tick(GIVE_UP)]
    assert [type(one) for one in found] == [BackgroundReported]


def test_an_escape_waits_no_longer_than_needed_once_the_terminal_has_answered() -> None:
    source = TerminalInput()
    source.feed("\x1b", 0.0)
    slow = source.waits
    source.feed(WHITE[1:], 0.0)
    source.feed("\x1b", 1.0)
    assert source.waits < slow  # type: ignore[operator]
    assert [one.key for one in source.tick(1.0 + source.waits) if isinstance(one, events.Key)] == ["escape"]  # type: ignore[operator]
