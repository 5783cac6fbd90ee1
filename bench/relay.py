"""A slow line between a terminal and a program: so many bits a second, and a delay, each way. It is run in the place of
the program, gives it a terminal of its own of the same size, and passes on what both send.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from collections import deque

BITS = 256_000
"""A second, each way."""
DELAY = 0.1
"""Seconds, each way: 200 ms there and back."""
ON_THE_WAY = 16 * 1024
"""Bytes that may be under way; the program waits with the next ones, as it would for a TCP window."""


class Line:
    """One way of the line. Bytes come out after the delay, and no faster than it carries them."""

    def __init__(self, source: int, target: int) -> None:
        self.source = source
        self._target = target
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0

    @property
    def due(self) -> float | None:
        """When the next bytes come out."""
        return self._under_way[0][0] if self._under_way else None

    @property
    def is_open(self) -> bool:
        """True while the line takes more bytes."""
        return sum(len(data) for _, data in self._under_way) < ON_THE_WAY

    def take(self, now: float) -> bool:
        """Take what the source sends; return False at its end."""
        try:
            data = os.read(self.source, 512)
        except OSError:
            return False
        self._free_at = max(now, self._free_at) + len(data) * 8 / BITS
        self._under_way.append((self._free_at + DELAY, data))
        return bool(data)

    def give(self, now: float) -> None:
        """Pass on what has arrived by now."""
        while self._under_way and self._under_way[0][0] <= now:
            data = self._under_way.popleft()[1]
            while data:
                data = data[os.write(self._target, data) :]


def main() -> int:
    """Run the program that is named by the arguments at the other end of the line; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("argv", nargs=argparse.REMAINDER)
    inner, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))
    tty.setraw(0)
    program = subprocess.Popen(
        parser.parse_args().argv, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )
    os.close(terminal)
    signal.signal(signal.SIGTERM, lambda number, _: program.send_signal(number))
    keyboard, screen = Line(0, inner), Line(inner, 1)
    _carry([keyboard, screen])
    return program.wait()


def _carry(lines: list[Line]) -> None:
    """Carry in both directions until the program has ended and everything arrived."""
    screen, ended = lines[-1], False
    while not ended or screen.due is not None:
        now = time.monotonic()
        due = [line.due - now for line in lines if line.due is not None]
        wanted = [line.source for line in lines if line.is_open and not ended]
        ready = select.select(wanted, [], [], max(0.0, min(due)) if due else 1.0)[0]
        now = time.monotonic()
        for line in lines:
            if line.source in ready and not line.take(now):
                ended = True
            if not (ended and line is not screen):
                line.give(now)


if __name__ == "__main__":
    sys.exit(main())
