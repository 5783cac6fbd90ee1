"""Copying over the terminal: what is written, wrapped for what lies between, and what is said."""

from __future__ import annotations

import base64

import pytest

from proximity_tui.widgets.terminal.clipboard import copying, outcome

PLAIN = "\x1b]52;c;MTAx\x07"


@pytest.mark.parametrize(
    ("environ", "written"),
    [
        ({"TERM": "xterm-256color"}, PLAIN),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, f"{PLAIN}\x1bPtmux;\x1b{PLAIN}\x1b\\"),
        ({"TERM": "screen", "STY": "1.pts"}, f"\x1bP{PLAIN}\x1b\\"),
        ({"TERM": "linux"}, ""),
    ],
)
def test_a_text_is_wrapped_for_what_lies_between(environ: dict[str, str], written: str) -> None:
    assert copying("101", environ) == written
    said = outcome("101", written, environ)
    assert "101" in said
    assert ("Copied" in said) == bool(written)


def test_screen_takes_a_long_text_in_pieces_and_too_long_a_one_is_not_sent() -> None:
    text = "web" * 500
    pieces = copying(text, {"STY": "1"}).split("\x1bP")[1:]
    assert max(map(len, pieces)) < 768
    sent = "".join(piece.removesuffix("\x1b\\") for piece in pieces)
    assert base64.b64decode(sent.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == text
    assert copying("x" * 100_000, {}) == ""


@pytest.mark.parametrize(
    ("environ", "advice"), [({"TMUX": "1"}, "set -g set-clipboard on"), ({"TERM": "linux"}, "has no clipboard")]
)
def test_where_it_may_not_arrive_the_text_and_the_remedy_are_shown(environ: dict[str, str], advice: str) -> None:
    said = outcome("prod/101", copying("prod/101", environ), environ)
    assert advice in said
    assert "prod/101" in said
