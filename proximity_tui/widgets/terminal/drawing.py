"""The file that frames go through on their way to the terminal: only what differs is written, and only the newest.

The App gives frames on its event loop, a thread writes them. While the terminal still reads what was written before,
as over a slow line, frames are put together: it is then sent the way to the newest one, not every one between.
"""

from __future__ import annotations

import os
import threading
from typing import IO

from textual._ansi_sequences import SYNC_END, SYNC_START

from proximity_tui.widgets.terminal.capabilities import capabilities
from proximity_tui.widgets.terminal.frame import is_frame, read_frame
from proximity_tui.widgets.terminal.screen_diff import ScreenDiff

WHOLE_FRAMES = "PROXIMITY_TUI_WHOLE_FRAMES"
"""The variable that, set to anything, has Textual's frames written as they are: for terminals that misread the rest."""

FRAME = "frame"
"""What stands for a frame in the queue of the thread that writes: compared by identity, never written."""


class Drawing:
    """The screen of one terminal, between the event loop that paints it and the thread that writes to `file`."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._whole = bool(os.environ.get(WHOLE_FRAMES))
        self._diff = ScreenDiff()
        self._size: tuple[int, int] | None = None
        # A signal that suspends or continues the program may come while its handler's own thread has it.
        self._lock = threading.RLock()
        self._queued = False
        self._synchronized = False
        self._asked = False
        """Whether the capabilities of the terminal were looked up: not before it shows something."""

    def take(self, data: str, size: tuple[int, int]) -> str | None:
        """Take what Textual writes to a terminal of this size (columns, lines). Return what to queue for `write` in its
        place: what is no frame is written as it is, in its turn; None for nothing.
        """
        if self._whole:
            return data
        if data in (SYNC_START, SYNC_END):
            # The terminal understands them: they are put around what a frame comes down to.
            self._synchronized = True
            return None
        if not is_frame(data):
            return data
        frame = read_frame(data)
        with self._lock:
            if frame is None or size != self._size:
                self._diff.resize(*size)
                self._size = size
            if frame is None:
                return data
            self._diff.take(frame)
            return self._once_queued()

    def repaint(self) -> str | None:
        """Take it that the terminal shows anything, and return what to queue for `write`, if anything."""
        with self._lock:
            self._diff.forget()
            return self._once_queued()

    def restart(self) -> None:
        """Take it that the terminal shows anything, and that what was queued is lost."""
        with self._lock:
            self._queued = False
            self._diff.forget()

    def write(self, text: str) -> None:
        """Write what was queued. Called by the thread that writes."""
        if text is not FRAME:
            self._file.write(text)
            return
        with self._lock:
            self._queued = False
            changes = self._diff.changes()
        if changes:
            self._file.write(f"{SYNC_START}{changes}{SYNC_END}" if self._synchronized else changes)
            self._look_up_capabilities()

    def flush(self) -> None:
        """Flush the file."""
        self._file.flush()

    def fileno(self) -> int:
        """Return the file descriptor of the terminal."""
        return self._file.fileno()

    def _once_queued(self) -> str | None:
        queued, self._queued = self._queued, True
        return None if queued else FRAME

    def _look_up_capabilities(self) -> None:
        if not self._asked:
            self._asked = True
            self._file.flush()
            self._diff.capabilities = capabilities(os.environ.get("TERM", ""))
