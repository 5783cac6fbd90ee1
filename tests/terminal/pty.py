"""A real terminal for a program: a pseudo-terminal, and a screen that is rebuilt from what the program wrote.
It knows nothing of the program, and waits for conditions, not for times.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from bench.emulator import Screen, environment
from tests.support.timing.waiting import LONGEST

ROOT = Path(__file__).parent.parent.parent

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}


class Terminal:
    """Runs `argv` on a terminal of `columns` × `lines`; a context manager that ends the program it started.

    Time limits are in seconds, and running into one is an AssertionError that shows the screen.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 80,
        lines: int = 24,
        environ: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> None:
        self.raw = bytearray()
        """Everything the program wrote."""
        self._shown = Screen(columns, lines)
        self._master, slave = pty.openpty()
        self._name = os.ttyname(slave)
        self.resize(columns, lines)
        self._open = True
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", _TAKE_THE_TERMINAL, *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=environment(environ or {}),
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.hang_up()
        self.process.wait()

    @property
    def screen(self) -> pyte.Screen:
        """Every cell of the screen, with its style, and the title."""
        return self._shown.emulated

    @property
    def text(self) -> str:
        """The screen, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def attributes(self) -> list[Any]:
        """The attributes of the terminal as the program left them, as `termios` has them."""
        return termios.tcgetattr(self._master)

    @property
    def bytes_read(self) -> int:
        """How much the program wrote so far (as far as it was read)."""
        return len(self.raw)

    @property
    def cpu_seconds(self) -> float:
        """Processor time that the program (not its children) used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def is_at_rest(self) -> bool:
        """Whether every thread on this terminal waits, or is stopped: none runs, and none waits only for a processor.
        Where a shell was started, the program is another process of its session.
        """
        stats = (_stat_of(process) for process in Path("/proc").glob("[0-9]*/stat"))
        ours = (int(pid) for pid, _, session in stats if session == str(self.process.pid))
        return all(
            _stat_of(thread)[1] in "StTZX" for pid in ours for thread in Path(f"/proc/{pid}/task").glob("*/stat")
        )

    def press(self, *keys: str) -> None:
        """Type keys by name (`enter`, `ctrl+c`, `down`) or as the characters they are."""
        self.write("".join(KEYS.get(key, key) for key in keys))

    def write(self, text: str) -> None:
        """Type `text` as it is."""
        os.write(self._master, text.encode())

    def write_bytes(self, data: bytes) -> None:
        """Type bytes that need not be text."""
        os.write(self._master, data)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the terminal, as dragging its window does."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def until(self, condition: str | Callable[[], object], timeout: float = LONGEST) -> None:
        """Read until the screen holds the text `condition`, or until it is true when called."""
        holds = (lambda: condition in self.text) if isinstance(condition, str) else condition
        deadline = time.monotonic() + timeout
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"not so after {timeout} s: {condition}; the screen shows:\n{self.text}"
            self.read(min(left, 0.05))

    def quiet(self, seconds: float) -> int:
        """Read for so long and return how many bytes came: what a program costs that ought to be still."""
        before = self.bytes_read
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)
        return self.bytes_read - before

    def settle(self, silence: float = 0.2, timeout: float = LONGEST) -> None:
        """Read until nothing has come for `silence` seconds from a program that is at rest: a busy machine that keeps
        it from writing is not taken for a still screen."""
        deadline = time.monotonic() + timeout
        while self.read(silence) or not self.is_at_rest:
            assert time.monotonic() < deadline, f"still writing after {timeout} s"

    def fill(self, *keys: str, timeout: float = LONGEST) -> None:
        """Read nothing until the terminal takes no more; `keys` are typed again and again meanwhile."""
        deadline = time.monotonic() + timeout
        slave = os.open(self._name, os.O_RDWR | os.O_NOCTTY)
        try:
            while select.select([], [slave], [], 0)[1]:
                assert time.monotonic() < deadline, f"the terminal still takes more after {timeout} s"
                self.press(*keys)
                select.select([], [], [], 0.05)
        finally:
            os.close(slave)

    def stall(self, timeout: float = LONGEST) -> None:
        """Read nothing until the program stands still."""
        deadline = time.monotonic() + timeout
        used = -1.0
        while used != self.cpu_seconds or not self.is_at_rest:
            assert time.monotonic() < deadline, f"still busy after {timeout} s"
            used = self.cpu_seconds
            select.select([], [], [], 0.5)

    def wait(self, timeout: float = LONGEST, *, reading: bool = True) -> int:
        """Wait for the program to end and return its exit code (negative: the signal that killed it).

        Without `reading` nobody looks at the terminal meanwhile, as on a stalled line.
        """
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still there after {timeout} s; the screen shows:\n{self.text}"
            if reading:
                self.read(0.05)
            else:
                select.select([], [], [], 0.05)
        while reading and self.read(0):
            continue
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Take the terminal away, as a lost SSH session does."""
        if self._open:
            self._open = False
            os.close(self._master)

    def read(self, timeout: float) -> bool:
        """Wait at most `timeout` for output and put it on the screen; whether any came."""
        if not self._open:
            select.select([], [], [], timeout)
            return False
        if not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # the program has closed its side
            select.select([], [], [], timeout)
            return False
        self.raw += data
        self._shown.feed(data)
        return bool(data)


# Makes the terminal that is its standard input its own, so that hang-ups and ctrl+c reach it, and becomes argv.
# Tests that run in the background of a script inherit that SIGINT is ignored; a program on a terminal does not.
_TAKE_THE_TERMINAL = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])"
)


def _stat_of(stat: Path) -> tuple[str, str, str]:
    """Return the number of a process or thread, the letter of the kernel for what it does (R for running or waiting for
    a processor), and its session.
    """
    try:
        named, _, rest = stat.read_text().rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return "", "X", ""
    fields = rest.split()
    return named.split(" ", 1)[0], fields[0], fields[3]
