"""A thread that waits for keys rests while nobody types, and is woken when it has to end."""

from __future__ import annotations

import asyncio
import select
import threading

import pytest
from textual.events import Key
from textual.message import Message

from proximity_tui.runtime.waking_event import WakingEvent
from proximity_tui.widgets.terminal.driver import LOOK_EVERY, TerminalDriver, TerminalInput
from proximity_tui.widgets.themed_app import ThemedApp


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


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("\x1bn\x1bn", "alt+n alt+n"),
        ("\x1bS\x1b[A", "alt+shift+s up"),
        ("j\x1bs\x1b[3~k", "j alt+s delete k"),
        ("\x1b:top\r", "escape colon t o p enter"),
        ("\x1b\r", "escape enter"),
        ("\x1b ", "escape space"),
        ("\x1b1\x1b", "escape 1 escape"),
        ("\x1b\x1bn", "escape alt+n"),
        ("\x1b\x04", "escape ctrl+d"),
        ("\x1b[A\x1bOB\x1bf\x1b[Z\x1b\t\x1b\x7f", "up down ctrl+right shift+tab shift+tab ctrl+w"),
    ],
)
def test_what_is_typed_at_once_is_neither_lost_nor_taken_for_another_key(text: str, keys: str) -> None:
    source = TerminalInput()
    messages = [*source.feed(text, 10.0), *source.tick(20.0)]
    assert " ".join(one.key for one in messages if isinstance(one, Key)) == keys


def test_whoever_waits_for_a_file_is_woken_by_the_event() -> None:
    ending = WakingEvent()
    assert not select.select([ending.readable], [], [], 0)[0]
    ending.set()
    assert ending.is_set()
    assert select.select([ending.readable], [], [], 0)[0]
    ending.clear()
    assert not ending.is_set()
    assert not select.select([ending.readable], [], [], 0)[0]


async def test_what_the_terminal_sends_is_in_the_queue_of_the_app_at_once_and_in_its_order() -> None:
    app = ThemedApp()
    async with app.run_test():
        driver, loop = TerminalDriver(app), asyncio.get_running_loop()
        taken: list[Message] = []
        app.post_message = lambda message: bool(taken.append(message))  # type: ignore[method-assign]
        sent = [Key(key, key) for key in "abc"]
        thread = threading.Thread(target=lambda: [driver.send_message(one) for one in sent])
        thread.start()
        thread.join()
        # The loop does this right after what it was given by the thread. A task for each would only have begun.
        seen = loop.create_future()
        loop.call_soon(lambda: seen.set_result([*taken]))
        assert await seen == sent
