"""A thread that waits for keys rests while nobody types, and is woken when it has to end."""

from __future__ import annotations

import select

import pytest

from proximity_tui.widgets.terminal.driver import LOOK_EVERY, TerminalInput, WakingEvent


@pytest.mark.parametrize("begun", ["\x1b", "\x1b[200~text", "\x1b]11;rgb:"])
def test_it_looks_again_soon_only_while_characters_are_held_back(begun: str) -> None:
    source = TerminalInput()
    assert source.waits is None
    source.feed("j", 0.0)
    assert source.waits is None
    source.feed(begun, 1.0)
    assert source.waits is not None
    assert source.waits <= LOOK_EVERY
    for moment in (2.0, 10.0, 20.0):
        source.tick(moment)
    assert source.waits is None


def test_whoever_waits_for_a_file_is_woken_by_the_event() -> None:
    ending = WakingEvent()
    assert not select.select([ending.readable], [], [], 0)[0]
    ending.set()
    assert ending.is_set()
    assert select.select([ending.readable], [], [], 0)[0]
    ending.clear()
    assert not ending.is_set()
    assert not select.select([ending.readable], [], [], 0)[0]
