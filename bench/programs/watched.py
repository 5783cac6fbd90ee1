"""Our program, with a note of each callback that held the event loop: `seconds name`, a line each, in `BENCH_HELD`. A
search for garbage on another thread is noted as well: it holds all threads.

The seconds are processor time of the thread: what others do on the machine counts for nothing.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

NOTED_FROM = 0.005
"""Seconds; what is shorter is not noted."""


def main() -> None:
    """Run the program with these arguments."""
    run = asyncio.Handle._run
    # Each line at once, at the end of whatever whoever reads it left there.
    output = os.open(os.environ["BENCH_HELD"], os.O_WRONLY | os.O_APPEND)

    def note(held: float, name: str) -> None:
        os.write(output, f"{held:.4f} {name}\n".encode())

    def watched(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        held = time.thread_time() - begun
        if held >= NOTED_FROM:
            note(held, _name(handle))

    search = 0.0

    def searched(phase: str, about: Mapping[str, Any]) -> None:
        nonlocal search
        if phase == "start":
            search = time.thread_time()
        elif threading.get_ident() != threading.main_thread().ident:
            held = time.thread_time() - search
            if held >= NOTED_FROM:
                note(held, f"garbage of generation {about['generation']}")

    asyncio.Handle._run = watched  # type: ignore[assignment, method-assign]
    gc.callbacks.append(searched)
    from proximity_tui.__main__ import main as proximity

    proximity()


def _name(handle: asyncio.Handle) -> str:
    callback = vars(type(handle))["_callback"].__get__(handle)
    task = getattr(callback, "__self__", None)
    return task.get_name() if isinstance(task, asyncio.Task) else repr(callback)[:80]


if __name__ == "__main__":
    main()
